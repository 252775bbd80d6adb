"""Five rows written out, one count, the expected table written out."""

from io import StringIO

import pandas as pd
import pytest
from pandas import DataFrame, to_datetime

from analysis.count import (
    actor_involvement,
    actor_system_ties,
    co_mentions,
    count_intervals,
    dated_statements,
    first_and_last,
    index_to,
    one_row_per,
    period_edges,
    position_changes,
    position_counts,
    rolling,
    select,
    share,
    statement_frequency,
    system_mentions,
    time_span,
)

# Four statements in five reports: `c` stands in two of them, `d` has no date, `b` is only known to "mid-July".
FIVE = """
id, start,      end,        actor,    affiliation, mentioned, systems,    position,  outlet, language, event, statement
a,  2023-07-03, 2023-07-03, Ann,      USA,         Bob,       Alpha,      undecided, Post,   en,       a,  No decision
b,  2023-07-11, 2023-07-20, Bob,      DEU,         ,          Alpha;Beta, oppose,    Welt,   de,       b,  Bob says no
c1, 2023-09-20, 2023-09-22, Ann;Cleo, USA;USA,     Bob,       Alpha,      support,   Post,   en,       c2, Ann agrees
c2, 2023-09-21, 2023-09-21, Ann;Cleo, USA;USA,     ,          Beta,       announce,  Welt,   de,       c2, Decided
d,  ,           2023-10-01, Bob,      DEU,         Ann,       Beta,       oppose,    Post,   en,       d,  Bob objects
"""


def table(text: str, **columns) -> DataFrame:
    rows = pd.read_csv(StringIO(text), skipinitialspace=True, dtype=str, keep_default_na=False)
    lists = {
        name: rows[name].str.split(";") for name in ["actor", "affiliation", "mentioned", "systems"] if name in rows
    }
    days = {name: to_datetime(rows[name].replace("", None)) for name in ["start", "end"]}
    return rows.assign(**days, **lists, **columns)


def printed(counts: DataFrame) -> str:
    """A table as the tests write it: one line a row, days as YYYY-MM-DD, numbers to three places."""
    return "\n".join(" ".join(cell(value) for value in row) for row in counts.itertuples(index=False))


def cell(value) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value).replace(" ", "_") or "-"


def lines(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


@pytest.fixture
def five() -> DataFrame:
    return table(FIVE)


def test_reports_of_one_event_are_one_statement(five):
    statements = one_row_per("statements", five).set_index("event")
    decided = statements.loc["c2"]
    assert len(statements) == 4
    assert statements["reports"].tolist() == [1, 1, 2, 1]
    assert decided["id"] == "c2"  # the shorter interval is the first report
    assert decided["start"] == decided["end"] == pd.Timestamp("2023-09-21")
    assert decided["systems"] == ["Beta", "Alpha"]
    assert decided["actor"] == ["Ann", "Cleo"]
    assert decided["affiliation"] == ["USA"]
    assert decided["mentioned"] == ["Bob"]
    assert decided["outlet"] == ["Welt", "Post"]
    assert decided["language"] == ["de", "en"]
    assert decided["position"] == "announce"  # a tie: the first report's
    assert not decided["contradiction"]


def test_days_of_a_statement_are_those_common_to_its_closed_reports():
    reports = table("""
id, start,      end,        position,  event
1,  2023-07-01, 2023-07-31, support,   x
2,  2023-07-25, 2023-08-10, support,   x
3,  ,           2023-08-01, oppose,    x
4,  ,           2023-08-01, oppose,    x
5,  ,           2023-08-01, oppose,    x
""")
    statement = one_row_per("statements", reports).iloc[0]
    assert (statement["start"], statement["end"]) == (pd.Timestamp("2023-07-25"), pd.Timestamp("2023-07-31"))
    assert statement["position"] == "support"  # reports open on one side do not vote beside closed ones


def test_contradicting_reports_give_the_interval_of_the_first():
    reports = table("""
id, start,      end,        published,  position, event
1,  2023-07-11, 2023-07-20, 2023-07-24, support,  x
2,  2023-07-22, 2023-07-22, 2023-07-23, support,  x
3,  2023-07-21, 2023-07-21, ,           oppose,   x
4,  2023-07-21, 2023-07-21, 2023-07-22, deny,     x
5,  2023-07-21, 2023-07-21, 2023-07-21, deny,     x
""")
    statement = one_row_per("statements", reports).iloc[0]
    assert statement["id"] == "5"  # one day, the earlier start, published first
    assert statement["start"] == pd.Timestamp("2023-07-21")
    assert statement["contradiction"]
    assert statement["position"] == "deny"  # two for deny, two for support: the first report's


def test_statement_known_only_from_open_reports_stays_open():
    reports = table("""
id, start, end,        position, event
1,  ,      2023-07-05, ,         x
2,  ,      2023-07-03, oppose,   x
3,  ,      2023-07-04, support,  x
4,  ,      2023-07-04, support,  x
5,  ,      ,           oppose,   y
""")
    statements = one_row_per("statements", reports)
    assert statements["start"].isna().all()
    assert statements["position"].tolist() == ["support", "oppose"]
    assert statement_frequency(reports).attrs["undated"] == 2
    assert len(statement_frequency(reports)) == 0


def test_statement_of_mid_july_by_month_and_by_week():
    statements = table("start,end\n2023-07-11,2023-07-20\n")
    assert printed(statement_frequency(statements)) == "2023-07-01 1 1 1"
    assert printed(statement_frequency(statements, freq="W-MON")) == lines("""
        2023-07-10 0 0.6 1
        2023-07-17 0 0.4 1""")


def test_month_without_statements_is_counted_as_zero(five):
    counts = statement_frequency(five)
    assert printed(counts) == lines("""
        2023-07-01 2 2 2
        2023-08-01 0 0 0
        2023-09-01 1 1 1""")
    assert counts.dtypes.astype(str).tolist() == ["datetime64[us]", "int64", "float64", "int64"]
    assert {key: counts.attrs[key] for key in ["unit", "statements", "undated", "without", "outside", "sparse"]} == {
        "unit": "statements",
        "statements": 4,
        "undated": 1,
        "without": 0,
        "outside": 0,
        "sparse": False,
    }


def test_reports_are_counted_on_request(five):
    counts = statement_frequency(five, unit="reports", freq="YS")
    assert printed(counts) == "2023-01-01 4 4 4"
    assert counts.attrs["undated"] == 1


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("affiliation", "USA 2 2 2 | DEU 1 1 1"),
        ("position", "announce 1 1 1 | oppose 1 1 1 | undecided 1 1 1"),
        ("outlet", "Post 2 2 2 | Welt 2 2 2"),
        ("language", "de 2 2 2 | en 2 2 2"),
        ("mentioned", "Bob 2 2 2"),
        ("statement", "Bob_says_no 1 1 1 | Decided 1 1 1 | No_decision 1 1 1"),
    ],
)
def test_frequency_by_property(five, by, expected):
    counts = statement_frequency(five, freq="YS", by=by).drop(columns="period")
    assert printed(counts).replace("\n", " | ") == expected


def test_beyond_top_a_statement_counts_once_as_all_others(five):
    five["systems"] = [["Alpha"], ["Alpha", "Beta", "Gamma"], ["Alpha"], ["Alpha"], ["Beta"]]
    counts = statement_frequency(five, freq="YS", by="system", top=1)
    assert printed(counts) == lines("""
        2023-01-01 Alpha 3 3 3
        2023-01-01 all_others 1 1 1""")
    assert counts.attrs["groups"] == {"system": 3}


@pytest.mark.parametrize(
    ("as_", "expected"),
    [
        ("speaker", "Ann 2 2 2 | Bob 1 1 1 | Cleo 1 1 1"),
        ("mentioned", "Bob 2 2 2"),
        ("either", "Bob 3 3 3 | Ann 2 2 2 | Cleo 1 1 1"),
    ],
)
def test_actor_involvement(five, as_, expected):
    counts = actor_involvement(five, freq="YS", as_=as_).drop(columns="period")
    assert printed(counts).replace("\n", " | ") == expected


def test_top_keeps_the_most_frequent_actors(five):
    counts = actor_involvement(five, freq="QS", top=1)
    assert printed(counts) == "2023-07-01 Ann 2 2 2"
    assert counts.attrs["groups"] == {"actor": 3}


def test_system_mentions_have_every_period_for_every_system(five):
    assert printed(system_mentions(five, freq="MS")) == lines("""
        2023-07-01 Alpha 2 2 2
        2023-08-01 Alpha 0 0 0
        2023-09-01 Alpha 1 1 1
        2023-07-01 Beta  1 1 1
        2023-08-01 Beta  0 0 0
        2023-09-01 Beta  1 1 1""")


def test_most_frequent_groups_stand_first_with_their_own_numbers(five):
    five["systems"] = [["Alpha", "Beta"], ["Beta", "Gamma"], ["Gamma", "Beta"], [], []]
    assert printed(system_mentions(five, freq="YS")) == lines("""
        2023-01-01 Beta  3 3 3
        2023-01-01 Gamma 2 2 2
        2023-01-01 Alpha 1 1 1""")


def test_family_of_two_systems_counts_a_statement_once(five):
    five["families"] = [["missile"], ["missile"], ["missile"], ["drone"], []]
    counts = system_mentions(five, freq="YS", by="family")
    assert printed(counts) == "2023-01-01 missile 3 3 3\n2023-01-01 drone 1 1 1"
    assert (counts.attrs["without"], counts.attrs["undated"]) == (1, 0)


def test_position_counts_in_all_and_by_system(five):
    assert printed(position_counts(five, freq="YS")) == lines("""
        2023-01-01 announce  1 1 1
        2023-01-01 oppose    1 1 1
        2023-01-01 undecided 1 1 1""")
    assert printed(position_counts(five, by="system", freq="YS", top=1)) == lines("""
        2023-01-01 Alpha announce  1 1 1
        2023-01-01 Alpha oppose    1 1 1
        2023-01-01 Alpha undecided 1 1 1""")


def test_co_mentions_count_each_pair_once(five):
    counts = co_mentions(five, freq="MS")
    assert printed(counts) == lines("""
        2023-07-01 Alpha Beta 1 1 1
        2023-08-01 Alpha Beta 0 0 0
        2023-09-01 Alpha Beta 1 1 1""")
    five["systems"] = [["Alpha", "Beta", "Gamma"]] * 3 + [["Gamma"]] * 2
    pairs = co_mentions(five, top=2)
    assert printed(pairs) == "2023-07-03 Alpha Beta 3 3 3"
    assert (pairs.attrs["by"], pairs.attrs["groups"]) == (["system", "other"], {"system": 3})


def test_ties_say_who_agrees_and_who_does_not(five):
    ties = actor_system_ties(five, freq=["2023-09-01"])
    assert printed(ties[ties["actor"] != "Cleo"]) == lines("""
        2023-07-03 Ann Alpha 1 1 1 0 0
        2023-09-01 Ann Alpha 1 1 1 1 0
        2023-07-03 Ann Beta  0 0 0 0 0
        2023-09-01 Ann Beta  1 1 1 1 0
        2023-07-03 Bob Alpha 1 1 1 0 1
        2023-09-01 Bob Alpha 0 0 0 0 0
        2023-07-03 Bob Beta  1 1 1 0 1
        2023-09-01 Bob Beta  0 0 0 0 0""")
    assert ties.columns.tolist()[-2:] == ["agreement", "disagreement"]
    assert ties.attrs["by"] == ["actor", "system"]
    assert set(actor_system_ties(five, top=1)["actor"]) == {"Ann"}


def test_first_and_last_mention_lie_between_two_days(five):
    assert printed(first_and_last(five)) == lines("""
        Alpha 2023-07-03 2023-07-03 2023-09-21 2023-09-21 3 Ann 0
        Beta  2023-07-11 2023-07-20 2023-09-21 2023-09-21 2 Bob 1""")


def test_position_changes_name_the_new_stand(five):
    changes = position_changes(five)
    assert printed(changes[["actor", "start", "position", "stand", "previous", "changed"]]) == lines("""
        Ann  2023-07-03 undecided undecided -         False
        Ann  2023-09-21 announce  for       undecided True
        Bob  2023-07-11 oppose    against   -         False
        Cleo 2023-09-21 announce  for       -         False""")
    assert changes.attrs["undated"] == 1


def test_dated_statements_stand_under_each_of_their_values(five):
    rows = dated_statements(five, by="outlet", top=1)
    assert printed(rows[["outlet", "start", "end", "speaker", "position", "event"]]) == lines("""
        Post 2023-07-03 2023-07-03 - undecided a
        Post 2023-09-21 2023-09-21 - announce  c2""")
    assert (rows.attrs["groups"], rows.attrs["undated"]) == ({"outlet": 2}, 1)


def test_shares_are_parts_of_the_statements_and_keep_the_doubt(five):
    five.loc[0, "end"] = pd.Timestamp("2023-08-01")  # Alpha: in July or in August
    shares = share(system_mentions(five))
    assert printed(shares) == lines("""
        2023-07-01 Alpha 1   1     1
        2023-08-01 Alpha 1   1     1
        2023-09-01 Alpha 1   1     1
        2023-07-01 Beta  0.5 0.508 1
        2023-08-01 Beta  0   0     0
        2023-09-01 Beta  1   1     1""")
    assert shares.attrs["measure"] == "share"


def test_share_of_a_period_without_statements_is_unknown(five):
    assert share(system_mentions(five))["expected"].isna().tolist() == [False, True, False] * 2


def test_index_to_a_base_period(five):
    assert printed(index_to(system_mentions(five), "2023-07")) == lines("""
        2023-07-01 Alpha 100 100 100
        2023-08-01 Alpha 0   0   0
        2023-09-01 Alpha 50  50  50
        2023-07-01 Beta  100 100 100
        2023-08-01 Beta  0   0   0
        2023-09-01 Beta  100 100 100""")
    assert index_to(statement_frequency(five), "2023")["expected"].tolist() == [200, 0, 100]
    assert index_to(system_mentions(five), "2023-08")["expected"].isna().all()
    with pytest.raises(ValueError, match="run from 2023-07-01 to 2023-09-01"):
        index_to(statement_frequency(five), "2024")


def test_rolling_means_stay_within_their_group(five):
    assert printed(rolling(system_mentions(five), 3)) == lines("""
        2023-07-01 Alpha nan nan nan
        2023-08-01 Alpha 1   1   1
        2023-09-01 Alpha nan nan nan
        2023-07-01 Beta  nan nan nan
        2023-08-01 Beta  0.667 0.667 0.667
        2023-09-01 Beta  nan nan nan""")
    assert rolling(statement_frequency(five), 3).attrs["measure"] == "mean of 3 periods"


def test_span_fixes_the_axis_and_counts_whole_intervals(five):
    counts = statement_frequency(five, freq="W-MON", span=("2023-07-18", "2023-07-25"))
    assert printed(counts) == lines("""
        2023-07-17 0 0.4 1
        2023-07-24 0 0   0""")
    assert counts.attrs["outside"] == 2
    assert printed(statement_frequency(five.head(0), freq="YS", span=("2023-07-18", None))) == ""
    assert printed(statement_frequency(five.head(0), freq="YS", span=("2023-07-18", "2024-01-01"))) == lines("""
        2023-01-01 0 0 0
        2024-01-01 0 0 0""")
    assert printed(statement_frequency(five, freq="QS", span=("2023-04-01", None))) == lines("""
        2023-04-01 0 0 0
        2023-07-01 3 3 3""")


@pytest.mark.parametrize(
    ("freq", "begins"),
    [
        ("D", ["2023-12-30", "2023-12-31", "2024-01-01", "2024-01-02"]),
        ("W-MON", ["2023-12-25", "2024-01-01", "2024-01-08"]),
        ("MS", ["2023-12-01", "2024-01-01", "2024-02-01"]),
        ("QS", ["2023-10-01", "2024-01-01", "2024-04-01"]),
        ("YS", ["2023-01-01", "2024-01-01", "2025-01-01"]),
        (None, ["2023-12-30", "2024-01-02"]),
        (["2024-01-01", "2025-01-01"], ["2023-12-30", "2024-01-01", "2024-01-02"]),
    ],
)
def test_periods_begin_on_their_first_day(freq, begins):
    edges = period_edges("2023-12-30", "2024-01-01", freq)
    assert edges.astype("datetime64[D]").astype(str).tolist() == begins


def test_intervals_enter_the_counts_at_their_two_ends():
    day = to_datetime(["2023-06-30", "2023-07-31"]).to_numpy().astype("datetime64[D]").astype(int)
    end = to_datetime(["2023-08-03", "2023-07-31"]).to_numpy().astype("datetime64[D]").astype(int)
    certain, expected, possible = count_intervals(day, end, day * 0, 1, period_edges("2023-06-30", "2023-08-03", "MS"))
    assert certain.tolist() == [[0, 1, 0]]
    assert expected.round(6).tolist() == [[round(1 / 35, 6), round(1 + 31 / 35, 6), round(3 / 35, 6)]]
    assert possible.tolist() == [[1, 2, 1]]


@pytest.mark.parametrize(
    ("selection", "ids"),
    [
        ({}, "a b c1 c2 d"),
        ({"period": ["2023-07-20", "2023-09-20"]}, "b"),  # `c` is known to the day: 21 September
        ({"period": ["2023-07-20", None]}, "b c1 c2"),
        ({"period": [None, None]}, "a b c1 c2 d"),
        ({"actor": ["Ann"]}, "a c1 c2"),
        ({"actor": ["Ann"], "role": "mentioned"}, "d"),
        ({"actor": ["Ann", "Cleo"], "role": "either"}, "a c1 c2 d"),
        ({"system": ["Beta"]}, "b c1 c2 d"),
        ({"system": ["Beta"], "position": ["oppose"]}, "b d"),
        ({"position": ["support"]}, ""),  # outvoted in its statement
        ({"outlet": ["Welt"], "language": ["en"]}, "c1 c2"),  # each passes by another report
        ({"affiliation": ["DEU", "FRA"]}, "b d"),
        ({"text": "NO"}, "a b"),
        ({"text": "ann agrees", "system": []}, "c1 c2"),
    ],
)
def test_select_keeps_statements_with_all_their_reports(five, selection, ids):
    assert " ".join(select(five, selection)["id"]) == ids


def test_select_takes_reports_one_by_one_on_request(five):
    assert select(five, {"outlet": ["Welt"]}, unit="reports")["id"].tolist() == ["b", "c2"]
    assert select(five, {"position": ["support"]}, unit="reports")["id"].tolist() == ["c1"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: select(t, {"colour": ["red"]}), "'colour': take one of period, role, text, actor"),
        (lambda t: select(t, {"actor": ["Ann"], "role": "hero"}), "role is 'hero': take one of speaker"),
        (lambda t: statement_frequency(t, freq="ME"), "freq is 'ME': take one of D, W-MON, MS, QS, YS"),
        (lambda t: statement_frequency(t, unit="rows"), "unit is 'rows': take one of statements, reports"),
        (lambda t: statement_frequency(t, by="colour"), "by is 'colour': take one of id"),
        (lambda t: actor_involvement(t, as_="hero"), "role is 'hero'"),
    ],
)
def test_unknown_words_are_answered_with_the_known_ones(five, call, message):
    with pytest.raises(ValueError, match=message):
        call(five)


def test_table_with_few_columns_is_counted():
    days = to_datetime(["2023-07-03", "2023-09-21"])
    statements = DataFrame({"start": days, "end": days, "systems": [["ATACMS"], ["ATACMS"]], "event": ["a", "b"]})
    assert system_mentions(statements)["expected"].tolist() == [1, 0, 1]
    assert time_span(statements) == (days[0], days[1])


def test_statements_with_a_report_dated_by_another_are_told_in_the_note():
    statements = table(FIVE, basis=["printed", "printed", "context", "printed", "printed"])
    assert statement_frequency(statements).attrs["lent"] == 1
    assert statement_frequency(statements, unit="reports").attrs["lent"] == 1
    assert "lent" in one_row_per("statements", statements)
