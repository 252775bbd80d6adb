"""Counts in, plotly figures out: draws, does not compute.

Solid = certain, pale = up to possible, line = expected. Each chart takes a table of `count.py` and returns a plain
`go.Figure` that knows its alternative text (`alt_text`) and its numbers (`table_twin`). `milestones` (a table with
date and label) become thin marks under the time axis: up to twelve are numbered and named below, more named on hover.
Under the chart stands what it does not show. How charts look, and their summary in a notebook, is in `figure.py`.
"""

import functools
from html import escape
from itertools import pairwise

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from pandas import DataFrame, Series, Timedelta

from analysis.count import COLUMN_OF, LISTS, MEASURES, PERIODS, STANDS
from analysis.figure import (
    BLUE,
    DAY,
    FAINT,
    GREY,
    INK,
    NARROW,
    PALE,
    POSITIONS,
    PURPLE,
    VERMILLION,
    colour_of,
    compose,
    dash_of,
    date_axis,
    days,
    described,
    floats,
    form,
    in_period,
    largest_first,
    marker,
    named_rows,
    nth,
    pale,
    period_axis,
    plural,
    read,
    safe,
    unit_of,
    when,
    whole_ticks,
    wrapped,
)
from analysis.figure import alt_text as alt_text  # these four are part of this module's face
from analysis.figure import summary as summary
from analysis.figure import table_twin as table_twin
from analysis.figure import use_colours as use_colours

SIDES = {"for": BLUE, "against": VERMILLION, "undecided": PURPLE}
ON_HOVER = "%{hovertext}<extra></extra>"
SPANS = "A dot is a day; a bar spans the days on one of which the statement was made."


def chart(draw):
    """A drawing function; an empty table gives a figure that says so."""

    @functools.wraps(draw)
    def drawn(table, *arguments, **options):
        if len(table):
            return draw(table, *arguments, **options)
        nothing = f"No dated {table.attrs.get('unit', 'statements')} to show."
        return compose(options.get("title") or nothing, [], [{"height": 60, "visible": False}], table, nothing)

    return drawn


@chart
def frequency_chart(counts: DataFrame, milestones=None, title=None) -> go.Figure:
    """Statements per period (`statement_frequency`): solid bars, pale up to what is possible, a line for the expected.

    Counts by a property are stacked; pale and line then are those of all groups together.
    """
    by, per = by_of(counts), PERIODS.get(counts.attrs["freq"], "period")
    stack = [(name, colour_of(name, by), rows) for name, rows in parts(counts, by)]
    several = [f"A statement with several {plural(by)} is part of each."] if by in [*LISTS, *COLUMN_OF] else []
    panels = [{"height": 240, "title_text": unit_of(counts), **whole_ticks(in_all(counts)["possible"].max())}]
    title, alt = title or f"Statements by {per}" + (f" and {by}" if by else ""), described(counts, "Bar chart")
    return compose(title, bars(stack), panels, counts, alt, period_axis(counts), several, milestones)


@chart
def multiples_chart(counts: DataFrame, milestones=None, title=None) -> go.Figure:
    """A small frequency chart for each system, actor ..., one below the other, on one scale."""
    by, traces, panels = by_of(counts), [], []
    for number, (name, rows) in enumerate(parts(counts, by)):
        traces += bars([("certain", colour_of(name, by), rows)], nth("y", number), legend=number == 0)
        panels.append({"height": 62, "label": name, "above": 24, **whole_ticks(counts["possible"].max(), 2)})
    title, alt = (
        title or f"Statements by {PERIODS.get(counts.attrs['freq'], 'period')} and {by}",
        described(counts, "Small bar charts"),
    )
    notes = [f"Each panel: {unit_of(counts)}, on one scale."]
    return compose(title, traces, panels, counts, alt, period_axis(counts), notes, milestones)


@chart
def lines_chart(counts: DataFrame, milestones=None, title=None) -> go.Figure:
    """A line of expected numbers on a band from certain to possible for each group; also for shares, indices, means."""
    by, traces, shape = by_of(counts), [], ".0%" if counts.attrs["measure"] == "share" else ".3~g"
    text = "%{y:#} (%{customdata[0]:#} to %{customdata[1]:#})".replace("#", shape)
    for name, rows in parts(counts, by) if by else [("all", counts)]:
        colour, shared = colour_of(name, by), {"x": days(rows["period"]), "legendgroup": name, **in_period(counts)}
        band = {"mode": "lines", "line_width": 0, "fillcolor": pale(colour), "hoverinfo": "skip", "showlegend": False}
        for measure, fill in [("certain", "none"), ("possible", "tonexty")]:
            traces.append(
                go.Scatter(y=floats(rows[measure]), name=f"{safe(name)}, {measure}", fill=fill, **band, **shared)
            )
        look = {"mode": "lines+markers", "line": {"color": colour, "width": 2.5, "dash": dash_of(name, by)}}
        ranges = [floats(row) for row in rows[["certain", "possible"]].to_numpy()]
        look |= {"marker": marker(colour, size=6), "customdata": ranges, "hovertemplate": text, "name": safe(name)}
        traces.append(go.Scatter(y=floats(rows["expected"]), **look, **shared))
    panels = [{"height": 280, "title_text": unit_of(counts), "rangemode": "tozero", "tickformat": shape}]
    title, alt = title or f"{plural(by).capitalize()}, {unit_of(counts)}", described(counts, "Line chart")
    return compose(title, traces, panels, counts, alt, period_axis(counts), (), milestones)


@chart
def involvement_chart(counts: DataFrame, milestones=None, title=None) -> go.Figure:
    """Actor x period as a heat map of expected numbers (`actor_involvement`); empty where nothing is possible."""
    by, names = by_of(counts), counts[by_of(counts)].unique().tolist()
    wide = {name: counts.pivot(index=by, columns="period", values=name).loc[names] for name in MEASURES}
    z = [floats(row) for row in wide["expected"].where(wide["possible"] > 0).to_numpy()]
    ranges = np.stack([wide["certain"], wide["possible"]], axis=-1).tolist()
    text = f"%{{y}}, %{{x|{form(counts.attrs['freq'])}}}<br>%{{z:.3~g}} expected, "
    text += "%{customdata[0]} to %{customdata[1]}<extra></extra>"
    height = max(26 * len(names), 130)
    scale = {"thickness": 8, "lenmode": "pixels", "len": height, "y": 1, "yanchor": "top", "ypad": 0, "outlinewidth": 0}
    scale |= {"nticks": 5, "title": {"text": unit_of(counts), "side": "right"}}
    look = {"colorscale": [pale(BLUE, 0.25), BLUE], "zmin": 0, "xgap": 1, "ygap": 2, "colorbar": scale}
    look |= {"hovertemplate": text, "hoverongaps": False, "name": "expected"}
    heat = go.Heatmap(
        x=days(wide["expected"].columns),
        y=[safe(name) for name in names],
        z=z,
        customdata=ranges,
        **look,
        **in_period(counts),
    )
    panels = [{"height": height, "type": "category", "autorange": "reversed", "showgrid": False}]
    title = title or f"{plural(by).capitalize()} by {PERIODS.get(counts.attrs['freq'], 'period')}"
    axis, alt = period_axis(counts), described(counts, "Heat map")
    return compose(title, [heat], panels, counts, alt, axis, (), milestones, names)


@chart
def strip_chart(rows: DataFrame, milestones=None, title=None) -> go.Figure:
    """Each statement a mark at its interval, in its actor's row (`dated_statements`): a day a dot, "mid-July" a bar."""
    by, (first, last) = by_of(rows), span_of(rows)
    dot, lanes, tops, depth = (last - first) * 9 / NARROW, {}, {}, 0
    for name, group in parts(rows, by):
        ends = []  # of the last mark in each lane
        for index, start, end in zip(group.index, group["start"], group["end"], strict=True):
            lanes[index] = next((lane for lane, until in enumerate(ends) if until < start), len(ends))
            ends[lanes[index] : lanes[index] + 1] = [max(end, start + dot)]
        tops[name], depth = depth, depth + len(ends) + 1
    nexts = [*list(tops.values())[1:], depth]
    centres = {name: (top + after) / 2 - 1 for (name, top), after in zip(tops.items(), nexts, strict=True)}
    panels = [{"height": 11 * depth, "range": [depth - 1, -1], **named_rows(centres)}]
    title = title or f"Statements by {by}, each at its date"
    axis, traces = date_axis(first, last), marks(rows, rows[by].map(tops) + Series(lanes))
    figure = compose(title, traces, panels, rows, timeline(rows), axis, [SPANS], milestones, list(tops))
    for top in nexts[:-1]:
        line = {"color": FAINT, "width": 1}
        figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=top - 1, y1=top - 1, line=line)
    return figure


@chart
def position_timeline(changes: DataFrame, milestones=None, title=None) -> go.Figure:
    """Who stood where and when it changed (`position_changes`): a line keeps the last stand, a ring marks a new one."""
    by, places = by_of(changes), {name: row for row, name in enumerate(changes[by_of(changes)].unique())}
    y, middle = changes[by].map(places), changes["start"] + (changes["end"] - changes["start"]) / 2
    until, new = middle.groupby(y).shift(-1).fillna(middle), changes["changed"]
    traces = []
    for stand, colour in SIDES.items():
        held = changes["stand"].eq(stand) & (until > middle)
        line = {"color": pale(colour, 0.55), "line": {"width": 0}}
        look = {"width": 0.12, "marker": line, "showlegend": False, "hoverinfo": "skip", "name": f"last stand: {stand}"}
        traces.append(interval(middle[held], until[held], y[held], **look))
    ring = {"symbol": "circle-open", "size": 15, "color": INK, "line": {"width": 1.5}}
    look = {"mode": "markers", "marker": ring, "name": "a new stand", "hoverinfo": "skip"}
    traces += [*marks(changes, y), go.Scatter(x=days(middle[new]), y=y[new].tolist(), **look)]
    panels = [{"height": 27 * len(places), "range": [len(places) - 0.4, -0.6], **named_rows(places)}]
    title, axis = title or f"Positions by {by}, and when they changed", date_axis(*span_of(changes))
    alt = f"{timeline(changes)} {int(new.sum())} of them take a new stand."
    return compose(title, traces, panels, changes, alt, axis, [SPANS], milestones, list(places))


@chart
def positions_chart(counts: DataFrame, milestones=None, title=None) -> go.Figure:
    """Positions per period (`position_counts`) as diverging bars: for upwards, against downwards, undecided below."""
    sides = {side: counts[counts["position"].map(STANDS) == side] for side in SIDES}
    highest = {side: max(1, in_all(rows)["possible"].max() if len(rows) else 1) for side, rows in sides.items()}
    panels, traces = [], []
    for number, (side, rows) in enumerate(sides.items()):
        stack = [(name, colour_of(name, "position"), part) for name, part in parts(rows, "position")]
        traces += bars(stack, nth("y", number), legend=not traces) if stack else []
        ticks = whole_ticks(highest[side], 3 if highest[side] * 3 > max(highest.values()) else 1)
        ticks["range"] = ticks["range"][:: -1 if side == "against" else 1]
        height = max(64, 260 * highest[side] / sum(highest.values()))
        above = {"for": {"above": 18, "label": unit_of(counts)}, "undecided": {"above": 18}}.get(side, {})
        panels.append({"height": height, "title_text": side, **above, **ticks})
    neutral = counts.loc[~counts["position"].isin(list(STANDS)), "expected"].sum()
    notes = [f"Without a stand, left out: {read(neutral)} {counts.attrs['unit']}."] if neutral else []
    title, alt = title or f"Positions, {unit_of(counts)}", described(counts, "Diverging bar chart", "position")
    return compose(title, traces, panels, counts, alt, period_axis(counts), notes, milestones)


@chart
def ladder_chart(table: DataFrame, milestones=None, title=None, top: int = 20) -> go.Figure:
    """When each name first appears (`first_and_last`): filled mark = first statement, open mark = last."""
    by, table = by_of(table), table.head(top)
    names, first, last = table[by].tolist(), table["first_latest"], table[["first_latest", "last_earliest"]].max(axis=1)
    begins = [when(*ends) for ends in zip(table["first_earliest"], first, strict=True)]
    ends = [when(*ends) for ends in zip(last, table["last_latest"], strict=True)]
    who = zip(
        names, begins, table["first_actors"].map(escape), ends, table["statements"], table["undated"], strict=True
    )
    hover = "<b>{}</b><br>first: {}, {}<br>last: {}<br>{} dated, {} undated"
    said = {"hovertext": [hover.format(escape(name), *rest) for name, *rest in who], "hovertemplate": ON_HOVER}
    y, vague = Series(range(len(table)), table.index), table["first_earliest"] < first
    line = {"name": "in between", "width": 0.1, "marker": {"color": pale(BLUE), "line": {"width": 0}}}
    box = {"name": "days on one of which the first was made", "width": 0.5}
    box |= {"marker": {"color": pale(BLUE), "line": {"width": 1, "color": BLUE}}}
    traces = [interval(first, last, y, showlegend=False, **line, **said)]
    traces += [interval(table["first_earliest"][vague], first[vague], y[vague], **box)] if vague.any() else []
    for name, at, symbol in [("first statement", first, "circle"), ("last statement", last, "circle-open")]:
        look = {"mode": "markers", "marker": {"symbol": symbol, "size": 9, "color": BLUE}, "name": name}
        traces.append(go.Scatter(x=days(at), y=y.tolist(), **look, **said))
    panels = [{"height": 24 * len(table), "range": [len(table) - 0.4, -0.6]}]
    panels[0] |= named_rows({name: place for place, name in enumerate(names)})
    alt = f"Ladder of {len(names)} {plural(by)} in order of their first statement, "
    alt += f"from {names[0]} ({begins[0]}) to {names[-1]} ({begins[-1]})."
    axis = date_axis(table["first_earliest"].min(), table["last_latest"].max())
    return compose(title or f"When each {by} is first named", traces, panels, table, alt, axis, (), milestones, names)


@chart
def co_mention_chart(pairs: DataFrame, title=None) -> go.Figure:
    """Which names stand together in a statement (`co_mentions`): the area of a mark is the expected number."""
    by, other = pairs.attrs["by"]
    total = pairs.groupby([by, other], sort=False)["expected"].sum().reset_index()
    names = largest_first(pd.concat([total[by], total[other]]), pd.concat([total["expected"]] * 2))
    x, y = np.sort([total[column].map(names.index) for column in (by, other)], axis=0)
    hover = [f"{names[a]} and {names[b]}: {read(n)}" for a, b, n in zip(x, y, total["expected"], strict=True)]
    traces = [bubbles(x, y - 1, total["expected"], hover, "together", BLUE, total["expected"].max())]
    alt = f"Matrix of {len(names)} {plural(by)}. Most often in one statement: {hover[total['expected'].argmax()]}."
    title = title or f"{plural(by).capitalize()} named in one statement"
    return matrix(title, traces, names[1:], dict(enumerate(names[:-1])), {}, pairs, alt)


@chart
def ties_chart(ties: DataFrame, title=None) -> go.Figure:
    """Who speaks of what, periods side by side (`actor_system_ties`): area = number, colour = prevailing side."""
    actor, system = ties.attrs["by"]
    rows, columns = (largest_first(ties[key], ties["expected"]) for key in (actor, system))
    periods, step = ties["period"].drop_duplicates().sort_values().tolist(), len(columns) + 0.6
    x, y = ties["period"].map(periods.index) * step + ties[system].map(columns.index), ties[actor].map(rows.index)
    numbers = zip(*(ties[name] for name in [actor, system, "expected", "agreement", "disagreement"]), strict=True)
    hover = [f"{a} on {s}: {read(n)}, {read(plus)} for, {read(minus)} against" for a, s, n, plus, minus in numbers]
    hover, said, most = Series(hover, ties.index), ties["expected"], ties["expected"].max()
    balance = np.sign((ties["agreement"] - ties["disagreement"]).round(9)).where(said > 0)
    traces = []
    for sign, name, colour in [(1, "more for", BLUE), (-1, "more against", VERMILLION), (0, "as many, or none", GREY)]:
        at = balance.eq(sign)
        traces += [bubbles(x[at], y[at], said[at], hover[at], name, colour, most)] if at.any() else []
    headings = [when(period, freq=ties.attrs["freq"]) for period in periods]
    if ties.attrs["freq"] not in PERIODS:
        before = [when(one, two - Timedelta(days=1)) for one, two in pairwise(periods)]
        headings = [*before, f"from {headings[-1]}"]
    headings = {number * step: text for number, text in enumerate(headings)} if len(periods) > 1 else {}
    ticks = {n * step + place: name for n in range(len(periods)) for place, name in enumerate(columns)}
    alt = f"Matrix of {len(rows)} {plural(actor)} and {len(columns)} {plural(system)} in {len(periods)} periods. "
    alt += f"Most often: {hover[said.idxmax()]}."
    title = title or f"{plural(actor).capitalize()} and the {plural(system)} they speak of"
    return matrix(title, traces, rows, ticks, headings, ties, alt)


def bars(stack: list, y: str = "y", legend: bool = True) -> list:
    """Bars for what is certain in each (name, colour, rows) of the stack, pale up to possible, a line for expected."""
    total = in_all(pd.concat([rows for _, _, rows in stack]))
    shared, last = {"xaxis": "x", "yaxis": y, **in_period(stack[0][2])}, {"showlegend": legend, "legendrank": 2000}
    traces = []
    for name, colour, rows in stack:
        look = {"marker": marker(colour), "legendgroup": name, "showlegend": legend or name != "certain"}
        numbers = {"x": days(rows["period"]), "y": rows["certain"].tolist(), "hovertemplate": "%{y}"}
        traces.append(go.Bar(name=safe(str(name)), **numbers, **look, **shared))
    look = {"marker": {"color": pale(stack[0][1] if len(stack) == 1 else GREY), "line": {"width": 0}}, **last}
    numbers = {"y": (total["possible"] - total["certain"]).tolist(), "customdata": total["possible"].tolist()}
    numbers |= {"x": days(total.index), "hovertemplate": "%{customdata}", "name": "up to possible"}
    traces.append(go.Bar(legendgroup="possible", **numbers, **look, **shared))
    look = {"mode": "lines", "line": {"color": INK, "width": 1.4, "shape": "hvh"}, **last}
    numbers = {"x": days(total.index), "y": floats(total["expected"]), "hovertemplate": "%{y:.3~g}", "name": "expected"}
    return [*traces, go.Scatter(legendgroup="expected", **numbers, **look, **shared)]


def marks(rows: DataFrame, y: Series) -> list:
    """A dot for each statement of one day, a bar for each longer interval, coloured by position."""
    traces, day, texts = [], rows["start"] == rows["end"], {}
    columns = [by_of(rows), "start", "end", "date", "statement", "position", "outlet"]
    for index, who, start, end, printed, what, position, where in rows[columns].itertuples(name=None):
        dated = when(start, end) + (f" (“{escape(printed)}”)" if printed else "")
        lines = [f"<b>{escape(str(who))}</b>, {dated}", *wrapped(escape(what), 64), escape(f"{position} · {where}")]
        texts[index] = "<br>".join(lines)
    texts = Series(texts, dtype=object)
    for position, same in parts(rows, "position"):
        colour, dots = colour_of(position, "position"), same[day[same.index]]
        shared = {"name": safe(position) or "no position", "legendgroup": position, "hovertemplate": ON_HOVER}
        for kind in (dots, same.drop(dots.index)):
            at = {"y": y[kind.index], "hovertext": texts[kind.index].tolist()}
            if len(kind) and kind is dots:
                points = at | {"x": days(kind["start"]), "y": at["y"].tolist()}
                traces.append(go.Scatter(mode="markers", marker=marker(colour, size=8), **points, **shared))
            elif len(kind):
                box = {"color": pale(colour, 0.5), "line": {"width": 1, "color": INK if colour in PALE else colour}}
                look = {"width": 0.45, "showlegend": dots.empty, "marker": box}
                traces.append(interval(kind["start"], kind["end"], **at, **look, **shared))
    return traces


def interval(start: Series, end: Series, y: Series, **look) -> go.Bar:
    """Horizontal bars from the first day to the end of the last."""
    length = [(number + 1) * DAY for number in (end - start).dt.days.tolist()]
    return go.Bar(base=days(start), x=length, y=y.tolist(), orientation="h", **look)


def bubbles(x, y, values, hover, name, colour, largest) -> go.Scatter:
    """Marks whose area is the value, with the number underneath."""
    area = {"size": floats(values), "sizemode": "area", "sizeref": 2 * largest / 24**2, "sizemin": 3, "opacity": 1}
    look = {"mode": "markers+text", "marker": {"color": colour, "line": {"width": 0}, **area}, "cliponaxis": False}
    text = {"text": [read(value) for value in values], "textposition": "bottom center", "textfont": {"size": 10}}
    hover = {"hovertext": [escape(line) for line in hover], "hovertemplate": ON_HOVER}
    return go.Scatter(x=list(x), y=list(y), name=name, **look, **text, **hover)


def matrix(title, traces, rows, ticks, headings, table, alt) -> go.Figure:
    """Rows by columns with the names of the columns on top, and headings above groups of columns."""
    names, room = list(ticks.values()), int(20 + 4.4 * max(map(len, ticks.values())))
    axis = {"tickvals": list(ticks), "ticktext": names, "side": "top", "tickangle": -45, "showgrid": False}
    axis |= {"range": [-0.7, max(ticks) + 0.7], "ticks": ""}
    panel = {"height": 38 * len(rows), "range": [len(rows) - 0.3, -0.7]}
    panel |= named_rows({name: place for place, name in enumerate(rows)}) | {"showgrid": True}
    figure = compose(title, traces, [panel], table, alt, axis, names=rows, room=room + 24 * bool(headings))
    place = {"y": 1, "yref": "paper", "yshift": room + 4, "yanchor": "bottom", "xanchor": "left", "showarrow": False}
    for x, text in headings.items():
        figure.add_annotation(x=x - 0.4, text=f"<b>{text}</b>", **place)
    return figure.update_layout(legend_itemsizing="constant")


def timeline(rows: DataFrame) -> str:
    """The alternative text of single statements."""
    names = f"{rows[by_of(rows)].nunique()} {plural(by_of(rows))}"
    return f"Timeline of {len(rows):,} dated {rows.attrs['unit']} by {names}, {when(*span_of(rows))}."


def by_of(table: DataFrame) -> str | None:
    return table.attrs["by"][0] if table.attrs["by"] else None


def parts(table: DataFrame, by: str | None) -> list:
    """Name and rows of each group, in the order of the table; positions from support to none."""
    if by is None:
        return [("certain", table)]
    order = {name: place for place, name in enumerate(POSITIONS)} if by == "position" else {}
    return sorted(table.groupby(by, sort=False), key=lambda part: order.get(part[0], len(order)))


def in_all(counts: DataFrame) -> DataFrame:
    return counts.groupby("period")[MEASURES].sum()


def span_of(rows: DataFrame) -> tuple:
    return rows["start"].min(), rows["end"].max()
