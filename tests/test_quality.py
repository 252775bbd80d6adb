"""Scores against labels, proposals for the register, and what the reports contradict."""

import pandas as pd
import pytest
from pandas import DataFrame

from analysis.quality import accuracy, contradictions, propose, unused_aliases, worst_actors, worst_dates

DAY = pd.Timestamp("2023-08-11")


@pytest.fixture
def statements():
    days = [DAY, DAY, pd.NaT, DAY]
    return DataFrame(
        {
            "id": list("ABCD"),
            "line": [2, 3, 4, 5],
            "start": days,
            "end": days,
            "basis": "printed",
            "date": "on Friday",
            "published": "",
            "language": ["en", "en", "de", "de"],
            "speaker": ["Kuleba", "Anna Bergh", "Merz", "Merz"],
            "actor": [["Kuleba"], ["Anna Bergh"], ["Merz"], ["Merz"]],
            "known": [True, False, True, True],
            "systems": [["Taurus"], ["Taurus", "ATACMS"], [], ["Taurus"]],
            "mentioned": [[], [], ["Kuleba"], []],
            "event": ["A", "A", "C", "C"],
        }
    )


@pytest.fixture
def labels(statements):
    return statements[["id", "line", "basis", "actor", "systems"]].assign(
        start=[DAY, DAY + pd.Timedelta(days=1), DAY, DAY],
        end=[DAY, DAY + pd.Timedelta(days=1), DAY, DAY],
        resolvable="yes",
        actor=[["Kuleba"], ["Anna Berg"], ["Merz"], ["Merz"]],
        systems=[["Taurus"], ["Taurus"], ["Taurus"], ["Taurus"]],
        involvement_mentioned=[[], [], ["Kuleba"], ["Kuleba"]],
        event=["a", "b", "c", "c"],
    )


def test_scores_count_what_is_right_wrong_and_missing(statements, labels):
    scores = accuracy(statements, labels).set_index("measure")["percent"]
    assert scores["dates: exact interval"] == 50
    assert scores["dates: interval beside the true one"] == 25
    assert scores["dates: none given"] == 25
    assert scores["actors: exact"] == 75
    assert (scores["systems: precision"], scores["systems: recall"]) == (75, 75)
    assert (scores["mentioned: precision"], scores["mentioned: recall"]) == (100, 50)
    assert (scores["same statement: precision"], scores["same statement: recall"]) == (50, 100)
    assert scores["same statement: F1"] == pytest.approx(66.7)


def test_scores_by_language(statements, labels):
    scores = accuracy(statements, labels, by="language").set_index(["language", "measure"])["percent"]
    assert scores[("en", "dates: exact interval")] == 50 and scores[("de", "actors: exact")] == 100


def test_worst_cases_are_listed_with_their_line(statements, labels):
    assert worst_dates(statements, labels)["line"].tolist() == [3, 4]
    assert worst_actors(statements, labels)[["line", "speaker"]].to_numpy().tolist() == [[3, "Anna Bergh"]]


def test_unknown_speaker_gets_the_nearest_actor_as_a_proposal_only(statements):
    register = DataFrame({"name": ["Anna Berg", "Kuleba", "Merz"], "aliases": ["Berg", "", ""]})
    (proposal,) = propose(statements, register).to_dict("records")
    assert (proposal["name"], proposal["proposal"], proposal["accept"]) == ("Anna Bergh", "Anna Berg", "")
    assert 80 < proposal["likeness"] < 100


def test_unknown_speaker_without_a_likeness_is_listed_without_a_proposal(statements):
    (proposal,) = (
        propose(statements, DataFrame({"name": ["Xi"], "aliases": [""]}))
        .query("name == 'Anna Bergh'")
        .to_dict("records")
    )
    assert (proposal["proposal"], proposal["likeness"]) == ("", 0)


def test_reports_of_one_statement_with_no_day_in_common_contradict(statements):
    statements.loc[1, ["start", "end"]] = pd.Timestamp("2023-08-13")
    (row,) = contradictions(statements).itertuples()
    assert (row.event, row.start, row.end, row.reports) == ("A", pd.Timestamp("2023-08-13"), DAY, 2)


def test_unused_aliases_are_those_that_no_cell_holds(statements):
    register = DataFrame({"name": ["Kuleba"], "aliases": ["KULEBA|Кулеба"]})
    assert unused_aliases(statements, register, statements["speaker"])["alias"].tolist() == ["Кулеба"]
