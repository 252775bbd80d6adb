"""Cleaned and exports -> files, whole or not at all: each is written beside its place and then moved there."""

import json
import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pandas as pd
from pandas import DataFrame

from analysis.dates import edtf

STATEMENT_COLUMNS = (
    "id,start,end,precision,basis,edtf,date,published,speaker,actor,known,affiliation,office,mentioned,systems,families,"
    "position,statement,outlet,language,url,event,line"
).split(",")
INNER_COLUMNS = ["date_rule", "actor_rule", "event_rule", "spans"]  # for the Explorer, not for the file


def whole(path: str | Path, text: str | bytes) -> None:
    """Write one file whole or not at all."""
    together({Path(path): text})


def together(files: dict[Path, str | bytes]) -> None:
    """Write several files: all are complete beside their places before the first is moved there."""
    with ExitStack() as undo:
        ready = []
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            undo.callback(Path(temporary).unlink, missing_ok=True)
            with os.fdopen(handle, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
            os.chmod(temporary, 0o644)
            ready.append((temporary, path))
        for temporary, path in ready:
            os.replace(temporary, path)


def write_cleaned(cleaned, out: str | Path, seconds: float = 0.0) -> dict:
    """Write statements.csv, rejected.csv, repairs.csv and summary.json into a folder; returns the summary."""
    out = Path(out)
    report = summary(cleaned, seconds)
    together(
        {
            out / "statements.csv": csv_text(on_disk(cleaned.statements)),
            out / "rejected.csv": csv_text(cleaned.rejected),
            out / "repairs.csv": csv_text(cleaned.repairs),
            out / "summary.json": json.dumps(report, ensure_ascii=False, indent=2) + "\n",
        }
    )
    return report


def on_disk(statements: DataFrame) -> DataFrame:
    """The clean table with its cells as text, in the columns and order of the file."""
    days = list(zip(statements["start"].dt.date, statements["end"].dt.date, statements["precision"], strict=True))
    table = statements.assign(
        edtf=[edtf(*(None if pd.isna(d) else d for d in (start, end)), precision) for start, end, precision in days],
        known=statements["known"].map({True: "true", False: "false"}),
        **{c: statements[c].dt.strftime("%Y-%m-%d").fillna("") for c in ("start", "end")},
        **{
            c: statements[c].map(joined) for c in ("actor", "affiliation", "office", "mentioned", "systems", "families")
        },
    )
    own = [c for c in statements.columns if c not in STATEMENT_COLUMNS and c not in INNER_COLUMNS]
    return table[STATEMENT_COLUMNS + own]


def joined(values: list[str]) -> str:
    """A list in one cell; a `;` inside a value becomes a comma, so that the cell can be split again."""
    return ";".join(v.replace(";", ",") for v in values)


def csv_text(table: DataFrame) -> str:
    return table.to_csv(index=False, lineterminator="\n")


def summary(cleaned, seconds: float) -> dict:
    """Counts in, out, rejected by reason, dates by precision, unknown actors, repairs by column; seconds."""
    statements, rejected, repairs = cleaned.statements, cleaned.rejected, cleaned.repairs
    return {
        "rows": len(statements) + rejected["line"].nunique(),
        "statements": len(statements),
        "events": int(statements["event"].nunique()),
        "rejected": len(rejected),
        "rejected_by_reason": tally(rejected["reason"]),
        "repairs_by_column": tally(repairs["column"]),
        "dates_by_precision": tally(statements["precision"]),
        "unknown_actors": int((~statements["known"]).sum()),
        "seconds": round(seconds, 2),
    }


tally: Callable[[pd.Series], dict] = lambda values: {k: int(v) for k, v in values.value_counts(sort=True).items()}  # noqa: E731
