"""Reports -> the statement ("event") each belongs to: same actors, days that can be the same, the same subject.

For every two reports of the same actors, the evidence that they tell one statement is added up (`WEIGHTS`). Reports
are then joined, the strongest first, as long as the joined group as a whole speaks for it. An expression without a
page date ("on July 8") still tells a day of any year, and is compared as such.
"""

from collections import Counter
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from analysis.dates import resolve
from analysis.lexicon import normalize

NEAR = 1  # days between the dates of two reports of one statement: pages in different time zones
WORD, STEM = 4, 6
UNLIKE = 0.08  # wording below which two sentences share hardly a telling word
SURE = 3.0  # log-odds (20 to 1) from which a dated report may lend an undated one its days
WEEK, SEASON = 7, 100  # days: pages that are close; pages far apart, and what is too wide to tell a day of the year
ANCHORS = [date(2023, 6, 14), date(2023, 6, 15), date(2023, 7, 24)]  # of different weekdays and months
FIRST = ["open", "days", "start", "published", "id", "line"]  # which report of a statement is the first

# Log-odds that two reports are one statement: fitted by logistic regression to the labelled pairs of the shipped table
# and rounded; "any" is set so that about as many pairs are joined wrongly as are missed. `wording` counts by its value.
WEIGHTS = {
    "any": -5.0,
    "same day": 4.0,
    "days that overlap": 2.3,
    "same day of the year": 4.4,
    "same time of the year": 2.7,
    "same weekday": 2.2,
    "other day of the year": -3.2,
    "other weekday": -1.3,
    "pages of one week": 1.7,
    "pages of other seasons": -2.0,
    "wording": 10.5,
    "unlike": -1.0,
    "same system": 0.7,
    "other system": -2.0,
    "same position": 2.9,
    "same actor named": 0.8,
    "same page": -1.4,
}


def find_events(statements: DataFrame) -> DataFrame:
    """Find which reports tell one statement. Index as `statements`; columns: event, why, sibling.

    Needs id, line, actor, start, end, date, published, language, systems, mentioned, position, statement, outlet, url.
    `event` is the `id` of the statement's first report: shortest closed interval, then earliest start, published, id,
    line. `why` tells what ties a report to the nearest of the others, "" where it stands alone. `sibling` is, for a
    report without a closed interval, the index of the dated report that surely tells the same (NaN: none). Reports
    without an actor stand alone. The order of rows does not matter.
    """
    rows = compared(statements)
    group, why = Series(range(len(rows)), index=rows.index), Series("", index=rows.index)
    sibling = Series(np.nan, index=rows.index, dtype=object)
    for members in rows[rows["who"].ne("")].groupby("who", sort=False).groups.values():
        if len(members) > 1:
            block = rows.loc[members]
            evidence, apart = evidence_between(block)
            score = sum(WEIGHTS[name] * value for name, value in evidence.items()) + WEIGHTS["any"]
            score = np.where(apart, -np.inf, score.round(6))  # rounded: the order of summing leaves no trace
            part = joined(score)
            group[members] = group[members].to_numpy()[part]
            score = np.where((part[:, None] == part) & ~np.eye(len(part), dtype=bool), score, -np.inf)
            why[members] = reasons(block, evidence, score)
            sure = np.where(block["dated"].to_numpy(), score, -np.inf)
            nearest = members[sure.argmax(axis=1)]
            sibling[members] = nearest.where((sure.max(axis=1) > SURE) & ~block["dated"].to_numpy())
    event = first_reports(statements, group.reindex(statements.index))
    return DataFrame({"event": event, "why": why, "sibling": sibling}, index=statements.index)


def first_reports(statements: DataFrame, group: Series) -> Series:
    """Name each group of reports by the `id` of its first one."""
    rows = statements.assign(
        group=group,
        open=statements[["start", "end"]].isna().any(axis=1),
        days=statements["end"] - statements["start"],
        published=statements["published"].replace("", "9999"),
    )
    first = rows.sort_values(FIRST).drop_duplicates("group").set_index("group")["id"]
    return group.map(first)


def compared(statements: DataFrame) -> DataFrame:
    """What two reports are compared by, in an order that does not hang on the order of rows."""
    stems = statements["statement"].str.casefold().str.findall(rf"\w{{{WORD},}}")
    stems = stems.map(lambda found: frozenset(word[:STEM] for word in found))
    often = Counter(word for words in stems for word in words)
    weight = {word: np.log(1 + len(stems) / n) for word, n in often.items()}
    dated = statements[["start", "end"]].notna().all(axis=1)
    hints = [
        hint_of_days(start, end) if closed else hint(expression, language)
        for start, end, closed, expression, language in zip(
            statements["start"], statements["end"], dated, statements["date"], statements["language"], strict=True
        )
    ]
    rows = statements.assign(
        who=[" & ".join(sorted(map(normalize, names))) for names in statements["actor"]],
        words=[{word: weight[word] for word in sorted(found)} for found in stems],
        dated=dated,
        page=pd.to_datetime(statements["published"], format="%Y-%m-%d", errors="coerce"),
    )
    rows[["first", "last", "weekday"]] = DataFrame(hints, index=rows.index, columns=["first", "last", "weekday"])
    return rows.sort_values(["id", "published", "date", "statement", "outlet"])


@cache
def hint(expression: str, language: str) -> tuple[float, float, float]:
    """What an expression tells without a page date: first and last day of the year, or the weekday (0 = Monday).

    It is read from three different days; what is the same each time is what the expression itself says.
    """
    nothing = (np.nan, np.nan, np.nan)
    readings = [resolve(expression, day.isoformat(), language) for day in ANCHORS]
    if any(r.basis != "printed" or r.start is None or r.end is None for r in readings):
        return nothing
    first = {day_of_year(r.start) for r in readings}
    widest = max(readings, key=lambda r: r.end - r.start)  # the current month is cut at the page's day
    if len(first) == 1 and (widest.end - widest.start).days < SEASON:
        return (*first, day_of_year(widest.end), np.nan)
    weekdays = {r.start.weekday() if r.start == r.end else None for r in readings}
    return (np.nan, np.nan, weekdays.pop()) if len(weekdays) == 1 and None not in weekdays else nothing


def hint_of_days(start: pd.Timestamp, end: pd.Timestamp) -> tuple[float, float, float]:
    weekday = start.weekday() if start == end else np.nan
    narrow = (end - start).days < SEASON
    return (day_of_year(start), day_of_year(end), weekday) if narrow else (np.nan, np.nan, weekday)


def day_of_year(day: date) -> int:
    return date(2024, day.month, day.day).timetuple().tm_yday


def evidence_between(block: DataFrame) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """For every two reports of a block the evidence, and whether their days keep them apart; arrays of n x n."""
    start, end, page = (days(block[column]) for column in ("start", "end", "page"))
    first, last, weekday = (block[column].to_numpy(float) for column in ("first", "last", "weekday"))
    dated = block["dated"].to_numpy()
    both, one_day = dated[:, None] & dated, (start == end)[:, None] & (start == end)
    gap = widest(start[:, None] - end)
    year_gap = widest(first[:, None] - last)
    one_of_year = (first == last)[:, None] & (first == last)
    between_weekdays = np.where(np.isnan(year_gap), weekday[:, None] - weekday, np.nan)
    # An undated report was printed after what it tells, often soon after.
    known = np.where(dated, end, page)
    lag = known[:, None] - known
    early = dated[:, None] & ~dated & (page - start[:, None] < -NEAR)

    systems, named = shared(block["systems"]), shared(block["mentioned"])
    some = block["systems"].map(len).to_numpy() > 0
    alike = wording(block["words"].tolist())
    position, url = block["position"].to_numpy(object), block["url"].to_numpy(object)
    evidence = {
        "same day": both & (gap <= 0) & one_day,
        "days that overlap": both & (gap <= 0) & ~one_day,
        "same day of the year": ~both & (year_gap <= 0) & one_of_year,
        "same time of the year": ~both & (year_gap <= 0) & ~one_of_year,
        "same weekday": ~both & (between_weekdays == 0),
        "other day of the year": ~both & (year_gap > NEAR),
        "other weekday": ~both & (np.abs(between_weekdays) > 0),
        "pages of one week": ~both & (np.abs(lag) <= WEEK),
        "pages of other seasons": ~both & (np.abs(lag) > SEASON),
        "wording": alike,
        "unlike": (alike < UNLIKE) & (systems == 0),
        "same system": systems > 0,
        "other system": (systems == 0) & some[:, None] & some,
        "same position": (position[:, None] == position) & (position != ""),
        "same actor named": named > 0,
        "same page": (url[:, None] == url) & (url != ""),
    }
    return {name: value.astype(float) for name, value in evidence.items()}, (both & (gap > NEAR)) | early | early.T


def days(dates: Series) -> np.ndarray:
    return ((dates - pd.Timestamp(0)) / pd.Timedelta(days=1)).to_numpy(float)


def widest(gap: np.ndarray) -> np.ndarray:
    """Days between two intervals from (start of one) - (end of the other): 0 or less where they overlap."""
    return np.maximum(gap, gap.T)


def shared(lists: Series) -> np.ndarray:
    """How many values two lists share, for every two of them."""
    values = {name: code for code, name in enumerate(sorted(set().union(*lists)))}
    has = np.zeros((len(lists), len(values)))
    for row, names in enumerate(lists):
        has[row, [values[name] for name in names]] = 1
    return has @ has.T


def wording(bags: list[dict[str, float]]) -> np.ndarray:
    """Likeness of the wording, 0 to 1: the cosine of the words' weights, rare words weighing more."""
    codes = {word: code for code, word in enumerate(sorted(set().union(*bags)))}
    table = np.zeros((len(bags), len(codes)))
    for row, bag in enumerate(bags):
        table[row, [codes[word] for word in bag]] = list(bag.values())
    length = np.sqrt((table**2).sum(axis=1)).clip(1e-9)
    return (table @ table.T / length[:, None] / length).round(6)


def joined(score: np.ndarray) -> np.ndarray:
    """Join the two groups with the highest mean score between them, as long as it is above 0; the group of each."""
    total = score.copy()
    np.fill_diagonal(total, -np.inf)
    size, group = np.ones(len(total)), np.arange(len(total))
    while True:
        mean = total / np.outer(size, size)
        one, other = divmod(int(mean.argmax()), len(total))
        if not mean[one, other] > 0:
            return group
        total[one] += total[other]
        total[:, one] = total[one]
        total[other], total[:, other], total[one, one] = -np.inf, -np.inf, -np.inf
        size[one] += size[other]
        group[group == group[other]] = group[one]


def reasons(block: DataFrame, evidence: dict, score: np.ndarray) -> list[str]:
    """For each report the evidence that ties it to the nearest one of its group; `score` is -inf outside the group."""
    systems, ids, words = block["systems"].tolist(), block["id"].tolist(), []
    told = [name for name, weight in WEIGHTS.items() if weight > 0 and name not in ("wording", "same system")]
    for one, other in enumerate(score.argmax(axis=1)):
        facts = ["same actor", *(name for name in told if evidence[name][one, other])]
        both = [name for name in systems[one] if name in systems[other]]
        facts += [f"both on {' and '.join(both)}"] if both else []
        facts += [f"wording {evidence['wording'][one, other]:.2f}"]
        words.append(f"{', '.join(facts)}: as in {ids[other]}" if score[one, other] > -np.inf else "")
    return words
