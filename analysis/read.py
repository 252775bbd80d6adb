"""File -> raw table: every cell as printed, the source line kept. Also the registers and the other small tables.

Nothing is interpreted here: `001` stays `001`, an empty cell is "" and "NA" is a word.
"""

import csv
import io
import re
import tomllib
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv
from pandas import DataFrame

KNOWN = ["id", "published", "date", "speaker", "statement", "position", "outlet", "language", "url"]
PERSON, BODY, GROUP, OUTLET = ACTOR_TYPES = ["person", "body", "group", "outlet"]
SYSTEM_KINDS = ["system", "class"]
HERE = Path(__file__).parent


class TableError(ValueError):
    """A file that cannot be used as the table it should be; the message names file, line, column, value and remedy."""


def shipped(name: str) -> Path:
    """The path of a file of the shipped case: the repository's `data/`, or the copy inside an installed wheel."""
    for folder in (HERE.parent / "data", HERE / "_data"):
        if (folder / name).exists():
            return folder / name
    raise TableError(f"{name}: no such file among the shipped tables")


def once_per_content(make: Callable[[DataFrame], Any]) -> Callable[[DataFrame], Any]:
    """Remember what is made of a register by the register's content: the same table is made ready once."""

    @lru_cache(4)
    def remembered(path: str, columns: tuple[str, ...], *rows: tuple):
        register = DataFrame(rows, columns=columns)
        register.attrs["path"] = path
        return make(register)

    @wraps(make)
    def made(register: DataFrame):
        rows = zip(*(register[column].tolist() for column in register), strict=True)
        return remembered(register.attrs.get("path", "register"), tuple(register), *rows)

    return made


def words(name: str) -> DataFrame:
    """One of the language tables in `analysis/words/`, all cells text."""
    return read_cells(HERE / "words" / f"{name}.csv")


def read_table(path: str | Path, columns: dict[str, str] | None = None) -> DataFrame:
    """Read a table of statements as printed.

    Columns: those of `KNOWN` (absent ones are added, empty), then the table's own under their own names, and `line`
    (int, the line of the file on which the row begins; the header is line 1). Headers are matched without case and
    through `analysis/words/columns.csv`; `columns={"quote": "statement"}` maps any other. A record whose number of
    cells differs from the header's has empty cells, its text in `_printed` and the reason in `_fault`.
    Raises TableError for a file that is missing, empty, not UTF-8, or without the needed columns.
    """
    raw = read_cells(path)
    raw = raw.rename(columns=header_names(list(raw.columns), columns or {}, path))
    missing = [] if "statement" in raw else ["statement"]
    missing += [] if {"date", "published"} & set(raw.columns) else ["date or published"]
    if missing:
        own = ", ".join(c for c in raw.columns if c != "line" and not c.startswith("_"))
        raise TableError(
            f"{path}, line 1: no column {' and no column '.join(missing)}. Found: {own}. Needed: statement, and one of "
            f"date, published; known: {', '.join(KNOWN)}. Rename the header, or map it: "
            f"--column {missing[0].split()[0]}=YOURS"
        )
    if raw.empty:
        raise TableError(f"{path}: a header and no rows: add at least one statement below it")
    raw = raw.assign(**{c: "" for c in KNOWN if c not in raw})
    return raw[[*KNOWN, *(c for c in raw if c not in KNOWN)]]


def read_cells(path: str | Path) -> DataFrame:
    """Read any CSV file with a header: all cells text, stripped of outer blanks, plus `line`."""
    data = file_bytes(path)
    start = len(data) - len(data.lstrip(b"\r\n"))  # blank lines above the header
    head = next(
        csv.reader(io.StringIO(text_of(data[start:], path), newline=""), delimiter=(sep := separator(data[start:])))
    )
    head = [f"{h.strip()} (as found)" if h.strip() == "line" else h.strip() for h in head]
    doubled = sorted({h for h in head if head.count(h) > 1})
    if doubled or not all(head):
        raise TableError(
            f"{path}, line 1: {'column ' + doubled[0] + ' occurs twice' if doubled else 'a column has no name'}"
        )
    ragged = []
    try:
        table = pa.csv.read_csv(
            io.BytesIO(data[start:]),
            read_options=pa.csv.ReadOptions(use_threads=False, column_names=head, block_size=1 << 24),
            parse_options=pa.csv.ParseOptions(
                delimiter=sep,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=lambda row: ragged.append(row) or "skip",
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(head, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise TableError(f"{path}: not readable as CSV ({error}): look for a quote that is not closed") from None
    cells = table.to_pandas().astype("str")
    return with_lines(cells, ragged, head, data, sep, before=data[:start].count(b"\n"))


def with_lines(cells: DataFrame, ragged: list, head: list[str], data: bytes, sep: str, before: int) -> DataFrame:
    """Put the ragged records back in their places, number the lines, drop the header and the blank lines."""
    number = pd.Index(range(1, len(cells) + len(ragged) + 1)).difference([r.number for r in ragged])
    breaks = cells.apply(lambda column: column.str.count(r"\r\n|\r|\n")).sum(axis=1).to_numpy(dtype=int)
    cells = cells.set_axis(number).assign(_breaks=breaks)
    if ragged:
        texts = [r.text for r in ragged]
        firsts = [next(csv.reader([t], delimiter=sep), [""]) for t in texts]
        lost = DataFrame("", index=[r.number for r in ragged], columns=head).assign(
            _breaks=[len(re.findall(r"\r\n|\r|\n", t)) for t in texts],
            _printed=texts,
            _fault=[
                f"{r.actual_columns} cells under {r.expected_columns} headers: "
                + (
                    "put quotes around the cell that holds the separator"
                    if r.actual_columns > r.expected_columns
                    else "fill in the missing cells, or close the open quote"
                )
                for r in ragged
            ],
        )
        lost[head[0]] = [cells_of[0] if cells_of else "" for cells_of in firsts]
        cells = pd.concat([cells.assign(_printed="", _fault=""), lost]).sort_index()
    line = before + 1 + (cells["_breaks"] + 1).cumsum().shift(fill_value=0)
    cells = cells.drop(columns="_breaks").apply(lambda column: column.str.strip()).assign(line=line)
    empty = cells[head].eq("").all(axis=1) & (cells["_fault"].eq("") if ragged else True)
    if empty.any():
        lines = re.split(rb"\r\n|\r|\n", data)
        blank = [i for i, at in cells.loc[empty, "line"].items() if not lines[at - 1].strip()]
        cells = cells.drop(index=blank)
    return cells.iloc[1:].reset_index(drop=True)


def file_bytes(path: str | Path) -> bytes:
    """The bytes of a file without its byte-order mark; a TableError where there is no such file or nothing in it."""
    try:
        data = Path(path).read_bytes().removeprefix(b"\xef\xbb\xbf")
    except FileNotFoundError:
        raise TableError(f"{path}: no such file") from None
    except OSError as error:
        raise TableError(f"{path}: cannot be read ({error.strerror})") from None
    if not data.strip():
        raise TableError(f"{path}: the file is empty")
    return data


def text_of(data: bytes, path: str | Path) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise TableError(
            f"{path}, line {line}: byte {data[error.start]:#04x} is not UTF-8: save the table as CSV UTF-8"
        ) from None


def separator(data: bytes) -> str:
    """The most frequent of comma, semicolon, tab and bar in the header line."""
    head = re.split(rb"[\r\n]", data, maxsplit=1)[0].decode("utf-8", "replace")
    return max(",;\t|", key=head.count)


def header_names(found: list[str], given: dict[str, str], path: str | Path) -> dict[str, str]:
    """Which of the table's headers mean which known column."""
    for own in given:
        if own not in found:
            raise TableError(f"{path}, line 1: no column {own} to map; found: {', '.join(found)}")
    names = {own: known for own, known in given.items() if own in found}
    synonyms = words("columns").groupby("column")["synonym"].agg(set)
    for known in KNOWN:
        if known in names.values():
            continue
        hits = [f for f in found if f.casefold() == known and f not in names]
        hits = hits or [f for f in found if f.casefold() in synonyms.get(known, ()) and f not in names]
        if len(hits) > 1:
            raise TableError(
                f"{path}, line 1: {' and '.join(hits)} could both be {known}: map one with --column {known}=..."
            )
        names |= {h: known for h in hits}
    clash = [f for f in found if f not in names and f in names.values()]
    return names | {f: f"{f} (as found)" for f in clash}


def read_register(path: str | Path, vocabulary: dict[str, list[str]], defaults: dict[str, str]) -> DataFrame:
    """Read a register: column `name`, the columns of `defaults` (filled in where absent), and `line`.

    Raises TableError for an empty or doubled name and for a word that is not in the column's vocabulary.
    """
    table = read_cells(path)
    if "name" not in table:
        raise TableError(f"{path}, line 1: no column name; found: {', '.join(table.columns.drop('line'))}")
    for column, value in defaults.items():
        table[column] = table[column].replace("", value) if column in table else value
    complain(
        path, table, "name", table["name"].eq(""), "is empty: give the entry its canonical name, or delete the row"
    )
    complain(path, table, "name", table["name"].duplicated(), "stands twice: keep one row and join the aliases")
    for column, allowed in vocabulary.items():
        complain(path, table, column, ~table[column].isin(allowed), f"is not one of {', '.join(allowed)}")
    table.attrs["path"] = str(path)
    return table


def complain(path: str | Path, table: DataFrame, column: str, wrong: pd.Series, what: str) -> None:
    """Raise a TableError that names the first wrong cell of a column, if there is one."""
    if wrong.any():
        row = table[wrong].iloc[0]
        raise TableError(f"{path}, line {row['line']}, column {column}: {row[column]!r} {what}")


def read_actors(path: str | Path) -> DataFrame:
    """Read a register of actors. Columns: name, type, affiliation, aliases, offices, line (`data/README.md`)."""
    return read_register(path, {"type": ACTOR_TYPES}, {"type": PERSON, "affiliation": "", "aliases": "", "offices": ""})


def read_systems(path: str | Path) -> DataFrame:
    """Read a register of systems. Columns: name, family, kind, aliases, context, line, and the register's own."""
    return read_register(path, {"kind": SYSTEM_KINDS}, {"family": "", "kind": "system", "aliases": "", "context": ""})


def read_milestones(path: str | Path) -> DataFrame:
    """Read dated milestones. Columns: date (datetime64), label, kind, systems (list), url, line."""
    table = columns_of(path, ["date", "label"], ["kind", "systems", "url"])
    days = pd.to_datetime(table["date"], format="%Y-%m-%d", errors="coerce")
    complain(path, table, "date", days.isna(), "is not a day of the form 2023-08-31")
    return table.assign(date=days, systems=table["systems"].map(split_list))


def read_corrections(path: str | Path) -> DataFrame:
    """Read corrections by hand. Columns: id, at, column, printed, corrected, reason, line.

    In the file a row is named by its `id` or its `line` (here `at`); the other one may be empty or absent.
    """
    table = columns_of(path, ["column", "printed", "corrected", "reason"], ["id", "line (as found)"])
    table = table.rename(columns={"line (as found)": "at"})
    complain(path, table, "id", table["id"].eq("") & table["at"].eq(""), "and line are empty: name the row to correct")
    complain(path, table, "reason", table["reason"].eq(""), "says nothing: why is the printed value wrong?")
    table.attrs["path"] = str(path)
    return table


def read_labels(path: str | Path) -> DataFrame:
    """Read reference answers. Columns as in `data/README.md`; start and end datetime64, the list columns lists."""
    table = columns_of(
        path, ["id", "start", "end", "basis", "resolvable", "actor", "systems", "event"], ["involvement_mentioned"]
    )
    for column in ("start", "end"):
        days = pd.to_datetime(table[column], format="%Y-%m-%d", errors="coerce")
        complain(path, table, column, days.isna() & table[column].ne(""), "is not a day of the form 2023-08-31")
        table[column] = days
    for column in ("actor", "involvement_mentioned", "systems"):
        table[column] = table[column].map(split_list)
    return table


def columns_of(path: str | Path, needed: list[str], optional: list[str]) -> DataFrame:
    table = read_cells(path)
    missing = [c for c in needed if c not in table]
    if missing:
        raise TableError(
            f"{path}, line 1: columns missing: {', '.join(missing)}; found: {', '.join(table.columns.drop('line'))}"
        )
    return table.assign(**{c: "" for c in optional if c not in table})


def split_list(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def read_config(table: str | Path) -> dict:
    """The settings of `workbook.toml` beside a table, {} where there is none. Its paths start at its folder."""
    path = Path(table).parent / "workbook.toml"
    try:
        return tomllib.loads(text_of(path.read_bytes(), path)) if path.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise TableError(f"{path}: {error}") from None


def beside(table: str | Path, name: str, given: str | Path | None = None) -> Path | None:
    """The register of a table: the one given, else the one its `workbook.toml` names, else that in its folder."""
    if given:
        return Path(given)
    folder = Path(table).parent
    if named := read_config(table).get(name):
        return folder / named
    return path if (path := folder / f"{name}.csv").exists() else None
