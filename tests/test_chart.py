"""Charts are checked by the values of their traces, and by what they say in words."""

import copy
import json

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio
import pytest
from pandas import DataFrame, to_datetime

from analysis.chart import (
    alt_text,
    co_mention_chart,
    colour_of,
    frequency_chart,
    involvement_chart,
    ladder_chart,
    lines_chart,
    multiples_chart,
    position_timeline,
    positions_chart,
    strip_chart,
    summary,
    table_twin,
    ties_chart,
    use_colours,
)
from analysis.count import (
    actor_involvement,
    actor_system_ties,
    co_mentions,
    dated_statements,
    first_and_last,
    index_to,
    position_changes,
    position_counts,
    rolling,
    share,
    statement_frequency,
    system_mentions,
)
from analysis.figure import BLUE, COLOURS, GREY, INK, POSITIONS, when

ROWS = [
    ("a", "2023-07-03", "2023-07-03", ["Ann"], ["Alpha"], "undecided", "No decision yet"),
    ("b", "2023-07-28", "2023-08-01", ["Bob <b>"], ["Alpha", "Beta"], "oppose", "Bob & Co say no"),
    ("c", "2023-09-21", "2023-09-21", ["Ann"], ["Alpha"], "support", "Ann agrees"),
    ("d", None, "2023-10-01", ["Bob <b>"], ["Beta"], "oppose", "Bob said no before"),
    ("e", "2023-09-25", "2023-09-25", ["Ann"], ["Beta"], "report", "It is said"),
]
MILESTONES = DataFrame({"date": ["2023-07-12", "2023-09-21", "2024-05-01"], "label": ["A vote", "A talk", "Too late"]})


@pytest.fixture
def five() -> DataFrame:
    return statements()


@pytest.fixture(scope="module")
def figures() -> list:
    return everything(statements())


def statements() -> DataFrame:
    table = DataFrame(ROWS, columns=["event", "start", "end", "actor", "systems", "position", "statement"])
    return table.assign(**{name: to_datetime(table[name]) for name in ["start", "end"]}, outlet="Post", date="")


def traces(figure: go.Figure) -> dict:
    return {trace.name: trace for trace in figure.data}


def everything(table: DataFrame) -> list:
    """One figure of each kind."""
    months = system_mentions(table)
    return [
        frequency_chart(statement_frequency(table), MILESTONES),
        frequency_chart(statement_frequency(table, by="system", top=1)),
        multiples_chart(months, MILESTONES),
        lines_chart(months, MILESTONES),
        lines_chart(share(months)),
        lines_chart(index_to(months, "2023-07")),
        lines_chart(rolling(statement_frequency(table))),
        involvement_chart(actor_involvement(table), MILESTONES),
        strip_chart(dated_statements(table), MILESTONES),
        position_timeline(position_changes(table), MILESTONES),
        positions_chart(position_counts(table), MILESTONES),
        ladder_chart(first_and_last(table), MILESTONES),
        co_mention_chart(co_mentions(table)),
        ties_chart(actor_system_ties(table, freq=["2023-09-01"])),
    ]


def test_frequency_draws_certain_possible_and_expected(five):
    drawn = traces(frequency_chart(statement_frequency(five)))
    assert drawn["certain"].x == ("2023-07-01", "2023-08-01", "2023-09-01")
    assert drawn["certain"].y == (1, 0, 2)
    assert drawn["up to possible"].y == (1, 1, 0)  # on top of certain
    assert drawn["up to possible"].customdata == (2, 1, 2)
    assert drawn["expected"].y == (1.8, 0.2, 2)


def test_stack_has_a_bar_for_each_group_and_one_line_for_all(five):
    figure = frequency_chart(statement_frequency(five, by="system", top=1, freq="YS"))
    drawn = traces(figure)
    assert [trace.name for trace in figure.data] == ["Alpha", "all others", "up to possible", "expected"]
    assert (drawn["Alpha"].y, drawn["all others"].y, drawn["expected"].y) == ((3,), (2,), (5,))
    assert drawn["all others"].marker.color == GREY


def test_small_multiples_share_one_scale(five):
    figure = multiples_chart(system_mentions(five))
    assert [trace.yaxis for trace in figure.data if trace.name == "certain"] == ["y", "y2"]
    assert figure.layout.yaxis.range == figure.layout.yaxis2.range
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]
    assert sum(bool(trace.showlegend) for trace in figure.data if trace.name == "certain") == 1


def test_lines_lie_on_bands(five):
    drawn = traces(lines_chart(share(system_mentions(five))))
    assert drawn["Alpha"].y == (1, 1, 0.5)
    assert drawn["Beta, certain"].y[:2] == (0, 1)
    assert drawn["Beta, possible"].y[:2] == (0.5, 1)
    assert drawn["Beta, possible"].fill == "tonexty"


def test_heat_map_leaves_impossible_cells_empty(five):
    heat = involvement_chart(actor_involvement(five)).data[0]
    assert heat.y == ("Ann", "Bob &lt;b&gt;")
    assert heat.z == ([1, None, 2], [0.8, 0.2, None])
    assert heat.customdata[1] == [[0, 1], [0, 1], [0, 0]]


def test_strip_shows_days_as_dots_and_intervals_as_bars(five):
    figure = strip_chart(dated_statements(five))
    dots = {trace.name: trace.x for trace in figure.data if trace.type == "scatter"}
    assert dots == {"undecided": ("2023-07-03",), "support": ("2023-09-21",), "report": ("2023-09-25",)}
    (bar,) = (trace for trace in figure.data if trace.type == "bar")
    assert (bar.name, bar.base, bar.x) == ("oppose", ("2023-07-28",), (5 * 86_400_000,))
    assert "Bob &amp; Co say no" in bar.hovertext[0]
    assert "28 July 2023 to 1 August 2023" in bar.hovertext[0]


def test_marks_that_would_overlap_stand_in_lanes(five):
    five["start"] = five["end"] = pd.Timestamp("2023-07-03")
    five.loc[1, ["start", "end"]] = pd.Timestamp("2024-07-03")
    figure = strip_chart(dated_statements(five.assign(actor=[["Ann"]] * 5)))
    assert sorted(y for trace in figure.data for y in trace.y) == [0, 0, 1, 2, 3]


def test_timeline_rings_new_stands_and_keeps_the_last_one(five):
    drawn = traces(position_timeline(position_changes(five)))
    assert drawn["a new stand"].x == ("2023-09-21",)
    assert drawn["last stand: undecided"].base == ("2023-07-03",)
    assert len(drawn["last stand: for"].base) == 0  # nothing is known after the last statement


def test_positions_stand_on_their_side(five):
    figure = positions_chart(position_counts(five))
    drawn = traces(figure)
    assert {name: drawn[name].yaxis for name in ["support", "oppose", "undecided"]} == {
        "support": "y",
        "oppose": "y2",
        "undecided": "y3",
    }
    assert figure.layout.yaxis2.range[0] > figure.layout.yaxis2.range[1] == 0  # against hangs down
    assert "Without a stand, left out: 1 statements." in " ".join(note.text for note in figure.layout.annotations)


def test_ladder_stands_in_order_of_first_mention(five):
    figure = ladder_chart(first_and_last(five))
    drawn = traces(figure)
    assert figure.layout.yaxis.ticktext == ("Alpha", "Beta")
    assert drawn["first statement"].x == ("2023-07-03", "2023-08-01")
    assert drawn["days on one of which the first was made"].base == ("2023-07-28",)


def test_matrices_show_numbers_by_area(five):
    pairs = co_mention_chart(co_mentions(five)).data[0]
    assert (pairs.x, pairs.y, pairs.text, pairs.marker.size) == ((0,), (0,), ("1",), (1,))
    figure = ties_chart(actor_system_ties(five, freq=["2023-09-01"]))
    assert [note.text for note in figure.layout.annotations][-2:] == [
        "<b>3 July 2023 to 31 August 2023</b>",
        "<b>from 1 September 2023</b>",
    ]
    drawn = traces(figure)
    assert drawn["more for"].hovertext == ("Ann on Alpha: 1, 1 for, 0 against",)
    assert len(drawn["more against"].x) == 2


def test_milestones_are_marks_under_the_time_axis(five):
    figure = frequency_chart(statement_frequency(five), MILESTONES)
    marks = traces(figure)["milestones"]
    assert marks.x == ("2023-07-12", "2023-09-21")  # what lies off the axis is left out
    assert marks.text == ("1", "2")
    assert figure.layout[marks.yaxis.replace("y", "yaxis")].domain[1] < figure.layout.yaxis.domain[0]
    assert "2  21 September 2023: A talk" in figure.layout.annotations[-1].text
    assert len(figure.layout.shapes) == 2


def test_many_milestones_are_named_on_hover_only(five):
    many = DataFrame({"date": pd.date_range("2023-07-01", periods=13), "label": [f"No. {n}" for n in range(13)]})
    figure = frequency_chart(statement_frequency(five), many)
    assert set(traces(figure)["milestones"].text) == {""}
    assert traces(figure)["milestones"].hovertext[0] == "1 July 2023: No. 0"
    assert "13 milestones, named on hover" in figure.layout.annotations[-1].text
    assert not figure.layout.shapes


def test_notes_say_what_is_not_shown(five):
    note = (
        frequency_chart(statement_frequency(five, by="system", top=1)).layout.annotations[0].text.replace("<br>", " ")
    )
    assert "A statement with several systems is part of each." in note
    assert "Without a date, not shown: 1 of 5 statements." in note
    assert "1 of 2 systems are shown." in note
    sparse = frequency_chart(statement_frequency(five, freq="D")).layout.annotations[0].text
    assert "Sparse: fewer than one dated statement a day" in sparse


def test_every_figure_has_words_a_table_and_explicit_axes(figures):
    for figure in figures:
        assert alt_text(figure).endswith(".")
        assert len(table_twin(figure))
        assert figure.layout.title.text
        assert summary(figure).splitlines()[1] == alt_text(figure)
        assert figure.layout.xaxis.type == "date" or figure.layout.xaxis.ticktext
        assert figure.layout.xaxis is not figure.layout.yaxis
        assert pio.from_json(figure.to_json()).layout.meta == figure.layout.meta


def test_alt_text_reads_the_highest_point(five):
    text = alt_text(frequency_chart(statement_frequency(five)))
    assert text == "Bar chart of statements a month, July 2023 to September 2023. Highest in September 2023: 2."
    text = alt_text(frequency_chart(statement_frequency(five, by="system")))
    assert "Highest for Alpha in July 2023: 1.8 expected, between 1 and 2. In all: Alpha 3, Beta 2." in text


def test_table_twin_has_the_numbers_of_the_counts(five):
    counts = statement_frequency(five)
    twin = table_twin(frequency_chart(counts))
    assert twin["period"].tolist() == ["2023-07-01", "2023-08-01", "2023-09-01"]
    assert twin[["certain", "expected", "possible"]].to_numpy().tolist() == counts.iloc[:, 1:].to_numpy().tolist()


def test_summary_is_a_line_a_trace(five):
    lines = summary(frequency_chart(statement_frequency(five))).splitlines()
    assert lines[0] == "Statements by month"
    assert lines[2].startswith("certain  bar  3 points  2023-07-01 to 2023-09-01  total 3  max 2  data ")
    assert lines[4].startswith("expected  scatter  3 points  2023-07-01 to 2023-09-01  total 4  max 2  data ")
    assert len(lines) == 6


def test_summary_is_the_same_for_the_same_data_and_for_packed_arrays(five, figures):
    assert [summary(figure) for figure in figures] == [summary(figure) for figure in everything(five.iloc[::-1])]
    for figure in figures:
        assert summary(pio.from_json(figure.to_json())) == summary(figure)
        assert summary(figure.to_plotly_json()) == summary(figure)
    plain, packed = go.Figure(go.Heatmap(z=[[1, 2], [3, 4]])), go.Figure(go.Heatmap(z=np.array([[1, 2], [3, 4]])))
    assert "bdata" in packed.to_json()
    assert summary(pio.from_json(packed.to_json())) == summary(plain)


@pytest.mark.parametrize(
    ("number", "path", "value"),
    [
        (0, ("data", 0, "y", 1), 9),
        (0, ("data", 1, "customdata", 0), 9),
        (0, ("data", 0, "x", 0), "2023-06-01"),
        (0, ("data", 3, "hovertext", 0), "another milestone"),
        (0, ("layout", "shapes", 0, "x0"), "2023-07-13"),
        (0, ("layout", "annotations", 0, "text"), "nothing is left out"),
        (7, ("data", 0, "z", 0, 0), 9),
        (7, ("data", 0, "customdata", 0, 0, 1), 9),
        (8, ("data", 2, "base", 0), "2023-07-29"),
        (12, ("data", 0, "marker", "size", 0), 9),
        (13, ("data", 0, "text", 0), "9"),
        (0, ("layout", "meta", "table", "expected", 0), 9),
    ],
)
def test_one_changed_number_changes_the_summary(figures, number, path, value):
    spec = json.loads(figures[number].to_json())
    changed = at = copy.deepcopy(spec)
    for key in path[:-1]:
        at = at[key]
    assert at[path[-1]] != value
    at[path[-1]] = value
    assert summary(changed) != summary(spec)


def test_looks_do_not_count_in_the_summary(five):
    figure = frequency_chart(statement_frequency(five))
    before = summary(figure)
    figure.update_traces(opacity=0.5).update_layout(height=99, font_size=20)
    assert summary(figure) == before


def test_renderer_stores_data_and_summary(five):
    figure = frequency_chart(statement_frequency(five))
    bundle = figure._repr_mimebundle_()
    assert bundle["text/plain"] == summary(figure)
    assert "application/vnd.plotly.v1+json" in bundle


def test_colours_go_by_frequency_and_stay(five):
    use_colours(five)
    assert (colour_of("Alpha"), colour_of("Beta")) == (COLOURS[0], COLOURS[1])
    assert colour_of("Ann", "actor") == colour_of("Ann", "mentioned") == COLOURS[0]
    assert colour_of("Newcomer") == COLOURS[2] == colour_of("Newcomer")
    assert colour_of("support", "position") == POSITIONS["support"] == BLUE
    assert traces(lines_chart(system_mentions(five.iloc[3:])))["Beta"].line.color == COLOURS[1]


def test_ink_and_colours_read_on_white_and_on_dark_paper():
    for paper in ("#FFFFFF", "#111111"):
        assert contrast(INK, paper) > 4.3
        outlined = [colour for colour in [*COLOURS, *POSITIONS.values()] if contrast(colour, paper) < 3]
        assert set(outlined) <= {"#E69F00", "#56B4E9", "#F0E442", "#BBBBBB"}  # these are drawn with an outline


def contrast(one: str, two: str) -> float:
    """WCAG 2.2, contrast ratio."""
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_empty_table_gives_a_figure_that_says_so(five):
    nothing = five.iloc[3:4]
    figures = [
        frequency_chart(statement_frequency(nothing), MILESTONES),
        multiples_chart(system_mentions(nothing)),
        positions_chart(position_counts(nothing)),
        strip_chart(dated_statements(nothing)),
        position_timeline(position_changes(nothing)),
        ladder_chart(first_and_last(nothing)),
        co_mention_chart(co_mentions(nothing)),
        ties_chart(actor_system_ties(nothing)),
    ]
    assert all(alt_text(figure) == "No dated statements to show." for figure in figures)
    assert all("data" in summary(figure) for figure in figures)


@pytest.mark.parametrize(
    ("freq", "text"),
    [("D", "3 July 2023"), ("W-MON", "week of 3 July 2023"), ("MS", "July 2023"), ("QS", "Q3 2023"), ("YS", "2023")],
)
def test_periods_are_read_as_people_write_them(freq, text):
    assert when(pd.Timestamp("2023-07-03"), freq=freq) == text
