"""Explorer: one selection, every view, the statements behind it; an ipywidget that filters and counts in the browser.

The rows go to the browser once, days and codes as typed arrays, texts as columns; explorer.js filters and counts them
by the rules of `count.py`. Python is told the `selection` and answers for it with `count.select` and the counting
functions, so `explorer.statements` and `explorer.counts` are the same with and without a browser.
"""

from datetime import date
from pathlib import Path
from urllib.parse import quote, unquote

import anywidget
import numpy as np
import pandas as pd
import traitlets
from pandas import DataFrame, Series
from traitlets import TraitError

from analysis import count

VIEWS = ["overview", "frequency", "actors", "systems", "positions", "matrix", "timeline", "statements"]
ROLES = ["speaker", "mentioned", "either"]
KEYS = ["period", "actor", "role", *(name for name in count.FILTERS if name != "actor"), "text"]
SETTINGS = {"unit": "statements", "freq": "MS", "view": "overview"}
RECORD = "id event statement date published speaker outlet language url date_rule actor_rule event_rule".split()
NAMED = "overview frequency timeline statements reports actor actors system systems position positions".split()
WORDS = {name: name.capitalize() for name in [*NAMED, *count.FILTERS]} | {"precision": "Date precision"}
SAFE = "!'()*"  # what encodeURIComponent, which explorer.js uses, leaves as it is
MISSING = np.iinfo(np.int32).min  # an open or unknown day in the arrays


class Explorer(anywidget.AnyWidget):
    """Filter a clean table by clicking; read back the `selection`, the `statements` behind it and their `counts`.

    - statements: `Cleaned.statements`; milestones: as `read_milestones` gives them.
    - selection: a dict with the keys of `count.select`, or the text that "Copy selection" gives, in which unit, freq
      and view may stand too (`actor=A|B&period=2023-07-01..2023-10-31&freq=W-MON`).
    - period: [first day, last day], [] for all; the same as `selection["period"]`.
    - unit: statements or reports; freq: D, W-MON, MS, QS, YS; view: one of `VIEWS`.
    - labels: what this table calls things, such as `{"system": "Topic", "systems": "Topics"}`; keys: those of `WORDS`.
    - most_texts: a table of more rows keeps its texts in Python, which hands them out as they are read.

    selection, period, unit, freq and view are traits: they can be observed, and linked to other controls. A key or a
    value that the table does not have is a TraitError that lists the known ones.
    """

    _esm = Path(__file__).with_name("explorer.js")
    _css = Path(__file__).with_name("explorer.css")
    _info = traitlets.Dict().tag(sync=True)
    _data = traitlets.Bytes().tag(sync=True)

    selection = traitlets.Union([traitlets.Dict(), traitlets.Unicode()]).tag(sync=True)
    period = traitlets.List(allow_none=True).tag(sync=True)
    unit = traitlets.Enum(["statements", "reports"], SETTINGS["unit"]).tag(sync=True)
    freq = traitlets.Enum(list(count.PERIODS), SETTINGS["freq"]).tag(sync=True)
    view = traitlets.Enum(VIEWS, SETTINGS["view"]).tag(sync=True)

    def __init__(
        self, statements, selection=None, milestones=None, *, period=None, labels=None, most_texts=200_000, **settings
    ):
        if unknown := set(labels or {}) - set(WORDS):
            raise ValueError(f"labels has {', '.join(sorted(unknown))}: take some of {', '.join(WORDS)}")
        self._given = statements
        self._table = by_day(statements).assign(_code=range(len(statements)))
        self._units = {unit: by_day(count.one_row_per(unit, self._table)) for unit in ("statements", "reports")}
        self._values = values_of(self._units["reports"])
        arrays, self._data = packed(arrays_of(self._table, self._units, self._values))
        texts = texts_of(self._table) if len(statements) <= most_texts else None
        self._info = {
            "arrays": arrays,
            "values": self._values,
            "texts": texts if texts is None else {name: packed_texts(column) for name, column in texts.items()},
            "words": WORDS | (labels or {}),
            "milestones": milestone_list(milestones),
        }
        selection = parse_selection(selection) if isinstance(selection, str) else dict(selection or {})
        super().__init__(**{name: selection.pop(name) for name in SETTINGS if name in selection} | settings)
        self.selection = selection if period is None else selection | {"period": period}
        self.on_msg(self._answer)

    @property
    def statements(self) -> DataFrame:
        """The reports behind the selection: rows of the table that was given, in its order."""
        return count.select(self._given, self.selection, self.unit)

    @property
    def counts(self) -> DataFrame:
        """What the chosen view counts, per period (certain, expected, possible): see the functions of `count.py`.

        Actors for `view="actors"`, systems, positions, ties for "matrix"; for every other view the statements. The axis
        is that of the whole table, cut to the periods that touch the selected one.
        """
        rows, options = self.statements, {"freq": self.freq, "unit": self.unit, "span": self._span()}
        role = self.selection.get("role", "speaker")
        if self.view == "actors":
            return count.actor_involvement(rows, as_=role, **options)
        if self.view == "matrix":
            return count.actor_system_ties(rows, as_=role, **options)
        counters = {"systems": count.system_mentions, "positions": count.position_counts}
        return counters.get(self.view, count.statement_frequency)(rows, **options)

    @property
    def selection_text(self) -> str:
        """The selection as text, as "Copy selection" gives it: given as `selection`, it shows the same."""
        settings = {name: getattr(self, name) for name, usual in SETTINGS.items() if getattr(self, name) != usual}
        return format_selection(self.selection | settings)

    def _span(self) -> tuple | None:
        first, last = count.time_span(self._units[self.unit])
        if pd.isna(first):
            return None
        days = zip(self.period or (None, None), (first, last), strict=True)
        return tuple(min(max(pd.Timestamp(day or end), first), last) for day, end in days)

    def __repr__(self) -> str:
        total = len(self._units[self.unit])
        if not self.selection:
            return f"Explorer({total:,} {self.unit}, selection: all)"
        chosen = len(count.one_row_per(self.unit, self.statements))
        text = unquote(format_selection(self.selection))
        text = text if len(text) <= 60 else text[:59] + "…"
        return f"Explorer({chosen:,} of {total:,} {self.unit}, selection: {text})"

    @traitlets.validate("selection")
    def _check_selection(self, proposal) -> dict:
        given = proposal["value"]
        return checked(parse_selection(given) if isinstance(given, str) else given, self._values)

    @traitlets.validate("period")
    def _check_period(self, proposal) -> list:
        return as_period(proposal["value"])

    @traitlets.observe("selection")
    def _selection_sets_period(self, change) -> None:
        self.period = self.selection.get("period", [])

    @traitlets.observe("period")
    def _period_sets_selection(self, change) -> None:
        self.selection = self.selection | {"period": self.period}

    def _answer(self, widget, message: dict, buffers) -> None:
        """What the browser asks for where the texts stay here: those of some reports, or a search in all of them."""
        if message.get("want") == "texts":
            codes = [code for code in message["reports"] if 0 <= code < len(self._table)]
            records = texts_of(self._table.iloc[codes]).to_dict("records")
            self.send({"texts": list(zip(codes, records, strict=True))})
        elif message.get("want") == "search":
            text = str(message["text"])
            found = self._table["statement"].fillna("").str.lower().str.contains(text.lower(), regex=False)
            self.send({"found": text}, [found.to_numpy().astype(np.uint8).tobytes()])


def parse_selection(text: str) -> dict:
    """`actor=A|B&period=2023-07-01..2023-10-31` as a selection; names are percent-encoded where they need it."""
    selection = {}
    for part in filter(None, text.strip().lstrip("#").split("&")):
        key, equals, value = part.partition("=")
        if not equals:
            raise TraitError(f"{part!r} in the selection has no '=': write key=value|value&key=value")
        if key in ("role", "text", *SETTINGS):
            selection[key] = unquote(value)
        else:
            selection[key] = [unquote(name) for name in value.split(".." if key == "period" else "|")]
    return selection


def format_selection(selection: dict) -> str:
    """A selection as text: what `parse_selection` reads, and what explorer.js writes."""
    parts = []
    for key, value in selection.items():
        values = [value] if isinstance(value, str) else value
        join = ".." if key == "period" else "|"
        parts.append(f"{key}={join.join(quote(name or '', safe=SAFE) for name in values)}")
    return "&".join(parts)


def checked(selection: dict, values: dict) -> dict:
    """A selection in its one form: keys in the order of `KEYS`, names in lists, nothing empty.

    Raises a TraitError that lists the known keys or values.
    """
    if unknown := [str(key) for key in selection if key not in KEYS]:
        raise TraitError(f"selection has {', '.join(unknown)}: take some of {', '.join(KEYS)}")
    tidy = {}
    for key in KEYS:
        given = selection.get(key) or []
        if key == "period":
            tidy[key] = as_period(given)
        elif key in ("role", "text"):
            tidy[key] = str(given or "").strip()
        else:
            tidy[key] = list(dict.fromkeys([given] if isinstance(given, str) else given))
            if unknown := [name for name in tidy[key] if name not in values[key]]:
                known = ", ".join(values[key][:20]) + (" ..." if len(values[key]) > 20 else "")
                raise TraitError(f"selection has {key} {unknown[0]!r}, which no row has: take some of {known}")
    if tidy["role"] and tidy["role"] not in ROLES:
        raise TraitError(f"role is {tidy['role']!r}: take one of {', '.join(ROLES)}")
    return {key: value for key, value in tidy.items() if value and (key, value) != ("role", "speaker")}


def as_period(given) -> list:
    """[first day, last day] as ISO text, None where open; [] for no period. Takes texts, dates and Timestamps."""
    if not any(given or []):
        return []
    try:
        texts = [day if day is None or isinstance(day, str) else day.strftime("%Y-%m-%d") for day in given]
        first, last = (date.fromisoformat(day).isoformat() if day else None for day in texts)
    except (ValueError, AttributeError):
        raise TraitError(f"period is {given!r}: write [first day, last day], each as 2023-07-31") from None
    if first and last and first > last:
        raise TraitError(f"period is {given!r}: it ends before it begins")
    return [first, last]


def by_day(rows: DataFrame) -> DataFrame:
    """Rows in order of their first known day, undated ones last."""
    days = DataFrame({"first": rows["start"].fillna(rows["end"]), "end": rows["end"], "event": rows["event"]})
    order = days.reset_index(drop=True).sort_values(list(days), kind="stable").index
    return rows.iloc[order].reset_index(drop=True)


def values_of(reports: DataFrame) -> dict:
    """The values that each filter offers, in alphabetical order; actors are those who speak or are mentioned."""
    columns = {key: [count.COLUMN_OF.get(key, key)] for key in count.FILTERS} | {"actor": ["actor", "mentioned"]}
    found = {key: pd.concat([reports[name].explode() for name in names]) for key, names in columns.items()}
    return {key: sorted(name for name in values.dropna().unique() if name) for key, values in found.items()}


def arrays_of(table: DataFrame, units: dict, values: dict) -> dict:
    """What the browser counts, as arrays by name.

    For each unit: `start`, `end` (days since 1970, MISSING where open); for each freq the first days of the periods and
    the end of the last; for each filter, and for the reports behind the rows, the codes of all rows one after the
    other, and in `.length` how many belong to each row.
    """
    arrays = {}
    for unit, rows in units.items():
        for end in ("start", "end"):
            days = rows[end].to_numpy().astype("datetime64[D]").astype(np.int64)
            arrays[f"{unit}.{end}"] = np.where(rows[end].isna(), MISSING, days)
        span = count.time_span(rows)
        for freq in count.PERIODS:
            arrays[f"{unit}.{freq}"] = count.period_edges(*Series(span).fillna(pd.Timestamp(0)), freq=freq)
        known = values | {"mentioned": values["actor"]}
        for name in known:
            cells = rows[count.COLUMN_OF.get(name, name)]
            cells = cells.map(lambda cell: cell if isinstance(cell, list) else [cell] if cell else [])
            arrays[f"{unit}.{name}"] = pd.Categorical(cells.explode().dropna(), known[name]).codes
            arrays[f"{unit}.{name}.length"] = [len(cell) for cell in cells]
        # A statement's first report leads: the list shows its sentence.
        order = np.arange(len(table))
        row = order if unit == "reports" else Series(range(len(rows)), rows["event"])[table["event"]].to_numpy(int)
        first = rows["_code"].to_numpy()[row] == order
        arrays[f"{unit}.reports"] = np.lexsort([order, ~first, row])
        arrays[f"{unit}.reports.length"] = np.bincount(row, minlength=len(rows))
    return arrays


def packed(arrays: dict) -> tuple[dict, bytes]:
    """All arrays in one block of bytes, each in the smallest type that holds it, and name -> [type, start, length]."""
    places, blocks, at = {}, [], 0
    for name, numbers in arrays.items():
        numbers = np.asarray(numbers, dtype=np.int64)
        signed = numbers.min(initial=0) < 0 or name.endswith((".start", ".end"))
        small = numbers.astype(np.int32 if signed else np.min_scalar_type(int(numbers.max(initial=0))))
        places[name] = [small.dtype.str[1:], at, len(small)]
        blocks.append(small.tobytes() + bytes(-small.nbytes % 4))  # typed arrays begin at multiples of their size
        at += len(blocks[-1])
    return places, b"".join(blocks)


def texts_of(reports: DataFrame) -> DataFrame:
    """What the list of statements shows of each report, as text; `spans` are [start, stop, name]."""
    cells = {name: reports[name] if name in reports else Series("", reports.index) for name in RECORD}
    texts = DataFrame({name: column.map(as_text) for name, column in cells.items()})
    spans = reports["spans"] if "spans" in reports else [[]] * len(reports)
    return texts.assign(spans=[[list(span) for span in found] for found in spans])


def as_text(cell) -> str:
    if isinstance(cell, date):
        return "" if pd.isna(cell) else cell.strftime("%Y-%m-%d")
    return "" if cell is None or cell != cell else str(cell)


def packed_texts(column: Series) -> dict:
    """`values` row by row, or, where they repeat, each once, with `codes`."""
    if column.name == "spans" or column.nunique() * 2 > len(column):
        return {"values": column.tolist()}
    codes, values = pd.factorize(column)
    return {"values": list(values), "codes": codes.tolist()}


def milestone_list(milestones: DataFrame | None) -> list:
    if milestones is None:
        return []
    rows = milestones.reindex(columns=["date", "label", "kind", "url"]).map(as_text)
    systems = milestones["systems"] if "systems" in milestones else [[]] * len(rows)
    return rows.assign(systems=[list(names) for names in systems]).sort_values("date", kind="stable").to_dict("records")
