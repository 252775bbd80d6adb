"""Files: whole or not at all, in the columns that the codebook names."""

import json

import pandas as pd
import pytest

from analysis import write
from analysis.clean import load
from analysis.read import read_table
from analysis.write import STATEMENT_COLUMNS, joined, together, write_cleaned

RAW = (
    "id,published,date,speaker,statement,mood\n"
    'A,2023-08-16,mid-July,"Merz, Macron and Starmer",Yes; and no.,calm\n'
    "B,,,,,calm\n"
)


@pytest.fixture
def written(tmp_path):
    (tmp_path / "table.csv").write_text(RAW)
    report = write_cleaned(load(tmp_path / "table.csv"), tmp_path / "out", 1.5)
    return tmp_path / "out", report


def test_clean_table_has_the_columns_of_the_codebook_then_the_own_ones(written):
    table = pd.read_csv(written[0] / "statements.csv", dtype=str, keep_default_na=False)
    assert table.columns.tolist() == [*STATEMENT_COLUMNS, "mood"]
    row = table.iloc[0]
    assert row[["start", "end", "precision", "edtf"]].tolist() == [
        "2023-07-11", "2023-07-20", "range", "2023-07-11/2023-07-20",
    ]  # fmt: skip
    assert row[["actor", "known", "affiliation", "office", "line"]].tolist() == [
        "Merz;Macron;Starmer",
        "false",
        ";;",
        ";;",
        "2",
    ]


def test_rejected_repairs_and_summary_stand_beside_it(written):
    out, report = written
    assert pd.read_csv(out / "rejected.csv")[["line", "id", "column"]].to_numpy().tolist() == [[3, "B", "statement"]]
    assert (out / "repairs.csv").read_text().startswith("line,id,column,printed,value,rule\n")
    assert json.loads((out / "summary.json").read_text()) == report
    assert (report["rows"], report["statements"], report["rejected"], report["seconds"]) == (2, 1, 1, 1.5)
    assert report["dates_by_precision"] == {"range": 1}


def test_semicolon_inside_a_name_becomes_a_comma():
    assert joined(["Smith; Sons", "Merz"]) == "Smith, Sons;Merz"


def test_clean_table_can_be_read_back_as_a_raw_one(written):
    raw = read_table(written[0] / "statements.csv")
    assert raw.loc[0, ["id", "date", "speaker"]].tolist() == ["A", "mid-July", "Merz, Macron and Starmer"]


def test_nothing_is_replaced_when_one_file_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(TypeError):
        together({tmp_path / "a.txt": "new", tmp_path / "b.txt": None})
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"] and (tmp_path / "a.txt").read_text() == "old"
    monkeypatch.setattr(write.os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        together({tmp_path / "a.txt": "new"})
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"] and (tmp_path / "a.txt").read_text() == "old"
