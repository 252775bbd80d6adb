"""Reading: every cell as printed, the line kept, faults named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.read import (
    TableError,
    beside,
    read_actors,
    read_corrections,
    read_labels,
    read_milestones,
    read_systems,
    read_table,
    shipped,
    words,
)


@pytest.fixture
def file(tmp_path):
    def write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_cells_stay_as_printed(file):
    raw = read_table(file("id,date,statement\n001,2023,NA\n002,,null\n"))
    assert raw[["id", "date", "statement"]].to_numpy().tolist() == [["001", "2023", "NA"], ["002", "", "null"]]


def test_line_counts_the_line_breaks_inside_cells_above(file):
    raw = read_table(file('date,statement\n1 May,"one\ntwo"\r\n2 May,"a\r\nb"\n\n3 May,three\n'))
    assert raw["line"].tolist() == [2, 4, 7]


def test_blank_lines_are_no_rows_but_a_row_of_empty_cells_is_one(file):
    raw = read_table(file("\ndate,statement\n\n1 May,one\n,\n\n"))
    assert raw["line"].tolist() == [4, 5]


def test_byte_order_mark_and_semicolons_are_read(file):
    raw = read_table(file(b"\xef\xbb\xbfDatum;Wer;Text\n1. Mai;Merz;Nein.\n"))
    assert raw.loc[0, ["date", "speaker", "statement"]].tolist() == ["1. Mai", "Merz", "Nein."]


def test_record_with_too_many_cells_keeps_its_place_and_says_why(file):
    raw = read_table(file("id,date,statement\nA,1 May,one\nB,2 May,two, or three\nC,3 May,four\n"))
    assert raw["id"].tolist() == ["A", "B", "C"]
    assert raw.loc[1, "_fault"].startswith("4 cells under 3 headers")
    assert raw.loc[1, "_printed"] == "B,2 May,two, or three"
    assert raw["line"].tolist() == [2, 3, 4]


def test_other_columns_ride_along(file):
    raw = read_table(file("date,statement,mood\n1 May,one,calm\n"))
    assert raw.loc[0, "mood"] == "calm"


def test_own_line_column_is_kept_under_another_name(file):
    raw = read_table(file("date,statement,line\n1 May,one,17\n"))
    assert raw.loc[0, "line (as found)"] == "17"


def test_headers_match_without_case_by_synonym_and_by_mapping(file):
    raw = read_table(file("When,WHO,remark\n1 May,Merz,Nein.\n"), columns={"remark": "statement"})
    assert raw.loc[0, ["date", "speaker", "statement"]].tolist() == ["1 May", "Merz", "Nein."]


@pytest.mark.parametrize(
    ("content", "words_of_the_error"),
    [
        ("", ["empty"]),
        ("\n\n", ["empty"]),
        ("date,statement\n", ["no rows"]),
        ("date,remark\n1 May,one\n", ["line 1", "date, remark", "--column statement="]),
        ("statement\none\n", ["date or published"]),
        ("date,date,statement\n1,2,3\n", ["date", "twice"]),
        ("date,text,quote\n1,2,3\n", ["text and quote", "statement"]),
        (b"date,statement\n1 May,one\n2 May,caf\xe9\n", ["line 3", "0xe9", "UTF-8"]),
    ],
)
def test_unusable_table_is_an_error_that_says_what_to_do(file, content, words_of_the_error):
    with pytest.raises(TableError) as error:
        read_table(path := file(content))
    assert all(w in str(error.value) for w in [path.name, *words_of_the_error])


def test_missing_file_is_named():
    with pytest.raises(TableError, match=r"nowhere\.csv: no such file"):
        read_table("nowhere.csv")


def test_register_with_an_empty_or_doubled_name_or_an_unknown_type_is_refused(file):
    with pytest.raises(TableError, match=r"line 3, column name: '' is empty"):
        read_actors(file("name,type\nKuleba,person\n,person\n"))
    with pytest.raises(TableError, match=r"line 3, column name: 'Kuleba' stands twice"):
        read_actors(file("name,type\nKuleba,person\nKuleba,person\n"))
    with pytest.raises(TableError, match=r"line 2, column type: 'minister' is not one of person, body, group, outlet"):
        read_actors(file("name,type\nKuleba,minister\n"))


def test_register_needs_no_more_than_names(file):
    assert read_systems(file("name\nheat pump\n")).loc[0, ["kind", "family", "aliases"]].tolist() == ["system", "", ""]


def test_corrections_name_a_row_by_id_or_line_and_give_a_reason(file):
    table = read_corrections(file("line,column,printed,corrected,reason\n17,date,31 June,30 June,the page says so\n"))
    assert table.loc[0, ["id", "at"]].tolist() == ["", "17"]
    with pytest.raises(TableError, match="column reason"):
        read_corrections(file("id,column,printed,corrected,reason\nX1,date,31 June,30 June,\n"))


def test_registers_are_taken_from_the_option_then_the_config_then_the_folder(file, tmp_path):
    table, own = file("date,statement\n1 May,one\n"), file("name\n", "actors.csv")
    assert beside(table, "actors") == own
    assert beside(table, "systems") is None
    file('actors = "who/people.csv"\n', "workbook.toml")
    assert beside(table, "actors") == tmp_path / "who/people.csv"
    assert beside(table, "actors", "mine.csv").name == "mine.csv"


def test_shipped_tables_pass_their_checks():
    assert len(read_table(shipped("statements.csv"))) == 1332
    assert len(read_actors(shipped("actors.csv"))) >= 272
    assert len(read_systems(shipped("systems.csv"))) >= 107
    assert read_milestones(shipped("milestones.csv"))["date"].is_monotonic_increasing
    assert read_labels(shipped("labels.csv"))["id"].tolist() == read_table(shipped("statements.csv"))["id"].tolist()
    assert read_corrections(shipped("corrections.csv")).empty


def test_synonyms_of_headers_are_lower_case_and_belong_to_one_column():
    synonyms = words("columns")["synonym"]
    assert synonyms.eq(synonyms.str.casefold()).all() and synonyms.is_unique


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=8)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6))
def test_every_record_written_is_a_record_read(tmp_path_factory, records):
    lines = ["date,statement", *(f'"{a}","x{b}"' for a, b in ((c.replace('"', '""') for c in r) for r in records))]
    path = tmp_path_factory.mktemp("read") / "t.csv"
    path.write_text("\n".join(lines), encoding="utf-8", newline="")
    raw = read_table(path)
    assert raw["statement"].tolist() == [f"x{b}".strip() for _, b in records]
    assert raw["line"].tolist() == list(range(2, len(records) + 2))
