"""Which reports tell one statement, and why."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame

from analysis.events import find_events, first_reports, hint

REFUSAL = "Scholz ruled out handing over Taurus missiles to Kyiv."


def reports(*rows):
    """Rows of (id, actor, day or "", date, published, statement)."""
    table = DataFrame(rows, columns=["id", "actor", "start", "date", "published", "statement"])
    days = pd.to_datetime(table["start"], errors="coerce")
    named = table["actor"].map(lambda name: [name] if name else [])
    empty = {"url": "", "outlet": "", "mentioned": [[]] * len(table)}
    table = table.assign(start=days, end=days, actor=named, language="en", position="oppose", **empty)
    return table.assign(systems=[["Taurus"]] * len(table), line=range(2, len(table) + 2))


def events(*rows):
    return find_events(reports(*rows))["event"].tolist()


def test_two_reports_of_a_day_on_one_subject_are_one_statement():
    table = reports(
        ("B", "Scholz", "2024-02-26", "on Monday", "2024-02-27", REFUSAL),
        ("A", "Scholz", "2024-02-26", "Feb. 26", "2024-02-28", "Scholz said no to Taurus missiles for Kyiv."),
    )
    found = find_events(table)
    assert found["event"].tolist() == ["B", "B"]
    assert found.loc[1, "why"].startswith("same actor, same day, same position, both on Taurus, wording 0.")
    assert found.loc[1, "why"].endswith("as in B")


def test_other_actors_other_days_and_other_words_stay_apart():
    assert events(
        ("A", "Scholz", "2024-02-26", "", "2024-02-26", REFUSAL), ("B", "Merz", "2024-02-26", "", "2024-02-26", REFUSAL)
    ) == ["A", "B"]
    assert events(("A", "Scholz", "2024-02-26", "", "", REFUSAL), ("B", "Scholz", "2024-03-04", "", "", REFUSAL)) == [
        "A",
        "B",
    ]


def test_two_speeches_of_a_day_that_share_neither_system_nor_words_stay_apart():
    table = reports(
        ("A", "Scholz", "2024-02-26", "", "2024-02-26", REFUSAL),
        ("B", "Scholz", "2024-02-26", "", "2024-02-26", "Pensions must rise faster than prices, he told farmers."),
    ).assign(systems=[["Taurus"], []], position=["oppose", "support"])
    assert find_events(table)["event"].tolist() == ["A", "B"]


def test_a_name_with_and_without_dots_is_one_actor():
    assert events(
        ("A", "J.D. Vance", "2024-02-26", "", "", REFUSAL), ("B", "JD Vance", "2024-02-26", "", "", REFUSAL)
    ) == ["A", "A"]


def test_a_day_apart_is_a_time_zone_away():
    assert events(("A", "Scholz", "2024-02-26", "", "", REFUSAL), ("B", "Scholz", "2024-02-27", "", "", REFUSAL)) == [
        "A",
        "A",
    ]


def test_report_without_a_year_joins_the_statement_of_that_day_of_the_year():
    table = reports(
        ("A", "Scholz", "2024-02-26", "on February 26", "2024-02-27", REFUSAL),
        ("B", "Scholz", "2025-06-10", "on June 10", "2025-06-10", REFUSAL),
        ("C", "Scholz", "", "on Feb. 26", "", "Scholz ruled out Taurus."),
    )
    found = find_events(table)
    assert found["event"].tolist() == ["A", "B", "A"]
    assert found["sibling"].tolist()[2] == 0 and found["sibling"].isna().tolist() == [True, True, False]


def test_expression_without_a_page_date_still_tells_a_day_of_the_year_or_a_weekday():
    assert hint("on July 8", "en")[:2] == (190, 190)  # of a leap year
    assert hint("im Juli", "de")[:2] == (183, 213)
    assert hint("am Dienstag", "de")[2] == 1
    assert all(pd.isna(part) for text in ("yesterday", "last month", "earlier", "") for part in hint(text, "en"))


def test_reports_without_an_actor_stand_alone():
    assert events(("A", "", "2024-02-26", "", "", REFUSAL), ("B", "", "2024-02-26", "", "", REFUSAL)) == ["A", "B"]


def test_statement_is_named_after_the_report_with_the_shortest_interval():
    table = reports(("A", "Scholz", "2024-02-26", "", "", REFUSAL), ("B", "Scholz", "2024-02-26", "", "", REFUSAL))
    table.loc[0, "start"] = pd.Timestamp("2024-02-20")
    assert first_reports(table, pd.Series([7, 7])).tolist() == ["B", "B"]


DAYS = st.sampled_from(["", "2024-02-26", "2024-02-27", "2024-03-04", "2025-02-26"])
WORDS = st.lists(st.sampled_from("Scholz ruled out Taurus missiles for Kyiv today again".split()), min_size=1).map(
    " ".join
)
ROW = st.tuples(
    st.sampled_from(["Scholz", "Merz", ""]), DAYS, st.sampled_from(["", "on Monday", "Feb. 26"]), DAYS, WORDS
)


@given(st.lists(ROW, min_size=1, max_size=7), st.randoms())
def test_order_of_rows_does_not_matter(rows, random):
    table = reports(*((f"R{i}", *row) for i, row in enumerate(rows)))
    shuffled = table.sample(frac=1, random_state=random.randrange(1000))
    assert find_events(shuffled)["event"].sort_index().equals(find_events(table)["event"])


@given(st.lists(ROW, min_size=1, max_size=7))
def test_every_event_is_named_after_one_of_its_reports_and_has_one_set_of_actors(rows):
    table = reports(*((f"R{i}", *row) for i, row in enumerate(rows)))
    found = find_events(table)
    assert (
        table.set_index("id")["actor"].map(tuple)[found["event"]].to_numpy() == table["actor"].map(tuple).to_numpy()
    ).all()
    assert found.groupby("event")["why"].agg(lambda why: (why == "").all() == (len(why) == 1)).all()
