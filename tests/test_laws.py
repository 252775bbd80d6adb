"""What holds for every table: nothing is lost, nothing depends on chance or on the order of rows."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame
from pandas.testing import assert_frame_equal

from analysis.clean import clean
from analysis.read import read_actors, read_systems, read_table, shipped

ACTORS, SYSTEMS = read_actors(shipped("actors.csv")), read_systems(shipped("systems.csv"))
REAL = read_table(shipped("statements.csv"))
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)


def cells(column):
    return st.one_of(st.sampled_from(sorted(REAL[column].unique())), TEXT, st.just(""))


RECORD = st.fixed_dictionaries({column: cells(column) for column in REAL.columns.drop("line")})
TABLES = st.lists(RECORD, min_size=1, max_size=6).map(
    lambda rows: DataFrame(rows, dtype="str").assign(line=range(2, len(rows) + 2))
)


@settings(max_examples=25)
@given(TABLES)
def test_statements_and_rejected_are_the_raw_table_line_for_line(raw):
    statements, rejected, repairs = clean(raw, ACTORS, SYSTEMS)
    assert sorted([*statements["line"], *rejected["line"]]) == raw["line"].tolist()
    assert set(repairs["line"]) <= set(raw["line"])
    assert rejected["reason"].ne("").all() and repairs["rule"].ne("").all()


@settings(max_examples=20)
@given(TABLES, st.integers(0, 99))
def test_cleaning_is_repeatable_and_the_order_of_rows_does_not_matter(raw, seed):
    raw = raw.assign(id=[f"R{i}" for i in range(len(raw))])
    once, shuffled = (clean(table, ACTORS, SYSTEMS) for table in (raw, raw.sample(frac=1, random_state=seed)))
    for one, other in zip(once, shuffled, strict=True):
        by = [c for c in ("line", "column") if c in one]
        same = [t.sort_values(by, kind="stable", ignore_index=True) for t in (one, other)]
        assert_frame_equal(*same, check_like=True)


@settings(max_examples=25)
@given(TABLES)
def test_intervals_are_in_order_and_what_is_known_has_a_basis(raw):
    statements = clean(raw, ACTORS, SYSTEMS).statements
    closed = statements.dropna(subset=["start", "end"])
    assert (closed["start"] <= closed["end"]).all()
    assert statements["precision"].isin(["day", "week", "month", "season", "year", "range", "before", "unknown"]).all()
    assert statements["basis"].isin(["printed", "published", "context"]).all()
    assert (statements["precision"].isin(["before", "unknown"]) == statements["start"].isna()).all()


@settings(max_examples=25)
@given(TABLES)
def test_spans_hold_what_they_name_and_nobody_mentions_himself(raw):
    for row in clean(raw, ACTORS, SYSTEMS).statements.itertuples():
        assert {name for _, _, name in row.spans} == set(row.systems)
        assert all(0 <= start < stop <= len(row.statement) for start, stop, _ in row.spans)
        assert not set(row.actor) & set(row.mentioned)
        assert len(row.actor) == len(row.affiliation) == len(row.office)


def test_real_table_shuffled_gives_the_same_statements(case):
    shuffled = clean(REAL.sample(frac=1, random_state=5), ACTORS, SYSTEMS).statements.sort_values(
        "line", ignore_index=True
    )
    assert_frame_equal(shuffled, case.statements)
    assert shuffled["event"].isin(shuffled["id"]).all()


@pytest.mark.parametrize("column", ["date", "speaker", "statement", "published", "language"])
def test_very_long_cells_are_kept_and_not_read(column):
    raw = REAL.head(1).assign(**{column: "Tuesday " * 200})
    statements, rejected, _ = clean(raw, ACTORS, SYSTEMS)
    assert len(statements) + len(rejected) == 1
    assert pd.isna(statements.loc[0, "start"]) or column != "date"
