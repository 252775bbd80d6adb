"""How good the cleaning is: scores against labels, the worst cases, and proposals for the registers."""

import numpy as np
import pandas as pd
from pandas import DataFrame, Series
from rapidfuzz import fuzz, process

from analysis.lexicon import normalize

OPEN_SIDE = pd.Timedelta(days=365)  # an interval open on one side is compared as one of a year


def accuracy(
    statements: DataFrame, labels: DataFrame, actors: DataFrame | None = None, by: str | None = None
) -> DataFrame:
    """Score a clean table against its labels (`read_labels`). One row a measure.

    Columns: the groups of `by` (a column of the clean table or of the labels, such as language), `measure`, `rows`
    (what is counted: rows, names or pairs), `percent`. Dates are scored where the label says that the printed
    expression can be resolved; mentioned actors without governments and groups, which the labels do not list in full.
    """
    both = side_by_side(statements, labels)
    if by is None:
        return scores(both, actors)
    parts = {group: scores(part, actors) for group, part in both.groupby(by)}
    return pd.concat(parts, names=[by]).reset_index(level=0).reset_index(drop=True)


def side_by_side(statements: DataFrame, labels: DataFrame) -> DataFrame:
    """Clean rows with their labels: the labels' columns end in `_true` where both have them."""
    return statements.merge(labels.drop(columns="line", errors="ignore"), on="id", suffixes=("", "_true"))


def scores(both: DataFrame, actors: DataFrame | None = None) -> DataFrame:
    dates, hard = date_scores(both), unresolvable(both)
    systems = names_compared(both["systems"], both["systems_true"])
    counted = countable(both, actors)
    said, there = counted["mentioned"], counted["involvement_mentioned"]
    mentioned = names_compared(said, there)
    events = pairs_compared(both["event"], both["event_true"])
    rows = [
        ("dates: exact interval", len(dates), dates["exact"].mean()),
        ("dates: interval beside the true one", len(dates), dates["apart"].mean()),
        ("dates: none given", len(dates), dates["missing"].mean()),
        ("dates that hang on other texts: interval beside the true one", len(hard), hard["apart"].mean()),
        ("actors: exact", len(both), same_names(both["actor"], both["actor_true"]).mean()),
        ("systems: precision", systems["given"], systems["precision"]),
        ("systems: recall", systems["true"], systems["recall"]),
        ("mentioned: precision", mentioned["given"], mentioned["precision"]),
        ("mentioned: recall", mentioned["true"], mentioned["recall"]),
        ("same statement: precision", events["given"], events["precision"]),
        ("same statement: recall", events["true"], events["recall"]),
        ("same statement: F1", events["true"], events["f1"]),
    ]
    table = DataFrame(rows, columns=["measure", "rows", "percent"])
    return table.assign(percent=(100 * table["percent"].astype(float)).round(1))


def date_scores(both: DataFrame) -> DataFrame:
    """Rows whose printed date can be resolved from row and convention: exact, apart (no day in common), missing."""
    return compared_dates(
        both[both["resolvable"].eq("yes") & both["basis_true"].eq("printed") & both["end_true"].notna()]
    )


def unresolvable(both: DataFrame) -> DataFrame:
    """Rows whose printed date hangs on other texts, with an interval known from there."""
    return compared_dates(both[both["resolvable"].ne("yes") & both["end_true"].notna() & both["date"].ne("")])


def compared_dates(rows: DataFrame) -> DataFrame:
    start, end = (rows["start"].fillna(rows["end"] - OPEN_SIDE), rows["end"].fillna(rows["start"] + OPEN_SIDE))
    true_start = rows["start_true"].fillna(rows["end_true"] - OPEN_SIDE)
    missing = start.isna()
    same = (rows["start"].eq(rows["start_true"]) | rows["start"].isna() & rows["start_true"].isna()) & rows["end"].eq(
        rows["end_true"]
    )
    apart = ~missing & ~same & ((end < true_start) | (start > rows["end_true"]))
    return rows.assign(exact=same, apart=apart, missing=missing)


def same_names(ours: Series, true: Series) -> Series:
    return Series([set(a) == set(b) for a, b in zip(ours, true, strict=True)], index=ours.index, dtype=bool)


def names_compared(ours: Series, true: Series) -> dict:
    given, there = ours.map(len).sum(), true.map(len).sum()
    hit = sum(len(set(a) & set(b)) for a, b in zip(ours, true, strict=True))
    return {"given": int(given), "true": int(there), "precision": ratio(hit, given), "recall": ratio(hit, there)}


def countable(both: DataFrame, actors: DataFrame | None) -> DataFrame:
    """Mentioned actors without governments and groups: the labels are not complete there."""
    left_out = set() if actors is None else set(actors.loc[actors["type"].eq("group"), "name"])
    keep = lambda names: [n for n in names if n not in left_out and not n.startswith("Government of ")]  # noqa: E731
    return both.assign(**{c: both[c].map(keep) for c in ("mentioned", "involvement_mentioned")})


def pairs_compared(ours: Series, true: Series) -> dict:
    """Pairwise precision and recall of a grouping of rows: of the pairs put together, which belong together."""
    pairs = lambda keys: int((n := keys.value_counts()).mul(n - 1).sum() // 2)  # noqa: E731
    given, there = pairs(ours), pairs(true)
    hit = pairs(ours.astype(str) + "\0" + true.astype(str))
    precision, recall = ratio(hit, given), ratio(hit, there)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall > 0 else np.nan
    return {"given": given, "true": there, "precision": precision, "recall": recall, "f1": f1}


def ratio(part: float, whole: float) -> float:
    return part / whole if whole else np.nan


def worst_dates(statements: DataFrame, labels: DataFrame) -> DataFrame:
    """Rows whose resolved date is not the label's: line, language, published, date, ours and the label's interval."""
    both = date_scores(side_by_side(statements, labels))
    columns = ["line", "language", "published", "date", "start", "end", "start_true", "end_true"]
    return both.loc[~both["exact"], columns].sort_values("line", ignore_index=True)


def worst_actors(statements: DataFrame, labels: DataFrame) -> DataFrame:
    """Rows whose actor is not the label's: line, speaker as printed, ours and the label's actor."""
    both = side_by_side(statements, labels)
    wrong = ~same_names(both["actor"], both["actor_true"])
    return both.loc[wrong, ["line", "language", "speaker", "actor", "actor_true"]].sort_values(
        "line", ignore_index=True
    )


def contradictions(statements: DataFrame) -> DataFrame:
    """Events whose dated reports have no day in common: event, actor, start, end, reports.

    `start` is the last first day and `end` the first last day of the reports, so start > end.
    """
    closed = statements.dropna(subset=["start", "end"])
    spans = closed.groupby("event").agg(
        actor=("actor", "first"), start=("start", "max"), end=("end", "min"), reports=("id", "size")
    )
    return spans[spans["start"] > spans["end"]].reset_index()


def propose(statements: DataFrame, actors: DataFrame, likeness: float = 70) -> DataFrame:
    """For each unknown speaker the nearest known actor; proposals only, the analyst edits the register.

    Columns: speaker (as printed), name (as tidied), rows, proposal, alias (the nearest one), likeness (0 to 100,
    rapidfuzz's token_set_ratio of the normalised names), accept (empty, to fill in).
    """
    new = statements[~statements["known"]].explode("actor").dropna(subset="actor")
    new = new[~new["actor"].isin(actors["name"])]
    new = new.groupby("actor").agg(speaker=("speaker", "first"), rows=("id", "size")).reset_index()
    names = (actors["name"] + "|" + actors["aliases"]).str.split("|")
    aliases = actors.assign(alias=names).explode("alias", ignore_index=True).query("alias != ''")
    aliases = aliases.assign(key=aliases["alias"].map(normalize)).drop_duplicates("key").set_index("key")
    best = [
        process.extractOne(normalize(n), aliases.index, scorer=fuzz.token_set_ratio, score_cutoff=likeness)
        for n in new["actor"]
    ]
    found = DataFrame(
        [(aliases.at[b[0], "name"], aliases.at[b[0], "alias"], round(b[1])) if b else ("", "", 0) for b in best],
        columns=["proposal", "alias", "likeness"],
    )
    table = pd.concat([new.rename(columns={"actor": "name"}), found], axis=1).assign(accept="")
    return table.sort_values(["likeness", "rows", "name"], ascending=[False, False, True], ignore_index=True)[
        ["speaker", "name", "rows", "proposal", "alias", "likeness", "accept"]
    ]


def unused_aliases(statements: DataFrame, register: DataFrame, printed: Series) -> DataFrame:
    """Aliases that match nothing in the printed cells: name, alias. No error, since registers look ahead."""
    seen = " ".join(normalize(p) for p in printed.unique())
    aliases = register.assign(alias=register["aliases"].str.split("|")).explode("alias")
    aliases = aliases[aliases["alias"].ne("")]
    return aliases.loc[[normalize(a) not in seen for a in aliases["alias"]], ["name", "alias"]].reset_index(drop=True)
