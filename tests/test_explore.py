"""The Explorer in Python: traits, selections as text, counts by count.py, and what is sent to the browser."""

import datetime

import ipywidgets
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame
from traitlets import TraitError

from analysis import count
from analysis.explore import Explorer, format_selection, parse_selection


@pytest.fixture
def statements():
    """Five reports of four statements: two reports of one event, an interval, one open on one side."""
    start = ["2023-08-11", "2023-08-11", "2023-07-11", None, "2023-09-05"]
    end = ["2023-08-11", "2023-08-12", "2023-08-02", "2023-09-01", "2023-09-05"]
    return DataFrame(
        {
            "id": ["a", "b", "c", "d", "e"],
            "start": pd.to_datetime(start),
            "end": pd.to_datetime(end),
            "precision": ["day", "range", "range", "before", "day"],
            "date": ["11 August", "Friday", "from 11 July", "earlier", ""],
            "speaker": ["Kuleba", "Kuleba", "Kirby", "Scholz", "Scholz and Kuleba"],
            "actor": [["Kuleba"], ["Kuleba"], ["Kirby"], ["Scholz"], ["Kuleba", "Scholz"]],
            "affiliation": [["UKR"], ["UKR"], ["USA"], ["DEU"], ["UKR", "DEU"]],
            "mentioned": [["Scholz"], [], ["Kuleba"], [], []],
            "systems": [["Taurus"], ["Taurus", "ATACMS"], [], ["Taurus"], ["Taurus"]],
            "families": [["missile"], ["missile"], [], ["missile"], ["missile"]],
            "position": ["support", "support", "none", "undecided", "support"],
            "statement": ["He asks.", "Again he asks.", "No decision.", "Not now.", "Both agree."],
            "outlet": ["X", "Y", "X", "", "Y"],
            "language": ["en", "de", "en", "de", "en"],
            "url": ["https://x.example/1", "", "", "", ""],
            "event": ["a", "a", "c", "d", "e"],
            "line": [2, 3, 4, 5, 6],
            "spans": [[], [], [], [(0, 3, "Taurus")], []],
        }
    )


def test_repr_is_short_and_tells_the_selection(statements):
    explorer = Explorer(statements)
    assert repr(explorer) == "Explorer(4 statements, selection: all)"
    explorer.selection = {"actor": ["Kuleba"], "outlet": ["X"]}
    assert repr(explorer) == "Explorer(1 of 4 statements, selection: actor=Kuleba&outlet=X)"
    assert explorer._repr_mimebundle_()[0]["text/plain"] == repr(explorer)


def test_statements_are_all_reports_behind_the_selection(statements):
    explorer = Explorer(statements, {"outlet": ["X"], "actor": "Kuleba"})
    assert explorer.statements["id"].tolist() == ["a", "b"]
    explorer.unit = "reports"
    assert explorer.statements["id"].tolist() == ["a"]


def test_period_and_selection_are_one(statements):
    explorer = Explorer(statements, period=["2023-08-01", "2023-08-31"])
    assert explorer.selection == {"period": ["2023-08-01", "2023-08-31"]}
    explorer.selection = {"actor": ["Kirby"]}
    assert explorer.period == []
    explorer.period = (datetime.date(2023, 7, 1), pd.Timestamp("2023-07-31"))
    assert explorer.selection == {"period": ["2023-07-01", "2023-07-31"], "actor": ["Kirby"]}
    explorer.period = [None, "2023-07-31"]
    assert explorer.selection["period"] == [None, "2023-07-31"]
    explorer.period = None
    assert explorer.selection == {"actor": ["Kirby"]}


def test_counts_keep_the_axis_of_the_table_cut_to_the_period(statements):
    explorer = Explorer(statements, {"actor": ["Kirby"]})
    expected = {"certain": [0, 0, 0], "expected": [21 / 23, 2 / 23, 0], "possible": [1, 1, 0]}
    assert explorer.counts[list(expected)].to_dict("list") == {k: pytest.approx(v) for k, v in expected.items()}
    explorer.period = ["2023-08-15", "2030-01-01"]
    assert explorer.counts.empty or explorer.counts["possible"].sum() == 0
    explorer.period = ["2023-08-01", "2023-08-31"]
    assert explorer.counts["possible"].tolist() == [1]


@pytest.mark.parametrize("view, column", [("actors", "actor"), ("systems", "system"), ("positions", "position")])
def test_counts_follow_the_view(statements, view, column):
    counts = Explorer(statements, view=view).counts
    assert list(counts) == ["period", column, *count.MEASURES]


def test_counts_of_actors_follow_the_role(statements):
    explorer = Explorer(statements, {"role": "mentioned"}, view="actors")
    assert set(explorer.counts["actor"]) == {"Kuleba", "Scholz"}


def test_unknown_keys_and_values_are_named_with_the_known_ones(statements):
    with pytest.raises(TraitError, match=r"selection has actors: take some of period, actor, role"):
        Explorer(statements, {"actors": ["Kuleba"]})
    explorer = Explorer(statements, {"actor": ["Kirby"]})
    with pytest.raises(TraitError, match=r"actor 'Kubela', which no row has: take some of Kirby, Kuleba, Scholz"):
        explorer.selection = {"actor": ["Kubela"]}
    assert explorer.selection == {"actor": ["Kirby"]}
    for wrong in [["2023-13-01", None], ["2023-08-02", "2023-08-01"], ["2023-08-02"], "2023"]:
        with pytest.raises(TraitError, match="period is"):
            explorer.selection = {"period": wrong}
    assert Explorer(statements, {"role": "speaker", "text": "speaker"}).selection == {"text": "speaker"}
    with pytest.raises(TraitError, match="role is 'speakers': take one of speaker, mentioned, either"):
        explorer.selection = {"role": "speakers"}
    with pytest.raises(ValueError, match="labels has topic: take some of"):
        Explorer(statements, labels={"topic": "Topic"})


def test_an_ordinary_control_can_be_linked(statements):
    explorer = Explorer(statements)
    months = {"all": [], "July": ["2023-07-01", "2023-07-31"]}
    dropdown = ipywidgets.Dropdown(options=months)
    ipywidgets.link((dropdown, "value"), (explorer, "period"))
    seen = []
    explorer.observe(lambda change: seen.append(change["new"]), "selection")
    dropdown.label = "July"
    assert explorer.selection == {"period": ["2023-07-01", "2023-07-31"]} == seen[-1]
    explorer.selection = {}
    assert dropdown.label == "all"


def test_text_stands_for_the_selection_and_the_view(statements):
    explorer = Explorer(statements, {"actor": ["Kuleba", "Kirby"], "text": "he & she"}, freq="W-MON", view="actors")
    assert explorer.selection_text == "actor=Kuleba|Kirby&text=he%20%26%20she&freq=W-MON&view=actors"
    again = Explorer(statements, explorer.selection_text)
    assert (again.selection, again.freq, again.view) == (explorer.selection, "W-MON", "actors")
    again.selection = "period=2023-08-01.."
    assert again.period == ["2023-08-01", None]
    with pytest.raises(TraitError, match="has no '='"):
        again.selection = "Kuleba"


NAMES = st.lists(st.text(min_size=1).filter(lambda name: name.isprintable()), min_size=1, unique=True)
DAYS = st.dates().map(datetime.date.isoformat)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "period": st.tuples(DAYS, DAYS).map(list),
            "text": st.text(min_size=1),
            **{name: NAMES for name in count.FILTERS},
        },
    )
)
def test_every_selection_survives_its_text(selection):
    assert parse_selection(format_selection(selection)) == selection


def test_arrays_hold_the_rows(statements):
    explorer = Explorer(statements)

    def array(name):
        dtype, start, length = explorer._info["arrays"][name]
        return np.frombuffer(explorer._data, dtype, length, start)

    values = explorer._info["values"]
    day = (pd.Timestamp("2023-07-11") - pd.Timestamp(0)).days
    assert array("reports.start")[0] == day and array("reports.start")[3] == np.iinfo("i4").min
    assert [values["system"][code] for code in array("statements.system")] == ["Taurus", "ATACMS", "Taurus", "Taurus"]
    assert array("statements.system.length").tolist() == [0, 2, 1, 1]
    assert array("statements.reports.length").tolist() == [1, 2, 1, 1]
    assert explorer._info["texts"]["id"]["values"] == ["c", "a", "b", "d", "e"]
    assert explorer._info["texts"]["spans"]["values"][3] == [[0, 3, "Taurus"]]


def test_texts_of_a_large_table_are_handed_out_on_demand(statements, monkeypatch):
    explorer = Explorer(statements, most_texts=4)
    assert explorer._info["texts"] is None
    sent = []
    monkeypatch.setattr(explorer, "send", lambda content, buffers=None: sent.append((content, buffers)))
    explorer._answer(explorer, {"want": "texts", "reports": [1, 99]}, [])
    [(code, record)] = sent[0][0]["texts"]
    assert code == 1 and record["statement"] == "He asks." and record["spans"] == []
    explorer._answer(explorer, {"want": "search", "text": "ASKS"}, [])
    assert sent[1] == ({"found": "ASKS"}, [bytes([0, 1, 1, 0, 0])])


def test_milestones_and_labels_reach_the_browser(statements):
    milestones = DataFrame({"date": [pd.Timestamp("2023-08-20")], "label": ["Vote"], "systems": [["Taurus"]]})
    info = Explorer(statements, milestones=milestones, labels={"system": "Topic"})._info
    assert info["milestones"] == [{"date": "2023-08-20", "label": "Vote", "kind": "", "systems": ["Taurus"], "url": ""}]
    assert info["words"]["system"] == "Topic"


def test_an_empty_table_opens(statements):
    explorer = Explorer(statements.iloc[:0])
    assert repr(explorer) == "Explorer(0 statements, selection: all)"
    assert explorer.statements.empty and explorer.counts.empty
