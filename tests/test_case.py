"""The shipped case: its anchor facts are in the clean table, and the accuracy does not slip."""

import pandas as pd
import pytest

from analysis.count import one_row_per, select, statement_frequency
from analysis.quality import accuracy
from analysis.read import read_actors, read_labels, shipped


@pytest.fixture(scope="module")
def statements(case):
    return case.statements


def dates(rows):
    return [(str(start)[:10], str(end)[:10]) for start, end in zip(rows["start"], rows["end"], strict=True)]


def test_kuleba_asks_for_taurus_and_atacms_on_11_august_2023(statements):
    asked = select(
        statements, {"actor": ["Dmytro Kuleba"], "period": ["2023-08-11", "2023-08-11"], "system": ["Taurus"]}
    )
    (request,) = one_row_per("statements", asked).itertuples()
    assert {"Taurus", "ATACMS"} <= set(request.systems)
    assert (request.start, request.end) == (pd.Timestamp("2023-08-11"),) * 2
    assert request.office == ["Minister for Foreign Affairs"]
    assert request.position == "support"
    assert request.reports >= 2


def test_sullivans_mid_july_and_21_july_are_one_statement(statements):
    printed = statements[statements["date"].isin(["In mid-July", "On July 21"])]
    reports = printed[printed["actor"].map(lambda names: names == ["Jake Sullivan"])].set_index("date")
    assert dates(reports.loc[["In mid-July", "On July 21"]]) == [
        ("2023-07-11", "2023-07-20"),
        ("2023-07-21", "2023-07-21"),
    ]
    assert reports["event"].nunique() == 1
    (statement,) = one_row_per("statements", statements[statements["event"].isin(reports["event"])]).itertuples()
    assert (statement.start, statement.end) == (pd.Timestamp("2023-07-21"),) * 2
    assert statement.contradiction


def test_kirby_has_no_decision_to_tell_on_16_august_2023(statements):
    (row,) = statements[statements["published"].eq("2023-08-16") & statements["date"].eq("on August 16")].itertuples()
    assert (row.actor, row.position, row.systems) == (["John Kirby"], "undecided", ["ATACMS"])
    assert str(row.start)[:10] == "2023-08-16"


def test_recent_weeks_stay_an_interval(statements):
    rows = statements[statements["date"].str.casefold().eq("in recent weeks") & statements["basis"].eq("printed")]
    known = rows[rows["published"].ne("")]
    assert (known["end"] - known["start"]).dt.days.tolist() == [28] * len(known) and len(known) >= 2
    assert rows["precision"].isin(["range", "unknown"]).all()


def test_artillery_ammunition_counts_as_a_class(statements):
    shells = statements[statements["systems"].map(lambda names: "artillery shells" in names)]
    assert len(shells) >= 30
    assert shells["families"].map(lambda names: "artillery ammunition" in names).all()


def test_us_lawmakers_press_for_atacms_in_summer_2023(statements):
    summer = {"system": ["ATACMS"], "position": ["support"], "period": ["2023-06-01", "2023-08-31"]}
    pressing = one_row_per("statements", select(statements, summer | {"affiliation": ["USA"]}))
    names = {name for names in pressing["actor"] for name in names}
    assert {"US lawmakers", "Michael McCaul", "US House of Representatives"} <= names


def test_the_american_answer_was_open_in_summer_2023(statements):
    summer = {"system": ["ATACMS"], "affiliation": ["USA"], "period": ["2023-06-01", "2023-08-31"]}
    positions = one_row_per("statements", select(statements, summer))["position"].value_counts()
    assert positions.idxmax() == "undecided" and "announce" not in positions


def test_statements_without_a_day_are_kept_and_counted_as_undated(statements):
    earlier = statements[
        statements["date"].eq("Earlier") & statements["published"].ne("") & statements["basis"].eq("printed")
    ]
    assert len(earlier) and earlier["start"].isna().all() and earlier["precision"].eq("before").all()
    assert statement_frequency(statements).attrs["undated"] > 200
    assert statements["precision"].eq("unknown").sum() > 100


def test_the_chancellor_is_whoever_held_the_office_that_day(statements):
    chancellors = statements[statements["speaker"].str.casefold().isin(["the chancellor", "der bundeskanzler"])]
    by_day = chancellors.dropna(subset="start").sort_values("start")
    before, after = (by_day["start"] < "2025-05-06"), (by_day["start"] >= "2025-05-06")
    assert by_day.loc[before, "actor"].map(tuple).isin([("Olaf Scholz",)]).all() and before.any()
    assert by_day.loc[after, "actor"].map(tuple).isin([("Friedrich Merz",)]).all()


MUST_REACH = {
    "dates: exact interval": 99,
    "actors: exact": 95,
    "systems: precision": 99.5,
    "systems: recall": 99,
    "mentioned: precision": 97,
    "mentioned: recall": 95,
    "same statement: F1": 75,
}


@pytest.fixture(scope="module")
def scored(statements):
    labels, actors = read_labels(shipped("labels.csv")), read_actors(shipped("actors.csv"))
    groups = statements.assign(group=statements["language"].eq("en").map({True: "English", False: "other"}))
    overall = accuracy(statements, labels, actors).set_index("measure")
    return overall, accuracy(groups, labels, actors, by="group").set_index(["group", "measure"])


@pytest.mark.parametrize(("measure", "least"), MUST_REACH.items())
def test_accuracy_on_the_labelled_table(scored, measure, least):
    assert scored[0].at[measure, "percent"] >= least


@pytest.mark.parametrize("group", ["English", "other"])
def test_dates_are_as_good_in_other_languages(scored, group):
    assert scored[1].loc[(group, "dates: exact interval"), "percent"] >= 98


def test_dates_are_hardly_ever_wrong(scored):
    overall, _ = scored
    assert overall.at["dates: interval beside the true one", "percent"] <= 0.5
    hard = overall.loc["dates that hang on other texts: interval beside the true one"]
    assert round(hard["percent"] / 100 * hard["rows"]) <= 15
