"""Raw table -> Cleaned(statements, rejected, repairs): dates, names, mentions and events run over it, nothing lost."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd
from pandas import DataFrame, Series

from analysis.dates import edtf, page_day, resolve_dates
from analysis.events import find_events, first_reports
from analysis.lexicon import words_of
from analysis.mentions import actors_in, lists, systems_in
from analysis.names import check_actors, resolve_speakers
from analysis.read import KNOWN, TableError, beside, read_actors, read_corrections, read_systems, read_table, shipped

COLUMNS = (
    "id,start,end,precision,basis,date,published,speaker,actor,known,affiliation,office,mentioned,systems,families,"
    "position,statement,outlet,language,url,event,line,date_rule,actor_rule,event_rule,spans"
).split(",")
REPAIR_COLUMNS = ["line", "id", "column", "printed", "value", "rule"]
REJECTED_COLUMNS = ["line", "id", "column", "printed", "reason"]


class Cleaned(NamedTuple):
    """A clean table, the rows that could not be used, and what was changed or left unresolved.

    statements: one row a report, the columns of `COLUMNS`, then the table's own; start and end are datetime64
    (inclusive, NaT where open), actor, affiliation, office, mentioned, systems and families are lists.
    rejected: line, id, column, printed, reason. repairs: line, id, column, printed, value, rule.
    """

    statements: DataFrame
    rejected: DataFrame
    repairs: DataFrame


def load(
    table: str | Path | None = None,
    actors: str | Path | None = None,
    systems: str | Path | None = None,
    corrections: str | Path | None = None,
    columns: dict[str, str] | None = None,
) -> Cleaned:
    """Read and clean a table with the registers beside it; without arguments the shipped case."""
    table = table or shipped("statements.csv")
    registers = {}
    for name, given, read in (
        ("actors", actors, read_actors),
        ("systems", systems, read_systems),
        ("corrections", corrections, read_corrections),
    ):
        path = beside(table, name, given)
        registers[name] = read(path) if path else None
    return clean(read_table(table, columns), **registers)


def clean(
    raw: DataFrame,
    actors: DataFrame | None = None,
    systems: DataFrame | None = None,
    corrections: DataFrame | None = None,
) -> Cleaned:
    """Clean a raw table (`read_table`) with its registers; each of them may be absent.

    Every raw row stands in exactly one of statements and rejected. Cleaning does not depend on the order of rows.
    Raises TableError for a register or a correction that cannot be used.
    """
    raw = raw.reset_index(drop=True)
    corrections = (
        DataFrame(columns=["id", "at", "column", "printed", "corrected", "reason"])
        if corrections is None
        else corrections
    )
    raw, by_hand = corrected(raw, corrections[corrections["column"].ne("event")])
    raw, numbered = with_ids(raw)
    rejected = faults(raw)
    kept = raw[~raw["line"].isin(rejected["line"])].drop(columns=["_printed", "_fault"], errors="ignore")
    kept, paged = days_of_pages(kept)

    if actors is not None:
        check_actors(actors)
    days = resolve_dates(kept)
    hits, named = systems_in(kept["statement"], systems), actors_in(kept["statement"], actors)
    speakers = resolve_speakers(kept, actors, days, named[named["start"].eq(0)].set_index("row")["name"])
    named = others(named, speakers["actor"], actors)
    statements = described(kept, days, speakers, hits, lists(named, kept.index), systems)
    events = find_events(statements)
    statements = statements.assign(event=events["event"], event_rule=events["why"])
    statements, joined = joined_by_hand(statements, corrections[corrections["column"].eq("event")])
    statements, shared = dated_by_siblings(statements, events["sibling"].where(days["problem"].ne("")).dropna())
    repairs = [
        by_hand,
        numbered,
        paged,
        repairs_of(kept, days, "date"),
        repairs_of(kept, speakers, "speaker"),
        joined,
        shared,
    ]
    repairs = pd.concat(repairs).sort_values(["line", "column"], kind="stable", ignore_index=True)
    order = [*COLUMNS, *(c for c in statements if c not in COLUMNS)]
    return Cleaned(statements[order].reset_index(drop=True), rejected, repairs)


def described(
    kept: DataFrame, days: DataFrame, speakers: DataFrame, hits: DataFrame, named: Series, systems
) -> DataFrame:
    """The kept rows with everything that was resolved about them, except which statement they report."""
    family = {} if systems is None else dict(zip(systems["name"], systems["family"], strict=True))
    found = lists(hits, kept.index)
    own = {c: f"{c} (as found)" for c in kept if c in COLUMNS and c not in [*KNOWN, "line"]}
    return kept.rename(columns=own).assign(
        **{c: days[c] for c in ("start", "end", "precision", "basis")},
        published=days_of_publication(kept),
        **{c: speakers[c] for c in ("actor", "known", "affiliation", "office")},
        systems=found,
        families=found.map(lambda names: unique(family[n] for n in names if family.get(n))),
        mentioned=named,
        spans=spans_of(hits, kept.index),
        date_rule=days["rule"],
        actor_rule=speakers["rule"],
    )


def others(named: DataFrame, speakers: Series, actors: DataFrame | None) -> DataFrame:
    """The actors named in a statement without its own: neither the speaker nor, where the register does not know him,
    his namesake ("Bailey said" of Sarah Bailey is not Andrew Bailey)."""
    known = set() if actors is None else set(actors["name"])
    strangers = speakers.map(lambda names: [set(words_of(name)) for name in names if name not in known])
    keep = [
        name not in speakers[row] and not any(stranger.issuperset(words_of(printed)) for stranger in strangers[row])
        for row, name, printed in zip(named["row"], named["name"], named["printed"], strict=True)
    ]
    return named[Series(keep, named.index, dtype=bool)]


def days_of_publication(kept: DataFrame) -> Series:
    """The page dates as ISO days, as printed where they cannot be read."""
    pairs = kept[["published", "language"]].drop_duplicates().itertuples(index=False, name=None)
    days = {pair: page_day(*pair) for pair in pairs}
    return Series(
        [str(days[pair] or pair[0]) for pair in zip(kept["published"], kept["language"], strict=True)],
        index=kept.index,
        dtype="str",
    )


def unique(names) -> list[str]:
    return list(dict.fromkeys(names))


def spans_of(hits: DataFrame, index: pd.Index) -> Series:
    """For each row the systems in its statement as (start, stop, name), in characters of the printed text."""
    spans = Series([[] for _ in index], index=index, dtype=object)
    for row, *span in zip(hits["row"], hits["start"], hits["stop"], hits["name"], strict=True):
        spans[row].append(tuple(span))
    return spans


def corrected(raw: DataFrame, corrections: DataFrame) -> tuple[DataFrame, DataFrame]:
    """Apply corrections by hand to the printed cells; returns the table and the repairs."""
    raw, repairs = raw.copy(), []
    for fix in corrections.to_dict("records"):
        where = f"{corrections.attrs.get('path', 'corrections')}, line {fix.get('line')}"
        rows = row_of(raw, fix, where)
        if fix["column"] not in raw or fix["column"] == "line":
            raise TableError(f"{where}, column column: the table has no column {fix['column']!r}")
        found = raw.loc[rows, fix["column"]].unique()
        if list(found) != [fix["printed"]]:
            raise TableError(
                f"{where}, column printed: {fix['printed']!r} is not what row {fix['id'] or fix['at']} has "
                f"({', '.join(map(repr, found))}): the source may be mended; delete the correction or mend it"
            )
        raw.loc[rows, fix["column"]] = fix["corrected"]
        repairs += [repair(raw.loc[r], fix["column"], fix["printed"], fix["corrected"], fix["reason"]) for r in rows]
    return raw, DataFrame(repairs, columns=REPAIR_COLUMNS)


def row_of(raw: DataFrame, fix: dict, where: str) -> pd.Index:
    rows = raw.index[raw["id"].eq(fix["id"]) if fix["id"] else raw["line"].astype(str).eq(fix["at"])]
    if rows.empty:
        raise TableError(f"{where}: no row {fix['id'] or 'on line ' + fix['at']} in the table")
    return rows


def repair(row, column: str, printed: str, value: str, rule: str) -> dict:
    return {"line": row["line"], "id": row["id"], "column": column, "printed": printed, "value": value, "rule": rule}


def with_ids(raw: DataFrame) -> tuple[DataFrame, DataFrame]:
    """Give rows without an id the name of their line, and report ids that stand on several rows."""
    missing, doubled = raw["id"].eq(""), raw["id"].ne("") & raw["id"].duplicated(keep=False)
    raw = raw.assign(id=raw["id"].where(~missing, "line-" + raw["line"].astype(str)))
    lines = raw[doubled].groupby("id")["line"].agg(lambda n: " and ".join(map(str, sorted(n))))
    rows = [repair(r, "id", "", r["id"], "no id: the row is named by its line") for _, r in raw[missing].iterrows()]
    rows += [
        repair(r, "id", r["id"], r["id"], f"this id stands on lines {lines[r['id']]}: give each row its own")
        for _, r in raw[doubled].iterrows()
    ]
    return raw, DataFrame(rows, columns=REPAIR_COLUMNS)


def faults(raw: DataFrame) -> DataFrame:
    """The rows that cannot be statements, with the reason and what to do."""
    silent = raw["statement"].eq("")
    ragged = raw["_fault"].ne("") if "_fault" in raw else Series(False, index=raw.index)
    bad = raw[silent | ragged]
    return DataFrame(
        {
            "line": bad["line"],
            "id": bad["id"],
            "column": ["(row)" if r else "statement" for r in ragged[bad.index]],
            "printed": bad["_printed"] if "_printed" in raw else "",
            "reason": [
                bad.at[i, "_fault"] if r else "no statement in this row: fill it in, or delete the row"
                for i, r in ragged[bad.index].items()
            ],
        },
        columns=REJECTED_COLUMNS,
    ).reset_index(drop=True)


def days_of_pages(kept: DataFrame) -> tuple[DataFrame, DataFrame]:
    """Rows of one page share its day: a row without `published` takes the one that the page has in other rows."""
    known = kept[kept["published"].ne("") & kept["url"].ne("")].groupby("url")["published"].agg(["first", "nunique"])
    shared = kept["url"].map(known.loc[known["nunique"].eq(1), "first"]).where(kept["published"].eq("")).dropna()
    rule = "no day of publication in this row: that of the page's other rows"
    rows = [repair(kept.loc[i], "published", "", day, rule) for i, day in shared.items()]
    filled = kept.assign(published=kept["published"].where(~kept.index.isin(shared.index), shared))
    return filled, DataFrame(rows, columns=REPAIR_COLUMNS)


def repairs_of(kept: DataFrame, resolved: DataFrame, column: str) -> DataFrame:
    """A repair row for each cell that could not be resolved as it stands, or contradicts itself."""
    troubled = resolved.index[resolved["problem"].ne("")]
    value = (
        [edtf(*day_or_none(resolved.loc[i]), resolved.at[i, "precision"]) for i in troubled]
        if column == "date"
        else [";".join(resolved.at[i, "actor"]) for i in troubled]
    )
    rows = kept.loc[troubled, ["line", "id"]].assign(
        column=column, printed=kept.loc[troubled, column], value=value, rule=resolved.loc[troubled, "problem"]
    )
    return rows[REPAIR_COLUMNS]


def day_or_none(row) -> tuple:
    return tuple(None if pd.isna(row[c]) else row[c].date() for c in ("start", "end"))


def joined_by_hand(statements: DataFrame, corrections: DataFrame) -> tuple[DataFrame, DataFrame]:
    """Apply corrections of the column `event`: `corrected` is the id of a report of the statement that the row joins;
    its own id parts it from the others."""
    group, repairs = statements["event"].copy(), []
    for fix in corrections.to_dict("records"):
        where = f"{corrections.attrs.get('path', 'corrections')}, line {fix['line']}"
        rows = row_of(statements, fix, where)
        target = row_of(statements, {"id": fix["corrected"]}, f"{where}, column corrected")
        own = statements.at[rows[0], "id"] == fix["corrected"]
        group[rows] = f"by hand: {fix['corrected']}" if own else group[target[0]]
        repairs += [
            repair(statements.loc[r], "event", statements.at[r, "event"], fix["corrected"], fix["reason"]) for r in rows
        ]
        statements.loc[rows, "event_rule"] = f"by hand: {fix['reason']}"
    return statements.assign(event=first_reports(statements, group)), DataFrame(repairs, columns=REPAIR_COLUMNS)


def dated_by_siblings(statements: DataFrame, siblings: Series) -> tuple[DataFrame, DataFrame]:
    """Give reports whose date is unresolved the interval of a sibling: a dated report that surely tells the same.

    `siblings` holds its index. The basis becomes `context`, and what has it never dates a third report.
    """
    siblings = siblings[statements["event"].reindex(siblings).to_numpy() == statements["event"].reindex(siblings.index)]
    lent = statements.loc[siblings].set_axis(siblings.index)
    rule = "the day of another report of this statement, line " + lent["line"].astype(str)
    taken = statements.loc[siblings.index]
    statements = statements.copy()
    statements.loc[taken.index, ["start", "end", "precision"]] = lent[["start", "end", "precision"]]
    statements.loc[taken.index, "basis"] = "context"
    statements.loc[taken.index, "date_rule"] = rule
    rows = taken[["line", "id"]].assign(
        column="date",
        printed=taken["date"],
        value=[edtf(*day_or_none(row), row["precision"]) for _, row in lent.iterrows()],
        rule=rule,
    )
    return statements, rows[REPAIR_COLUMNS]
