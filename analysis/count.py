"""Statements in, tidy counts per period out; what the dates do not say stays visible as a range.

Every counting function returns `period` (its first day, datetime64), the columns counted by, and three numbers:

- `certain`: statements whose whole interval lies within the period (int),
- `expected`: the sum of the shares of their days that fall in it (float, to 12 decimals: row order leaves no trace),
- `possible`: statements whose interval overlaps it (int).

certain <= expected <= possible. Every period between the first and the last day of the table's dated statements
(or of `span`) is present for every group, zeros included. Groups stand in order of their statements on the axis, the
most frequent first, then by name: `top=8` keeps the first eight. A statement counts once under each of its values.

`freq`: D, W-MON (weeks begin on Monday), MS, QS, YS; None for one period over all; or a list of days, on each of
which a new period begins. `unit`: "statements" (reports of one event are one) or "reports". `by`: actor, mentioned,
affiliation, system, family, position, outlet, language, or a column of the user's own. `span` = (first day, last
day) fixes the axis, so that several counts share it: the axis has the periods that touch the span, and statements are
counted with their whole intervals.

What a table of counts leaves out is in its `attrs`, in the unit of the counts: `statements` (all that have a value to
count by), `undated` (of these: no date, or open on one side), `lent` (of these: with a report dated by another one),
`outside` (dated, but off the axis), `without` (no value to count by); also `groups` (number of values of each column
before `top`), `sparse` (fewer than one dated statement a period), `totals` (all statements per period, which `share`
divides by), `unit`, `freq`, `by`, `measure`.

Bursts and change points are left out: in tables as sparse as these their intervals would be wider than any finding.
"""

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

PERIODS = {"D": "day", "W-MON": "week", "MS": "month", "QS": "quarter", "YS": "year"}
MEASURES = ["certain", "expected", "possible"]
LISTS = ["actor", "affiliation", "mentioned", "systems", "families", "outlet", "language"]
CELLS = ["id", "date", "speaker", "position", "precision", "basis", "statement", "event"]
COLUMN_OF = {"system": "systems", "family": "families"}
FILTERS = ["actor", "affiliation", "system", "family", "position", "precision", "language", "outlet"]
OTHERS = "all others"
# What a position says about supplying or permitting a system; `report` and `none` take no stand.
STANDS = dict.fromkeys(["support", "announce"], "for") | dict.fromkeys(["oppose", "deny", "threaten"], "against")
STANDS["undecided"] = "undecided"


def one_row_per(unit: str, statements: DataFrame) -> DataFrame:
    """One row for each statement (event) or report: what all counting starts from.

    Columns as in `statements`, with `outlet` and `language` as lists, `reports` (int, how many stand behind the row),
    `lent` (bool, one of them has its day from another report) and `contradiction` (bool, its closed reports have no day
    in common). For `unit="statements"`:

    - the first report (shortest closed interval, then earliest start, published, id, line; missing ones last) gives
      every column but these:
    - actor, affiliation, mentioned, systems, families, outlet, language: the union over all reports, each value once;
    - start, end: the days common to all reports that are closed on both sides; the interval of the first report where
      they have none in common, or where none is closed;
    - position: the one that most closed reports have (most reports, where none is closed); empty ones do not vote; a
      tie goes to the position of the earlier report in the order above.

    A table that comes from here is returned as it is.
    """
    if statements.attrs.get("unit") == unit and "contradiction" in statements:
        return statements
    reports = _completed(statements).assign(key=lambda table: _unit_key(unit, table))
    reports["days"] = (reports["end"] - reports["start"]).where(_dated(reports))
    if unit == "statements":
        reports = reports.sort_values(["key", "days", "start", "published", "id", "line"])
    reports["rank"] = range(len(reports))
    closed = _dated(reports)

    by_key = reports.groupby("key")
    first = reports.drop_duplicates("key").set_index("key")
    common = reports[closed].groupby("key").agg(start=("start", "max"), end=("end", "min"))
    contradiction = common["start"] > common["end"]
    common = common[~contradiction]
    # A report open on one side has a vote only where no report of the statement is closed.
    voters = reports[reports["position"].ne("") & (closed | ~reports["key"].isin(contradiction.index))]
    votes = voters.groupby(["key", "position"])["rank"].agg(["size", "min"]).reset_index("position")
    position = votes.sort_values(["size", "min"], ascending=[False, True])["position"]
    statements = first.assign(
        **{column: _union(reports, column) for column in LISTS},
        start=common["start"].reindex(first.index).fillna(first["start"]),
        end=common["end"].reindex(first.index).fillna(first["end"]),
        position=position[~position.index.duplicated()].reindex(first.index).fillna(first["position"]),
        reports=by_key.size(),
        lent=(closed & reports["basis"].eq("context")).groupby(reports["key"]).any(),
        contradiction=contradiction.reindex(first.index, fill_value=False),
    )
    statements = statements.drop(columns=["days", "rank"]).reset_index(drop=True)
    statements.attrs["unit"] = unit
    return statements


def statement_frequency(statements, freq="MS", unit="statements", by=None, top=None, span=None) -> DataFrame:
    """Count statements per period, in all or by one property.

    Columns: `period`, [`by`], certain, expected, possible. With `top` the most frequent values stand alone, and what
    has any other value is counted together, once, as "all others" (the last group).
    """
    units = one_row_per(unit, statements)
    counts = tally(units, [by] if by else [], freq, span)
    if not by or top is None or counts.attrs["groups"][by] <= top:
        return counts
    groups, kept, column = counts.attrs["groups"], set(counts[by].unique()[:top]), _column(units, by)
    folded = units[column].map(lambda cell: [value if value in kept else OTHERS for value in _values(cell)])
    counts = tally(units.assign(**{column: folded}), [by], freq, span)
    counts = counts.sort_values(by, key=lambda names: names.eq(OTHERS), kind="stable", ignore_index=True)
    counts.attrs["groups"] = groups
    return counts


def actor_involvement(statements, freq="MS", unit="statements", as_="speaker", top=None, span=None) -> DataFrame:
    """Count statements by actor, as "speaker", as "mentioned", or as "either" (once where both).

    Columns: `period`, `actor`, certain, expected, possible.
    """
    return tally(_involving(one_row_per(unit, statements), as_), ["actor"], freq, span, top)


def system_mentions(statements, freq="MS", unit="statements", by="system", top=None, span=None) -> DataFrame:
    """Count the statements that name each system, or with `by="family"` each family.

    Columns: `period`, `system` or `family`, certain, expected, possible.
    """
    return tally(one_row_per(unit, statements), [_one_of(by, COLUMN_OF, "by")], freq, span, top)


def position_counts(statements, by=None, freq="MS", unit="statements", top=None, span=None) -> DataFrame:
    """Count positions per period, in all or for each actor, affiliation, system ...

    Columns: `period`, [`by`], `position`, certain, expected, possible. Pairs of `by` and `position` that never occur
    are left out; `top` keeps the most frequent values of `by`.
    """
    counts = tally(one_row_per(unit, statements), [*([by] if by else []), "position"], freq, span)
    return _most_frequent(counts, [by] if by else [], top)


def co_mentions(statements, freq=None, unit="statements", by="system", top=None, span=None) -> DataFrame:
    """Count the statements that name two systems (or families, mentioned actors ...) together.

    Columns: `period`, `by`, `other`, certain, expected, possible. Each pair stands once, in alphabetical order. `top`
    keeps the pairs among the names that are most often in a pair.
    """
    units = one_row_per(unit, statements)
    names = units[_column(units, by)].map(lambda cell: sorted(set(_values(cell))))
    pairs = names.map(lambda cell: [(one, two) for i, one in enumerate(cell) for two in cell[i + 1 :]])
    counts = tally(units.assign(pair=pairs), ["pair"], freq, span)
    counts = counts.assign(**{by: counts["pair"].str[0], "other": counts["pair"].str[1]})
    counts = counts[["period", by, "other", *MEASURES]]
    ends = pd.concat([counts[[by, "expected"]], counts[["other", "expected"]].rename(columns={"other": by})])
    counts.attrs |= {"by": [by, "other"], "groups": {by: ends[by].nunique()}}
    kept = _ranking(ends, by)[:top]
    return counts[counts[by].isin(kept) & counts["other"].isin(kept)].reset_index(drop=True)


def actor_system_ties(statements, freq="YS", unit="statements", as_="speaker", top=None, span=None) -> DataFrame:
    """Count how often each actor speaks of each system, and whether for it or against it.

    Columns: `period`, `actor`, `system`, certain, expected, possible, `agreement`, `disagreement`: the parts of
    expected with a position for it (support, announce) and against it (oppose, deny, threaten); the rest is undecided
    or takes no stand. `top` keeps the most frequent actors and the most frequent systems.
    """
    units, keys = _involving(one_row_per(unit, statements), as_), ["actor", "system"]
    ties = tally(units, keys, freq, span)
    for column, stand in {"agreement": "for", "disagreement": "against"}.items():
        part = tally(units[units["position"].map(STANDS).eq(stand)], keys, freq, span or time_span(units))
        part = part[["period", *keys, "expected"]].rename(columns={"expected": column})
        numbers = ties.merge(part, how="left", on=["period", *keys])[column].fillna(0.0)
        ties = ties.assign(**{column: numbers})
    return _most_frequent(ties, keys, top)


def first_and_last(statements, by="system", unit="statements") -> DataFrame:
    """When each value was named first and last, as far as the dates tell; the earliest first.

    Columns: `by`; `first_earliest` and `first_latest`, between which the first statement lies, `last_earliest` and
    `last_latest` likewise (datetime64); `statements` (dated ones, int); `undated` (int); `first_actors` (actors of the
    statement that ends first, joined with "; ").
    """
    units = one_row_per(unit, statements)
    rows = _exploded(units, [by])
    dated = rows[_dated(rows)].sort_values(["end", "start"], kind="stable").groupby(by)
    table = dated.agg(
        first_earliest=("start", "min"),
        first_latest=("end", "min"),
        last_earliest=("start", "max"),
        last_latest=("end", "max"),
        statements=("unit", "size"),
        first_actors=("unit", "first"),
    )
    undated = rows[~_dated(rows)].groupby(by).size().reindex(table.index, fill_value=0)
    table = table.assign(
        undated=undated, first_actors=table["first_actors"].map(units["actor"].map("; ".join))
    ).reset_index()
    table = table.sort_values(["first_latest", "first_earliest", by], ignore_index=True)
    table.attrs = _left_out(units, rows, [by]) | {"groups": {by: len(table)}}
    return table


def dated_statements(statements, by="actor", unit="statements", top=None) -> DataFrame:
    """Each dated statement under each of its values, in order of time: the rows of a strip chart.

    Columns: `by`, start, end, date, speaker, position, statement, outlet (joined with "; "), event. The most frequent
    value comes first; `top` keeps the first ones. In order of the middles of the intervals.
    """
    columns = ["start", "end", "date", "speaker", "position", "statement", "outlet", "event"]
    units = one_row_per(unit, statements)
    units = units.assign(outlet=units["outlet"].map("; ".join)) if by != "outlet" else units
    rows = _exploded(units, [by], [name for name in columns if name != by])
    dated = rows[_dated(rows)].assign(middle=lambda table: table["start"] + (table["end"] - table["start"]) / 2)
    sizes = dated.groupby(by).size().sort_values(ascending=False, kind="stable")
    dated = dated.assign(rank=dated[by].map(dict(zip(sizes.index, range(len(sizes)), strict=True))))
    kept = dated[dated["rank"] < (len(sizes) if top is None else top)]
    table = kept.sort_values(["rank", "middle", "start", "event"], ignore_index=True)
    table = table[[by, *(name for name in columns if name != by)]]
    table.attrs = _left_out(units, rows, [by]) | {"groups": {by: len(sizes)}}
    return table


def position_changes(statements, by="actor", unit="statements", top=None) -> DataFrame:
    """Each dated statement that takes a stand, and whether the stand is a new one for its actor.

    Columns: those of `dated_statements`, `stand` (for, undecided, against: see STANDS), `previous` (the stand before,
    empty at first), `changed` (bool). Statements whose intervals overlap may have come the other way round.
    """
    units = one_row_per(unit, statements)
    rows = dated_statements(units[units["position"].isin(list(STANDS))], by, unit, top)
    stand = rows["position"].map(STANDS)
    previous = stand.groupby(rows[by]).shift().fillna("")
    return rows.assign(stand=stand, previous=previous, changed=previous.ne("") & previous.ne(stand))


def share(counts: DataFrame) -> DataFrame:
    """Counts as part (0 to 1) of all statements of the period; shares of systems or actors may add up to more than 1.

    `expected` divides the expected numbers. `certain` and `possible` are the lowest and the highest share that the
    dates allow: c / (c + P - p) and p / (p + C - c), with c and p of the group, C and P of all. NaN in a period that no
    statement touches.
    """
    totals = DataFrame(counts.attrs["totals"]).astype({"period": counts["period"].dtype}).set_index("period")
    totals = totals.loc[counts["period"]].set_axis(counts.index)
    certain, possible = counts["certain"], counts["possible"]
    expected = counts["expected"] / totals["expected"]
    # 0 / 0 remains where the whole period, or nothing in it, can be the group's: then there is no range.
    lowest = (certain / (certain + totals["possible"] - possible)).fillna(expected)
    highest = (possible / (possible + totals["certain"] - certain)).fillna(expected)
    return _remeasured(counts, "share", [lowest, expected, highest])


def index_to(counts: DataFrame, base_period: str) -> DataFrame:
    """Counts relative to the group's mean expected number in the base (= 100): "2023-07", "2023Q3", "2023" or a day.

    NaN for a group without statements in the base. A ValueError when no period begins in it.
    """
    base = pd.Period(base_period)
    within = counts["period"].between(base.start_time, base.end_time)
    if not within.any():
        first, last = counts["period"].agg(["min", "max"]).dt.date
        raise ValueError(f"no period begins in {base_period}: they run from {first} to {last}")
    keys = [counts[name] for name in counts.attrs["by"]] or [within.index * 0]
    mean = counts["expected"].where(within).groupby(keys).transform("mean")
    scaled = [(counts[name] / mean * 100).where(mean > 0) for name in MEASURES]
    return _remeasured(counts, f"index, {base_period} = 100", scaled)


def rolling(counts: DataFrame, window: int = 3) -> DataFrame:
    """Centred moving means of the three numbers over `window` periods; NaN where the window leaves the axis."""
    keys = [counts[name] for name in counts.attrs["by"]] or [counts.index * 0]
    means = [counts.groupby(keys)[name].transform(lambda n: n.rolling(window, center=True).mean()) for name in MEASURES]
    return _remeasured(counts, f"mean of {window} periods", means)


def time_span(table: DataFrame) -> tuple:
    """First and last day (Timestamps) of the rows that are dated, to be given as `span`; NaT twice when none is."""
    dated = table[_dated(table)]
    return dated["start"].min(), dated["end"].max()


def select(statements: DataFrame, selection: dict, unit: str = "statements") -> DataFrame:
    """The rows whose statements pass a selection: what the Explorer shows, row for row.

    Statements are made first, over the whole table (`one_row_per`); a filter then keeps or drops a statement with *all*
    its reports. All filters must pass; within a filter any of its values will do; a filter that is missing, None, "" or
    [] lets everything pass. Values are compared exactly, as they stand in the clean table. Keys:

    - `period`: [first day, last day], inclusive, ISO days or timestamps, either may be None (open). Keeps statements
      whose interval overlaps it (start <= last and end >= first); those without a closed interval drop out as soon as
      one of the two is given.
    - `actor`, with `role`: "speaker" (default: the statement's actors), "mentioned", or "either".
    - `affiliation`, `system`, `family`, `outlet`, `language`: any value of the statement (the union over its reports).
    - `position`: the statement's position. `precision`: that of its first report.
    - `text`: one of the statement's reports has it in `statement`, both lower-cased (`toLowerCase`), blanks as typed.

    With `unit="reports"` each row is on its own. Rows keep their order and index. A ValueError names an unknown key.
    Count the result with `span=selection["period"]`, so that the axis has the periods that touch the selection.
    """
    for key in selection:
        _one_of(key, ["period", "role", "text", *FILTERS], "a key of the selection")
    units, reports = one_row_per(unit, statements), _completed(statements)
    passes = Series(True, index=units.index)
    first, last = selection.get("period") or (None, None)
    if first or last:
        passes &= _dated(units)
        passes &= units["end"] >= (pd.Timestamp(first) if first else units["end"])
        passes &= units["start"] <= (pd.Timestamp(last) if last else units["start"])
    for name in FILTERS:
        wanted, column = set(_values(selection.get(name))), COLUMN_OF.get(name, name)
        table = _involving(units, selection.get("role") or "speaker") if name == "actor" else units
        if wanted:
            passes &= np.array([not wanted.isdisjoint(_values(cell)) for cell in table[column]], bool)
    key = _unit_key(unit, reports)
    keeps = key.isin(_unit_key(unit, units)[passes])
    needles = [text.lower() for text in _values(selection.get("text"))]
    if needles:
        keeps &= key.isin(key[[any(needle in text.lower() for needle in needles) for text in reports["statement"]]])
    return statements[keeps.to_numpy()]


def tally(units: DataFrame, by: list, freq="MS", span=None, top=None) -> DataFrame:
    """Count rows of `one_row_per` by period and by the columns `by`: the table that all counting functions return."""
    rows = _exploded(units, by)
    edges = period_edges(*_axis(units, span), freq=freq)
    dated = rows[_dated(rows)]
    start, end = (dated[name].to_numpy().astype("datetime64[D]").astype(int) for name in ["start", "end"])
    on_axis = (end >= edges[0]) & (start < edges[-1]) if len(edges) else np.zeros(len(dated), bool)
    seen = dated[on_axis]
    names, code = DataFrame(index=[0]), np.zeros(len(seen), int)
    if by:
        sizes = seen.groupby(by).size()
        order = np.argsort(-sizes.to_numpy(), kind="stable")
        code = np.argsort(order)[seen.groupby(by).ngroup().to_numpy()]
        names = sizes.index.to_frame(index=False).iloc[order]
    counted = count_intervals(start[on_axis], end[on_axis], code, len(names), edges)
    periods = edges[:-1].astype("datetime64[D]").astype("datetime64[us]")
    counts = names.loc[names.index.repeat(len(periods))].reset_index(drop=True)
    counts.insert(0, "period", np.tile(periods, len(names)))
    counts = counts.assign(**{name: numbers.ravel() for name, numbers in zip(MEASURES, counted, strict=True)})
    totals = tally(units, [], freq, span) if by else counts
    counts.attrs = _left_out(units, rows, by) | {
        "outside": int(dated["unit"].nunique() - seen["unit"].nunique()),
        "groups": {name: names[name].nunique() for name in by},
        "sparse": bool(seen["unit"].nunique() < len(periods)),
        "freq": freq if isinstance(freq, str) else "period",
        "measure": "number",
        "totals": {"period": totals["period"].dt.strftime("%Y-%m-%d").tolist(), **totals[MEASURES].to_dict("list")},
    }
    return counts if top is None else counts.head(top * len(periods))


def count_intervals(start, end, group, groups: int, edges) -> tuple:
    """Certain, expected and possible numbers, each as an array groups x periods, from days as integers.

    `start` and `end` are inclusive; `edges` are the first days of the periods and the day after the last; every
    interval overlaps them. An interval enters a difference array at its two ends: its length costs nothing.
    """
    width = len(edges) - 1
    if width < 1:
        return tuple(np.zeros((groups, 0), kind) for kind in (int, float, int))

    def add(group, period, weights=None):
        """Sum of the weights by group and period, with one more column for what ends with the axis."""
        cells = np.bincount(group * (width + 1) + period, weights, minlength=groups * (width + 1))
        return cells.reshape(groups, width + 1)

    left, right = np.maximum(start, edges[0]), np.minimum(end, edges[-1] - 1)
    period_of = np.repeat(np.arange(width), np.diff(edges))
    p, q = period_of[left - edges[0]], period_of[right - edges[0]]
    whole = (p == q) & (left == start) & (right == end)
    certain = add(group[whole], p[whole])[:, :-1]

    start, end, left, right, p, q, group = (days[~whole] for days in (start, end, left, right, p, q, group))
    weight = 1 / (end - start + 1)
    possible = certain + (add(group, p) - add(group, q + 1)).cumsum(axis=1)[:, :-1]
    # Days in the first period, days in the last if it is another one, and the periods between, covered in full.
    head = np.minimum(right + 1, edges[p + 1]) - left
    tail = (right + 1 - edges[q]) * (q > p)
    partly = add(group, p, weight * head) + add(group, q, weight * tail)
    between = (add(group, np.minimum(p + 1, q), weight) - add(group, q, weight)).cumsum(axis=1)
    expected = certain + partly[:, :-1] + between[:, :-1] * np.diff(edges)
    return certain, np.clip(expected.astype(float).round(12), certain, possible), possible


def period_edges(first, last, freq="MS") -> np.ndarray:
    """The first days of the periods from `first` to `last` and the day after the last period (int, 0 = 1970-01-01)."""
    first, last = (pd.Timestamp(day).to_datetime64().astype("datetime64[D]") for day in (first, last))
    if not first <= last:
        return np.array([], dtype=int)
    months = {"MS": 1, "QS": 3, "YS": 12}.get(freq) if isinstance(freq, str) else None
    if months:
        low, high = (day.astype("datetime64[M]").astype(int) for day in (first, last))
        edges = np.arange(low - low % months, high + months + 1, months).astype("datetime64[M]")
    elif freq == "W-MON":
        monday = first - (first.astype(int) + 3) % 7  # 1970-01-01 was a Thursday
        edges = np.arange(monday, last + 8, 7)
    elif freq == "D":
        edges = np.arange(first, last + 2)
    elif isinstance(freq, str):
        raise ValueError(f"freq is {freq!r}: take one of {', '.join(PERIODS)}, None, or a list of days")
    else:
        begins = {np.datetime64(pd.Timestamp(day), "D") for day in freq or []}
        edges = np.array([first, *sorted(day for day in begins if first < day <= last), last + 1])
    return edges.astype("datetime64[D]").astype(int)


def _completed(statements: DataFrame) -> DataFrame:
    """The table with every column that counting looks at, missing values as "" (in lists: []), rows numbered from 0."""
    table = statements.reset_index(drop=True)
    columns = {name: table[name].map(_values) if name in table else [[] for _ in table.index] for name in LISTS}
    columns |= {name: table[name].fillna("") if name in table else "" for name in CELLS}
    columns["published"] = table["published"].replace("", None) if "published" in table else None
    columns["line"] = table["line"] if "line" in table else table.index
    return table.assign(**columns)


def _unit_key(unit: str, reports: DataFrame) -> Series:
    """A number that the reports of one unit share: that of the event; of the row, where each report is on its own."""
    if _one_of(unit, ["statements", "reports"], "unit") == "reports":
        return Series(reports.index, index=reports.index)
    event = reports["event"].where(reports["event"].ne(""), "line " + reports["line"].astype(str))
    return Series(pd.factorize(event, sort=True)[0], index=reports.index)


def _union(reports: DataFrame, column: str) -> list:
    """Each unit's values of a list column, once each, in the order of its reports."""
    merged = {}
    for key, values in zip(reports["key"], reports[column], strict=True):
        merged.setdefault(key, {}).update(dict.fromkeys(values))
    return [list(values) for values in merged.values()]


def _involving(units: DataFrame, role: str) -> DataFrame:
    """The units with the actors of a role in `actor`."""
    roles = {"speaker": units["actor"], "mentioned": units["mentioned"], "either": units["actor"] + units["mentioned"]}
    return units.assign(actor=roles[_one_of(role, roles, "role")])


def _exploded(units: DataFrame, by: list, columns=("start", "end")) -> DataFrame:
    """One row for each unit and value of `by`, with `unit`, its row number."""
    values = {name: units[_column(units, name)].to_numpy() for name in by}
    rows = units[list(columns)].assign(unit=range(len(units)), **values)
    for name in by:
        rows = rows.explode(name)
        rows = rows[rows[name].notna() & rows[name].ne("")]
    return rows.drop_duplicates(["unit", *by]).reset_index(drop=True)


def _axis(units: DataFrame, span) -> tuple:
    """First and last day of the axis: those of `span`; where it is missing or open, of the dated units."""
    return tuple(given or own for given, own in zip(span or (None, None), time_span(units), strict=True))


def _left_out(units: DataFrame, rows: DataFrame, by: list) -> dict:
    """The part of `attrs` that says what a table does not show."""
    statements, undated = int(rows["unit"].nunique()), int(rows["unit"][~_dated(rows)].nunique())
    lent = int(units["lent"].iloc[rows["unit"].unique()].sum())
    facts = {"statements": statements, "undated": undated, "lent": lent, "without": len(units) - statements}
    return {"unit": units.attrs["unit"], "by": by} | facts


def _most_frequent(counts: DataFrame, keys: list, top: int | None) -> DataFrame:
    """The rows whose every key is among the `top` of its column."""
    for key in keys if top is not None else []:
        counts = counts[counts[key].isin(_ranking(counts, key)[:top])]
    return counts.reset_index(drop=True)


def _ranking(counts: DataFrame, key: str) -> list:
    """The values of a column, the one with the most expected statements first."""
    totals = counts.groupby(key)["expected"].sum().round(9)
    return totals.sort_values(ascending=False, kind="stable").index.tolist()


def _remeasured(counts: DataFrame, measure: str, numbers: list) -> DataFrame:
    table = counts.assign(**dict(zip(MEASURES, numbers, strict=True)))
    table.attrs["measure"] = measure
    return table


def _dated(table: DataFrame) -> Series:
    return table["start"] <= table["end"]  # False where either end is open


def _column(units: DataFrame, name: str) -> str:
    return _one_of(COLUMN_OF.get(name, name), list(units), "by")


def _values(cell) -> list:
    """A cell as a list: of a list what is not empty, a single value alone, nothing for a missing one."""
    if isinstance(cell, (list, tuple, set, np.ndarray)):
        return [value for value in cell if value]
    return [] if cell is None or cell != cell or cell == "" else [cell]


def _one_of(value, known, what: str):
    if value not in known:
        raise ValueError(f"{what} is {value!r}: take one of {', '.join(known)}")
    return value
