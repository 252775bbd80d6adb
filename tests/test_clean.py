"""Cleaning: what comes in stands in statements or in rejected, and what was changed is in repairs."""

import pandas as pd
import pytest

from analysis.clean import clean, load
from analysis.read import TableError, read_corrections, read_table

ACTORS = """name,type,affiliation,aliases,offices
Anna Berg,person,SWE,Berg,Minister of Energy@SWE:2022-01-01..2023-06-30
Nils Holm,person,SWE,,Minister of Energy@SWE:2023-07-01..
"""
SYSTEMS = """name,family,aliases
heat pump,heating,heat pumps
district heat,heating,
"""


@pytest.fixture
def table(tmp_path):
    def write(text, **others):
        for name, content in others.items():
            (tmp_path / f"{name}.csv").write_text(content)
        (tmp_path / "table.csv").write_text(text)
        return tmp_path / "table.csv"

    return write


def test_table_on_another_subject_is_cleaned_with_its_own_registers(table):
    statements, rejected, repairs = load(
        table(
            "id,published,date,speaker,statement,mood\n"
            "A,2023-08-16,on Monday,Minister Anna Berg,Berg wants heat pumps in every house.,calm\n",
            actors=ACTORS,
            systems=SYSTEMS,
        )
    )
    (row,) = statements.itertuples()
    assert (row.actor, row.known, row.affiliation) == (["Anna Berg"], True, ["SWE"])
    assert (row.systems, row.families, row.mentioned) == (["heat pump"], ["heating"], [])
    assert (row.start, row.end, row.precision) == (pd.Timestamp("2023-08-14"), pd.Timestamp("2023-08-14"), "day")
    assert [row.statement[start:stop] for start, stop, _ in row.spans] == ["heat pumps"]
    assert (row.mood, row.event, row.line) == ("calm", "A", 2)
    assert rejected.empty and repairs.empty


def test_table_without_registers_keeps_speakers_as_printed(table):
    statements, _, _ = load(table("date,speaker,statement\n1 May 2023,Minister Anna Berg,Yes to heat pumps.\n"))
    assert statements.loc[0, ["actor", "known", "systems", "mentioned"]].tolist() == [["Anna Berg"], False, [], []]


def test_a_stranger_who_is_named_by_surname_is_not_taken_for_a_namesake_in_the_register(table):
    statements, _, _ = load(
        table(
            "date,speaker,statement\n"
            "1 May 2023,Minister Sarah Berg,Berg wants heat pumps.\n"
            "2 May 2023,Nils Holm,Berg wants heat pumps.\n",
            actors=ACTORS,
        )
    )
    assert statements["mentioned"].tolist() == [[], ["Anna Berg"]]


def test_a_bare_title_without_a_day_is_the_holder_with_whom_the_sentence_begins(table):
    statements, _, repairs = load(
        table(
            "date,speaker,statement\n"
            ",the Swedish energy minister,Berg wants heat pumps.\n"
            ",the Swedish energy minister,Heat pumps came first.\n",
            actors=ACTORS,
        )
    )
    assert statements["actor"].tolist() == [["Anna Berg"], ["Swedish energy minister"]]
    assert statements.loc[0, "actor_rule"] == "Minister of Energy (SWE), and the subject of the sentence"
    (problem,) = repairs.loc[repairs["column"].eq("speaker"), "rule"]
    assert "2 actors of the register held it, Anna Berg and Nils Holm: name the person" in problem


def test_row_without_a_statement_is_rejected_with_its_line_and_the_remedy(table):
    statements, rejected, _ = load(table("id,date,statement\nA,1 May 2023,\nB,2 May 2023,Yes.\n"))
    assert statements["id"].tolist() == ["B"]
    assert rejected.loc[0, ["line", "id", "column"]].tolist() == [2, "A", "statement"]
    assert "fill it in" in rejected.loc[0, "reason"]


def test_row_with_too_many_cells_is_rejected_once(table):
    statements, rejected, _ = load(table("id,date,statement\nA,1 May 2023,one, two\nB,2 May 2023,Yes.\n"))
    assert statements["id"].tolist() == ["B"]
    assert rejected[["line", "id", "column", "printed"]].to_numpy().tolist() == [
        [2, "A", "(row)", "A,1 May 2023,one, two"]
    ]


def test_missing_id_becomes_the_line_and_a_doubled_one_keeps_its_rows(table):
    statements, _, repairs = load(
        table("id,date,statement\n,1 May 2023,One.\nB,2 May 2023,Two.\nB,3 May 2023,Three.\n")
    )
    assert statements["id"].tolist() == ["line-2", "B", "B"]
    assert (
        repairs.loc[repairs["id"].eq("B"), "rule"].iloc[0] == "this id stands on lines 3 and 4: give each row its own"
    )


def test_contradicting_weekday_is_reported_and_the_printed_day_stands(table):
    statements, _, repairs = load(
        table('id,published,date,language,statement\nA,2023-08-20,"Tuesday, August 16",en,No decision.\n')
    )
    assert str(statements.loc[0, "start"])[:10] == "2023-08-16"
    (row,) = repairs.itertuples()
    assert (row.column, row.printed, row.value) == (
        "date",
        "Tuesday, August 16",
        "2023-08-16",
    ) and "Wednesday" in row.rule


def test_rows_of_one_page_share_its_day(table):
    statements, _, repairs = load(
        table("id,published,date,url,statement\nA,2023-08-16,today,http://x/1,Yes.\nB,,yesterday,http://x/1,No.\n")
    )
    assert str(statements.loc[1, "start"])[:10] == "2023-08-15"
    assert repairs.loc[0, ["id", "column", "value"]].tolist() == ["B", "published", "2023-08-16"]


UNDATED = (
    "id,published,date,speaker,statement,position\n"
    "A,2023-08-16,on July 21,Anna Berg,Berg told parliament that heat pumps were still under discussion.,undecided\n"
    "B,,On July 21,Anna Berg,Berg told parliament that heat pumps are still being discussed.,undecided\n"
    "C,,,Anna Berg,Berg opened a bridge.,none\n"
)


def test_undated_report_takes_the_day_of_a_dated_one_and_says_so(table):
    statements, _, repairs = load(table(UNDATED, actors=ACTORS, systems=SYSTEMS))
    rows = statements.set_index("id")
    assert rows["event"].tolist() == ["A", "A", "C"]
    assert rows.loc["B", ["basis", "date_rule"]].tolist() == [
        "context",
        "the day of another report of this statement, line 2",
    ]
    assert str(rows.loc["B", "start"])[:10] == "2023-07-21"
    assert pd.isna(rows.loc["C", "start"])
    assert "line 2" in repairs.loc[repairs["id"].eq("B") & repairs["value"].eq("2023-07-21"), "rule"].iloc[0]


def test_corrections_are_applied_listed_and_fail_when_the_source_was_mended(table, tmp_path):
    fixes = "id,line,column,printed,corrected,reason\nA,,date,on July 21,on July 22,the page says 22\n"
    path = table(UNDATED, actors=ACTORS, systems=SYSTEMS, corrections=fixes)
    statements, _, repairs = load(path)
    assert str(statements.loc[0, "start"])[:10] == "2023-07-22"
    assert repairs.loc[0, ["id", "column", "printed", "value", "rule"]].tolist() == [
        "A", "date", "on July 21", "on July 22", "the page says 22",
    ]  # fmt: skip
    path.write_text(path.read_text().replace("on July 21", "on July 22"))
    with pytest.raises(
        TableError, match=r"corrections\.csv, line 2, column printed: 'on July 21' is not what row A has"
    ):
        load(path)


def test_corrections_join_and_part_reports_by_hand(table):
    fixes = "id,line,column,printed,corrected,reason\nB,,event,,B,another speech\n,4,event,,A,the same evening\n"
    statements, _, repairs = load(table(UNDATED, actors=ACTORS, systems=SYSTEMS, corrections=fixes))
    assert statements["event"].tolist() == ["A", "B", "A"]
    assert repairs.loc[repairs["column"].eq("event"), "rule"].tolist() == ["another speech", "the same evening"]
    assert statements.loc[1, "basis"] != "context"


def test_correction_of_an_unknown_row_or_column_is_an_error(table, tmp_path):
    raw = read_table(table(UNDATED))
    for line, what in [("X,,date,,y,why", "no row X"), ("A,,mood,,y,why", "no column 'mood'")]:
        (tmp_path / "corrections.csv").write_text(f"id,line,column,printed,corrected,reason\n{line}\n")
        with pytest.raises(TableError, match=what):
            clean(raw, corrections=read_corrections(tmp_path / "corrections.csv"))


def test_own_columns_that_clash_with_the_clean_table_get_another_name(table):
    statements, _, _ = load(table("id,date,statement,start,event\nA,1 May 2023,Yes.,soon,party\n"))
    assert statements.loc[0, ["start (as found)", "event (as found)"]].tolist() == ["soon", "party"]
