"""Printed date expression, day of publication and page language -> dated interval.

The convention is in `data/README.md` ("Date convention"). The way through this file: `parse` cuts an expression into
items by the word table of its language (`words/dates/<language>.csv`; names of months and weekdays come from CLDR) and
reads them by a few rules into a `Form`, which does not know the page yet; `anchor` counts the form from the page's day.
"""

import csv
import math
import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import groupby, islice, pairwise
from pathlib import Path
from typing import NamedTuple

import pandas as pd

FOLDER = Path(__file__).parent / "words" / "dates"
LONGEST_CELL = 500  # characters; what is longer is a paragraph, not a date
YEARS = range(1900, 2100)
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}  # the month in which it begins
PARTS = {"early": (1, 10), "mid": (11, 20), "late": (21, 31), "first half": (1, 15), "second half": (16, 31)}
RECENT = {"hours": 1, "days": 7, "weeks": 28, "months": 90}  # days that "in recent weeks" reaches back
LENGTH = {"hours": 1 / 24, "days": 1, "weeks": 7, "months": 30, "years": 365}  # days in "the past two weeks"
BACK = {"before last": 2, "past": 1, "last": 1, "this": 0}
WHICH = ("next", "recent", *BACK)  # of several words the first decides: "this past weekend"

# What a word can mean: first column of a language table. Several are joined by " + "; a number stands for itself.
MEANINGS = {
    **{name.lower(): ("weekday", i) for i, name in enumerate(DAYS)},
    **{name.lower(): ("month", i) for i, name in enumerate(MONTHS, 1)},
    **{name: ("season", month) for name, month in SEASONS.items()},
    **{name: ("part", name) for name in PARTS},
    **{name: (f"a_{name}", name) for name in ("day", "week", "month", "year", "weekend")},
    **{name: ("units", name) for name in LENGTH},
    **{name: ("which", name) for name in WHICH},
    **{"tomorrow": ("offset", 1), "today": ("offset", 0), "yesterday": ("offset", -1)},
    "day before yesterday": ("offset", -2),
    **{name: (name,) for name in ("recently", "earlier", "later", "ago", "few")},  # few: several, about, nearly
    **{name: (name,) for name in ("hanging", "open", "from", "relative", "during")},  # not covered: see `_uncovered`
    **{name: (name,) for name in ("to", "of", "ordinal", "date", "at", "clock", "part of day", "nothing")},
}  # 16 "ordinal", "date" 16; "at" 6, 6 "clock"; "of" may stand between day and month; "nothing" has no meaning here
SETTINGS = ("locales", "order", "endings", "prefixes")


class DateSpan(NamedTuple):
    """A dated interval: `start` and `end` inclusive, None where open.

    `precision` is day, week, month, season, year, range, before or unknown, `basis` printed, published or context (see
    `data/README.md`). `rule` names the rule that made it; `problem` says what contradicts or is missing ("" = nothing).
    """

    start: date | None
    end: date | None
    precision: str
    basis: str
    rule: str
    problem: str = ""


def resolve(printed: str, published: str = "", language: str = "", folder: Path = FOLDER) -> DateSpan:
    """Resolve one printed date expression, counted from the page's day.

    `language` is the page's (ISO 639-1, with or without a region; "" = unknown), `folder` holds the language tables.
    Never raises on what is printed: what cannot be resolved is left open, with the reason in `problem`.
    """
    page, complaint = _page(published, language, folder)
    span = anchor(parse(printed, language, folder), page)
    return span._replace(problem="; ".join(filter(None, (span.problem, complaint)))) if complaint else span


def resolve_dates(raw: pd.DataFrame, folder: Path = FOLDER) -> pd.DataFrame:
    """Resolve the columns `date`, `published` and `language` of a raw table, each distinct triple once.

    Index as `raw`; columns `start`, `end` (datetime64, NaT = open), `precision`, `basis`, `rule`, `problem`.
    """
    triples = raw[["date", "published", "language"]].fillna("")
    codes = triples.groupby(list(triples), sort=False).ngroup()
    distinct = triples[~codes.duplicated()].astype(object).to_numpy().tolist()
    spans = pd.DataFrame([resolve(*triple, folder) for triple in distinct], columns=list(DateSpan._fields))
    return spans.astype({"start": "datetime64[s]", "end": "datetime64[s]"}).take(codes).set_axis(raw.index)


def page_day(published: str, language: str = "") -> date | None:
    """The day of publication, however it is printed (None = empty, or not to be read)."""
    return _page(published, language, FOLDER)[0]


def edtf(start: date | None, end: date | None, precision: str) -> str:
    """Write an interval in EDTF (ISO 8601-2): only a whole month or year is shortened, an open side is `..`."""
    first, last = ("" if pd.isna(day) else f"{day:%Y-%m-%d}" for day in (start, end))
    if first == last:
        return first
    if precision == "year" and (first[4:], last[4:]) == ("-01-01", "-12-31"):
        return first[:4]
    if precision == "month" and first.endswith("-01") and end.day == monthrange(end.year, end.month)[1]:
        return first[:7]
    return f"{first or '..'}/{last or '..'}"


# ---- the words of a language


class Item(NamedTuple):
    """A piece of an expression: what it means, its value, and the words as printed."""

    kind: str
    value: object = None
    text: str = ""


class Words(NamedTuple):
    """The words of a language: by first token, the other tokens of a phrase and what it means, the longest first."""

    phrases: dict[str, list[tuple[tuple[str, ...], tuple[Item, ...]]]]
    tokens: frozenset[str]  # of all phrases
    endings: list[str]
    prefixes: list[str]
    order: str  # of numeric dates: "day month", "month day", "both"


@cache
def load_words(language: str, folder: Path = FOLDER) -> Words:
    """Read the table of a language: columns `meaning` (see `MEANINGS`) and `words` (separated by `|`).

    Four rows are settings: `endings` and `prefixes` that any word may take, the `locales` of CLDR to take names from,
    and the `order` of day and month where CLDR's does not hold. A table wins over CLDR; a language without a table has
    CLDR's names only. Raises ValueError on an unknown meaning and on a word that stands under two meanings.
    """
    base, _, region = language.partition("-")
    path, rows = folder / f"{base}.csv", {}
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            rows = {row["meaning"]: row["words"].split("|") for row in csv.DictReader(file)}
    settings = {name: sorted(rows.pop(name, ()), key=len, reverse=True) for name in SETTINGS}
    own: dict[tuple[str, ...], tuple[Item, ...]] = {}
    for meaning, words in rows.items():
        parts = meaning.split(" + ")
        unknown = [part for part in parts if part not in MEANINGS and not part.isdigit()]
        if unknown:
            raise ValueError(f"{path}: unknown meaning {unknown[0]!r}; known: numbers, {', '.join(MEANINGS)}")
        items = tuple(Item(*MEANINGS.get(part) or ("number", int(part))) for part in parts)
        for word in words:
            for key in _spellings(word):
                if own.setdefault(key, items) != items:
                    raise ValueError(f"{path}: {word!r} stands under {meaning!r} and under another meaning")
    names: dict[tuple[str, ...], tuple[Item, ...]] = {}
    orders = [_add_names(names, locale) for locale in settings["locales"] or (base,)]
    regional = _add_names({}, f"{base}_{region}") if region else ""
    exact = names | own
    bare = {tuple(map(_bare, key)): items for key, items in reversed(exact.items())}
    phrases: dict[str, list] = {}
    for key, items in sorted((bare | exact).items(), key=lambda entry: -len(entry[0])):
        phrases.setdefault(key[0], []).append((key[1:], items))
    order = regional or next(iter(settings["order"] or orders)) or "both"
    tokens = frozenset(token for key in bare | exact for token in key)
    return Words(phrases, tokens, settings["endings"], settings["prefixes"], order)


def _add_names(names: dict[tuple[str, ...], tuple[Item, ...]], locale: str) -> str:
    """Add the month and weekday names of a CLDR locale; return its order of day and month ("" = no such locale)."""
    from babel import Locale, UnknownLocaleError  # here, so that importing this module stays light

    try:
        cldr = Locale.parse(locale)
    except (ValueError, UnknownLocaleError):
        return ""
    for width, mark in (("wide", ()), ("abbreviated", (Item("abbreviation"),))):
        for kind, forms in (("month", cldr.months), ("weekday", cldr.days)):
            for value, name in forms["format"][width].items():
                alone = forms["stand-alone"][width][value]
                # Babel 2.18 can mix up stand-alone names of locales that were loaded before: at least, one script
                same_script = unicodedata.name(name[0], "")[:4] == unicodedata.name(alone[0], "")[:4]
                for form in (name, alone) if same_script else (name,):
                    for key in _spellings(form) if len(form.strip(".")) > 1 else ():
                        names.setdefault(key, (Item(kind, value), *mark))
    pattern = cldr.datetime_skeletons["Md"].pattern
    return "day month" if pattern.index("d") < pattern.index("M") else "month day"


# ---- text -> items

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"  # written without spaces: every letter is a token
_TOKEN = re.compile(
    rf"""(?P<time>t?\d{{1,2}}(?:[:h]|\sh\s)\d\d(?::\d\d)?(?:[.,]\d+)?(?:\s?z\b|\s?[+-]\d\d:?\d\d)?
        | (?:gmt|utc)\s?[+-]\s?\d{{1,2}}(?::?\d\d)?)
    | (?P<ymd>\d{{4}}(?:[-/.]\s?\d{{1,2}}){{2}}(?!\d))
    | (?P<dmy>\d{{1,2}}\s?(?P<between>[-/.])\s?\d{{1,2}}\s?(?P=between)\s?(?:\d{{4}}|\d\d)(?!\d))
    | (?P<ym>\d{{4}}[-/]\d\d(?!\d))
    | (?P<my>\d{{1,2}}[-/.]\d{{4}}(?!\d))
    | (?P<dm>\d{{1,2}}\s?[/.]\s?\d{{1,2}}(?!\d))
    | (?P<number>\d+)
    | (?P<word>[{_CJK}] | (?:[^\W\d_{_CJK}] | [\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e00-\u0e7f])+)
    | (?P<mark>[-/,;:()\[\]])""",
    re.VERBOSE | re.IGNORECASE,
)
_SIGNS = str.maketrans(dict.fromkeys("’ʼ‘`´′׳", "'") | dict.fromkeys("‐‑‒–—―−~〜", "-") | {"\u200c": None})
_PLAIN = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "ß": "ss", "ı": "i"})


def _tokens(text: str) -> list[re.Match]:
    """Cut a text into tokens, digits of any script as ASCII."""
    text = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return list(_TOKEN.finditer(text))


def _key(token: re.Match) -> str:
    return str(int(token[0])) if token.lastgroup == "number" else token[0].lower()


def _spellings(word: str) -> set[tuple[str, ...]]:
    """The tokens of a word of a table, with and without its hyphens."""
    keys = tuple(_key(token) for token in _tokens(word))
    return {keys, tuple(key for key in keys if key != "-")} - {()}


@lru_cache(1 << 16)
def _bare(token: str) -> str:
    """The token without accents, points and marks, so that "srode" finds "środę"."""
    letters = (c for c in unicodedata.normalize("NFKD", token) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", "".join(letters)).translate(_PLAIN)


def _items(text: str, words: Words, short_names: bool = True) -> list[Item]:
    tokens = _tokens(text)
    exact = [_key(token) for token in tokens]
    bare = [_bare(key) for key in exact]
    items, at = [], 0
    while at < len(tokens):
        kind, printed = str(tokens[at].lastgroup), tokens[at][0]
        length, meant = _look_up(words, exact, at) or _look_up(words, bare, at) or (1, ())
        if meant and meant[-1].kind == "abbreviation" and not short_names:
            length, meant = 1, ()
        if kind == "word" and not meant:
            unknown = (Item("unknown", not printed[0].islower()),)
            meant = _stem(words, exact[at]) or _stem(words, bare[at]) or unknown
        phrase = tokens[at].string[tokens[at].start() : tokens[at + length - 1].end()]
        items += [item._replace(text=phrase) for item in meant or _plain(kind, printed, words.order)]
        at += length
    return items


def _look_up(words: Words, tokens: list[str], at: int) -> tuple[int, tuple[Item, ...]] | None:
    for rest, items in words.phrases.get(tokens[at], ()):
        if tuple(tokens[at + 1 : at + 1 + len(rest)]) == rest:
            return 1 + len(rest), items
    return None


def _stem(words: Words, token: str) -> tuple[Item, ...]:
    """The meaning of a word that carries an ending or a prefix of its language."""
    stems = [token[: -len(ending)] for ending in words.endings if token.endswith(ending)]
    stems += [token[len(prefix) :] for prefix in words.prefixes if token.startswith(prefix)]
    for stem in stems:
        for rest, items in words.phrases.get(stem, ()) if len(stem) > 2 else ():
            if not rest and items[-1].kind != "abbreviation":
                return items
    for stem in (token[:length] for length in range(len(token) - 1, 4, -1)):  # Fridays, and endings not in the table
        if any(not rest and items[0].kind in ("weekday", "month") for rest, items in words.phrases.get(stem, ())):
            return (Item("hanging"),)
    return ()


def _plain(kind: str, text: str, order: str) -> list[Item]:
    """The items of marks, numbers and numeric dates. A `day` holds its possible (month, day)."""
    if kind in ("mark", "time"):
        return [Item("time" if kind == "time" else "dash" if text in "-/" else "mark")]
    a, b, c = ([int(number) for number in re.findall(r"\d+", text)] + [0, 0])[:3]
    if kind == "number":
        return [Item("year" if len(text) == 4 and a in YEARS else "number", a)]
    if kind == "ym" and b == (a + 1) % 100 and (b > 12 or "/" in text):  # winter 2022/23
        return [Item("year", a), Item("dash"), Item("year", a + 1)]
    if kind in ("ym", "my"):
        a, b = (b, a) if kind == "ym" else (a, b)
        return [Item("month", a), Item("year", b)] if 1 <= a <= 12 and b in YEARS else [Item("number", a)]
    dots = "." in text
    if kind == "ymd":
        year, pairs = a, [(b, c)]
    else:
        year, pairs = c + 2000 * (c < 100), {"day month": [(b, a)], "month day": [(a, b)]}.get(order, [(b, a), (a, b)])
        pairs = pairs[:1] if dots else pairs if any(month <= 12 for month, _ in pairs) else [pairs[0][::-1]]
    readings = tuple((month, day) for month, day in dict.fromkeys(pairs) if 1 <= month <= 12 and 1 <= day <= 31)
    if kind == "dm":  # with a dot it may be a time of day: 10.30
        other = Item("time" if dots else "number", 0)
        return [Item("short day" if dots else "day", readings) if readings else other]
    return [Item("day", readings), Item("year", year)] if readings and year in YEARS else [Item("number", 0)]


# ---- what an expression can mean before the page is known

NO_PAGE = "no day of publication to count from: fill in `published`"


class When(NamedTuple):
    """A period that comes again every week, month or year, counted back from the page or from the end of `outer`.

    `back` 0 is the latest one that begins not after that day, 1 the latest that ends before it, 2 the one before.
    """

    cycle: str  # "month", "year": `first` and `last` are days of the month; "week": `first` a weekday, `last` a length
    first: int  # "day": `first` and `last` are days before the page
    last: int
    month: int = 1  # of a yearly period
    months: int = 1
    back: int = 0
    outer: "int | When | None" = None  # a year, or "last week" around a weekday

    def on(self, page: date | None) -> tuple[date, date] | str:
        floor, anchor = date.min, page
        if isinstance(self.outer, int):
            floor, anchor = date(self.outer, 1, 1), date(self.outer, 12, 31)
        elif self.outer and page:
            floor, anchor = self.outer.on(page)
        if anchor is None:
            return NO_PAGE
        if self.cycle == "day":
            return anchor - timedelta(self.first), anchor - timedelta(self.last)
        spans = (span for span in self._spans(anchor) if (span[1] < anchor if self.back else span[0] <= anchor))
        span = next(islice(spans, max(self.back - 1, 0), None), None)
        return span if span and span[0] >= floor else "there is no such day: check the date"

    def _spans(self, anchor: date) -> Iterator[tuple[date, date]]:
        for step in range(12):  # 29 February can be eight years away
            if self.cycle == "week":
                start = anchor - timedelta((anchor.weekday() - self.first) % 7 + 7 * step)
                yield start, start + timedelta(self.last - 1)
                continue
            back = step if self.cycle == "month" else 12 * step + anchor.month - self.month
            year, month = divmod(anchor.year * 12 + anchor.month - 1 - back, 12)
            last_year, last_month = divmod(year * 12 + month + self.months - 1, 12)
            length = monthrange(last_year, last_month + 1)[1]
            if 1 <= self.first <= monthrange(year, month + 1)[1]:
                last = self.first if self.first == self.last else min(self.last, length)
                yield date(year, month + 1, self.first), date(last_year, last_month + 1, last)


UNITS = {
    "a_week": When("week", 0, 7),
    "a_weekend": When("week", 5, 2),
    "a_month": When("month", 1, 31),
    "a_year": When("year", 1, 31, months=12),
}


class Form(NamedTuple):
    """What an expression says; without `readings` it is no date (day), some day before (before), or left open."""

    readings: tuple[When, ...] = ()
    precision: str = ""
    rule: str = "left open"
    problem: str = ""
    since: When | None = None  # where a printed range begins; counted back from its end
    weekday: int | None = None  # printed beside a day, to be checked
    today: int | None = None  # "yesterday" beside a day, to be checked
    strict: bool = False  # the weekday decides: "this Friday (6)"

    @property
    def settled(self) -> bool:
        return bool(self.readings) or self.precision == "before"


NO_DATE = Form(precision="day", rule="no date in the phrase: the day of publication")
EARLIER = Form(precision="before", rule="earlier: some day not after publication")
ROUGH = Form(problem="a rough count of days, weeks or months is not covered by the convention")

# ---- items -> form

# What may lead an expression, and what may stand beside it; with anything else it is left open.
LEADERS = {
    "units": {"which", "number", "ago", "few"},
    "day": {"weekday", "offset", "which", "month", "year", "part", "a_day", "a_week", "a_month", "a_year"},
    "offset": {"weekday", "which", "part", "a_day"},
    "weekday": {"which", "number", "nth", "part", "a_day", "a_week", "a_weekend"},
    "nth": {"which", "part", "a_month"},
    "month": {"which", "part", "year", "a_month", "a_year"},
    "season": {"which", "part", "year", "a_year"},
    "a_weekend": {"which", "part"},
    "a_day": {"which", "number", "ago", "few"},
    "a_week": {"which", "part", "number", "ago", "few"},
    "a_month": {"which", "part", "number", "ago", "few"},
    "year": {"which", "part"},
    "a_year": {"which", "part", "number", "ago", "few"},
    "which": set(),
}
RULES = {
    "day": "day: without a year the latest one not after publication",
    "offset": "today, yesterday: counted from publication",
    "weekday": "weekday: the most recent one on or before publication",
    "nth": "day of the month: the latest one not after publication",
    "month": "month: the latest one that begins not after publication",
    "season": "season: three months from March, June, September, December",
    "weekend": "weekend: Saturday and Sunday, the latest one that has begun",
    "week": "week: Monday to Sunday",
    "year": "year: January to December",
}
NAMED = {"day", "offset", "weekday", "nth", "month", "season", "year"}
BAG = set(LEADERS).union(*LEADERS.values())
_CODES = {"number": "n", "nth": "N", "month": "m", "year": "y", "short day": "d"}
_CODES |= {"at": "a", "clock": "c", "few": "f", "time": "t", "part of day": "p"}
_CODES |= {"ordinal": "x", "date": "X", "dash": "-", "mark": ","}
_MERGES = (  # neighbours that make one item, in this order
    (r"f?t|fp|a+f?[nd](?!m)c*|f?(?<!m)[nyd]c+(?!n)", lambda found, _: Item("time")),  # at about 6 pm
    (r"n-?x|Xn", lambda found, text: Item("nth", found["number"], text)),  # 16th, "día 16"
    (r"X", lambda found, text: Item("a_day", "day", text)),
    (r"(?<![nN])m(?=,?[nN]m)", lambda found, _: Item("nothing")),  # "mar." is martes in "mar. 13 jun."
    (
        r"[nN]-?m|m-?[nN]",
        lambda found, text: Item("day", ((found["month"], found.get("number", found.get("nth"))),), text),
    ),
    (r"d", lambda found, text: Item("day", found["short day"], text)),
)


def _merge(items: list[Item]) -> list[Item]:
    items = [item for item in items if item.kind not in ("of", "abbreviation")]
    for pattern, build in _MERGES:
        codes = "".join(_CODES.get(item.kind, ".") for item in items)
        for match in reversed(list(re.finditer(pattern, codes))):
            found = items[match.start() : match.end()]
            merged = build({item.kind: item.value for item in found}, " ".join(item.text for item in found))
            items[match.start() : match.end()] = [merged]
    return items


def _parts(items: list[Item]) -> list[list[Item]]:
    """What stands between commas, colons and brackets."""
    return [list(part) for mark, part in groupby(items, lambda item: item.kind == "mark") if not mark]


def _uncovered(items: list[Item]) -> str:
    """The word that ties an expression to something else in the text, or leaves it open ("" = none).

    "hanging" (the same day) and "open" (since) words do so in their part between commas, "relative" words (after) for
    a date behind them, "from" words (by) for one directly behind. A day in another part of the cell stands.
    """
    for part in _parts(items):
        dated = [at for at, item in enumerate(part) if item.kind in NAMED]
        for at, item in enumerate(part):
            behind = next((item.kind for item in part[at + 1 :] if item.kind not in ("nothing", "to", "at", "few")), "")
            ties = {"hanging": dated, "open": dated, "relative": dated[-1:] > [at], "from": behind in BAG}
            if ties.get(item.kind):
                return item.text
    days = any(item.kind in ("day", "weekday", "offset") for item in items)
    return "" if days else next((item.text for item in items if item.kind in ("hanging", "open", "relative")), "")


def _bag(items: list[Item]) -> dict[str, list]:
    """The values of each kind of item that says something about a date."""
    bag: dict[str, list] = {}
    for item in items:
        if item.kind in BAG and item.value not in bag.setdefault(item.kind, []):
            bag[item.kind].append(item.value)
    for kind in {"month", "year"} & bag.keys():
        bag.pop(f"a_{kind}", None)  # "the month of July", "the year 2023"
    if bag.get("units") == ["hours"] and bag.keys() & {"day", "weekday", "offset"}:  # "on Tuesday, 15 hours"
        bag = {kind: values for kind, values in bag.items() if kind not in ("units", "number")}
    return bag


def _range(items: list[Item]) -> Form | None:
    """Two dates of one kind around "to", "and", "until" or a dash."""
    items = [item for item in items if item.kind in (*BAG, "to", "dash", "open", "from", "at", "unknown", "mark")]
    for at in range(1, len(items) - 1):
        around = {items[at - 1].kind, items[at + 1].kind}
        if items[at].kind not in ("to", "dash", "open", "from", "at") or not around <= BAG:
            continue
        first, second = _bag(items[:at]), _bag(items[at + 1 :])
        if "day" in first or "day" in second:  # the 11th to 13 July
            first, second = (
                {"number" if kind == "nth" else kind: value for kind, value in bag.items()} for bag in (first, second)
            )
        for one, other in ((first, second), (second, first)):
            if (
                len(one.get("number", ())) == 1 and "day" in other and not one.keys() & {"day", "month"}
            ):  # 11 to 13 July
                one["day"] = [((other["day"][0][0][0], one.pop("number")[0]),)]
            elif "number" in one and "nth" in other:
                one["nth"] = one.pop("number")
            elif one.keys() == {"part"} and "part" in other and "month" in other:  # early to mid July
                one["month"] = other["month"]
        if first.get("nth", [0]) >= second.get("nth", [32]):  # "ngày 11-7" is 11 July
            continue
        kinds = {next((kind for kind in LEADERS if kind in bag), "") for bag in (first, second)}
        begins, ends = _moment(first), _moment(second)
        if len(kinds) == 1 and kinds < set(RULES) and first != second and begins and ends and begins.readings:
            return Form(ends.readings, "range", "a printed range", ends.problem, since=begins.readings[0])
    return None


def _moment(bag: dict[str, list]) -> Form | None:
    """Read one date: what leads it, which one is meant (last, this), and within what (of last week, of 2023)."""
    main = next((kind for kind in LEADERS if kind in bag), "which")
    several = {kind for kind, values in bag.items() if len(values) > 1} - {"units", "which"}
    if not bag.keys() <= LEADERS[main] | {main} or several - ({"year"} if main == "season" else set()):
        return None
    one = {kind: values[0] for kind, values in bag.items()}
    which = next((name for name in WHICH if name in bag.get("which", ())), "")
    part, number, back = one.get("part"), one.get("number") or one.get("nth"), BACK.get(which, 0)
    name = main.removeprefix("a_")
    if which == "next":
        return Form(problem="lies after the page: check the date")
    unit = main in ("a_day", "a_week", "a_month", "a_year")
    if unit and number and which == "this":  # "el 9 de este mes" is no count of months
        return None
    if main == "units" or (unit and ("ago" in one or number or which in ("past", "recent"))):
        return _counted(one, bag.get("units") or [f"{name}s"], which)
    if main == "offset" or (main == "a_day" and which == "this"):
        days = -one.get("offset", 0)
        return Form((When("day", days, days),), "day", RULES["offset"], weekday=one.get("weekday"))
    if which == "recent" or main in ("which", "a_day"):
        return None
    if unit and not which and part != "early" and not (part and main == "a_month"):  # which one's end, on a Tuesday?
        return None
    if "a_week" in one and main != "a_week" and not which:  # "the week of June 5"
        return None
    if main == "day" and one.get("month", one["day"][0][0]) != one["day"][0][0]:
        return None
    first, last = PARTS.get(part, (1, 31))
    periods = {
        "day": lambda: [When("year", day, day, month) for month, day in one["day"]],
        "weekday": lambda: [When("month", number, number) if number else When("week", one["weekday"], 1)],
        "nth": lambda: [When("month", number, number)],
        "month": lambda: [When("year", first, last, one["month"]) if main == name else When("month", first, last)],
        "season": lambda: [When("year", 1, 31, one["season"], 3)],
    }.get(name, lambda: [UNITS[f"a_{name}"]])()
    outer = one.get("year")
    if not outer and which:
        # Friday of last week, May of last year; late last month
        around = [UNITS[kind] for kind in reversed(UNITS) if kind in one and kind != main]
        whole = [periods[0]._replace(first=1, last=31)] if part and name == "month" else []
        outer = next((period._replace(back=back) for period in around + whole), None)
    precision = {"weekday": "day", "nth": "day", "weekend": "range"}.get(name, name)
    rule = f"last {name}: the one that ended before publication" if back and not outer else RULES[name]
    problem = ""
    if part and name == "month":
        precision, rule = "range", f"{part} = {first} to {last if last < 31 else 'the end'} of the month"
    elif part and precision != "day":  # "late Thursday" is a part of the day
        problem = f"no rule for a part of a {name}: the whole {name} is given"
    return Form(
        tuple(period._replace(outer=outer, back=0 if outer else back) for period in periods),
        *(precision, rule, problem),
        weekday=one.get("weekday") if number or main == "day" else None,
        today=one.get("offset"),
        strict=main == "weekday" and number is not None,
    )


def _counted(one: dict, units: list[str], which: str) -> Form | None:
    """Read "two days ago", "in recent weeks", "in the past three days"."""
    name, number = max(units, key=LENGTH.__getitem__), one.get("number", None if "units" in one else 1)
    if "ago" in one or (which == "last" and "number" in one and "units" not in one):
        exact = name == "days" and "few" not in one and number and number <= 1000
        return Form((When("day", number, number),), "day", f"{number} days ago, from publication") if exact else ROUGH
    exact = number and ("number" in one or which == "past")
    days = math.ceil(min(number, 1000) * LENGTH[name]) if exact else RECENT.get(name)
    return Form((When("day", days, 0),), "range", f"the {days} days to publication") if which and days else None


def _form(items: list[Item]) -> Form:
    items = _merge(items)
    pair = _range(items)
    word = _uncovered([item for item in items if not pair or item.kind not in ("open", "from")])
    if word:
        return Form(problem=f'"{word}" hangs on the text or leaves the day open: not covered by the convention')
    kinds, bag = {item.kind for item in items}, _bag(items)
    if "ago" in kinds and any(a.kind in ("to", "dash") and b.kind == "number" for a, b in pairwise(items)):
        bag["few"] = [None]  # a day or two ago
    if "earlier" in kinds and bag.keys() <= {"a_week", "a_month", "a_year"} and len(bag) == 1:  # earlier in the week
        bag["which"] = ["this"]
    which = bag.get("which", [])
    if "part of day" in kinds and which in (["this"], ["past"], ["last"]) and bag.keys() <= {"which", "part"}:
        if which == ["this"]:
            return Form((When("day", 0, 0),), "day", "this morning = the day of publication")
        return Form((When("day", 1, 0),), "range", "last night = the day before publication to its morning")
    form = pair or _moment(bag)
    if form:
        return form
    if bag.keys() <= {"few", "which"} and which in ([], ["this"], ["recent"]):
        capitals = any(item.kind == "unknown" and item.value for item in items)
        if "later" in kinds or "time" in kinds or ("during" in kinds and (capitals or which)):
            return Form(problem="hangs on another event of the text: not covered by the convention")
        if "recently" in kinds or which == ["recent"]:
            return Form((When("day", RECENT["weeks"], 0),), "range", "recently = the 28 days to publication")
        return EARLIER if "earlier" in kinds else NO_DATE
    # "19 November, the 1,000th day of the war": a day of the month stands, whatever the other parts count
    named = [item for part in _parts(items) if any(other.kind in NAMED - {"nth"} for other in part) for item in part]
    form = _moment(_bag(named)) if any(item.kind == "day" for item in items) else None
    if form and form.precision == "day":
        return form
    return Form(problem="no rule of the convention fits these words: correct the cell, or leave it open")


# ---- languages, page, anchor


@lru_cache(1 << 16)
def parse(printed: str, language: str = "", folder: Path = FOLDER) -> Form:
    """Read a printed expression in the page's language, and where that leaves words unread, in the others as well.

    Another language counts when its table holds every word: English first, else all that do must agree. Without a
    language, the tables that leave the fewest words unread decide, if they agree.
    """
    if not printed.strip():
        return NO_DATE._replace(rule="no date printed: the day of publication")
    if len(printed) > LONGEST_CELL:
        return Form(problem=f"longer than {LONGEST_CELL} characters: not read as a date")
    tag = _tag(language, folder)
    own, unread = _read(printed, tag, folder) if tag else (NO_DATE, 1)
    if not unread:
        return own
    tables = {name: load_words(name, folder).tokens for name in _languages(folder)}
    if tag:
        keys = [_key(token) for token in _tokens(printed) if token.lastgroup == "word"]
        tables = {name: held for name, held in tables.items() if all(key in held or _bare(key) in held for key in keys)}
    read = {name: _read(printed, name, folder) for name in tables}
    fewest = 0 if tag else min((unread for _, unread in read.values()), default=0)
    forms = {name: form for name, (form, unread) in read.items() if unread == fewest}
    settled = {form for form in forms.values() if form.settled}
    if tag and "en" in forms and forms["en"].settled:
        return forms["en"]
    if len(settled) > 1:
        return own if own.settled else Form(problem="another date in another language: fill in `language`")
    return next((form for form in (*settled, *forms.values(), own) if form != NO_DATE), NO_DATE)


@cache
def _languages(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.csv"))


def _read(printed: str, language: str, folder: Path) -> tuple[Form, int]:
    """The form in one language, and how many words its table does not know."""
    words = load_words(language, folder)
    items = _items(printed, words)
    if {"abbreviation", "unknown"} <= {item.kind for item in items} and not any(c.isdigit() for c in printed):
        items = _items(printed, words, short_names=False)  # in "told the Sun" it is no Sunday
    return _form(items), sum(item.kind == "unknown" for item in items)


@cache
def _tag(language: str, folder: Path) -> str:
    """The language as its table is named, with the region if there is one: "pt_BR" -> "pt-br"; "" = not known."""
    base, *rest = re.split(r"[-_]", language.strip().lower())
    base = {"nb": "no", "nn": "no", "iw": "he", "in": "id"}.get(base, base)
    known = base.isascii() and base.isalpha() and load_words(base, folder).phrases
    return "-".join([base, *(part for part in rest[-1:] if len(part) == 2)]) if known else ""


@lru_cache(1 << 16)
def _page(published: str, language: str, folder: Path) -> tuple[date | None, str]:
    """The day of publication, however it is printed, and what is wrong with it."""
    if not published.strip():
        return None, ""
    try:
        day = date.fromisoformat(published.strip()[:10])
    except ValueError:
        form = parse(published, language, folder)
        found = form.readings[0].on(None) if form.precision == "day" and len(form.readings) == 1 else ""
        day = found[0] if isinstance(found, tuple) else date.min
    if day.year not in YEARS:
        return None, f"`published` is no day that can be read ({published[:40]!r}): write it as 2023-08-11"
    return day, ""


def anchor(form: Form, page: date | None) -> DateSpan:
    """Count a form from the day of publication (None = unknown), cut it there, and say what contradicts it."""
    if not form.readings and form.precision == "day":
        if page:
            return DateSpan(page, page, "day", "published", form.rule)
        return DateSpan(None, None, "unknown", "context", form.rule, NO_PAGE)
    if form.precision == "before" and page:
        return DateSpan(None, page, "before", "printed", form.rule)
    found = [_span(reading, form.since, page) for reading in form.readings]
    spans = {span for span in found if isinstance(span, tuple)}
    if len(spans) > 1 or form.strict:  # the weekday and the page may decide between 5 March and 3 May
        fitting = {span for span in spans if form.weekday in (None, span[0].weekday())}
        fitting = {span for span in fitting if not page or span[0] <= page}
        spans = fitting or (set() if form.strict else spans)
    if len(spans) > 1:
        problem = f"can be {' or '.join(sorted(str(start) for start, _ in spans))}: write the day as 2023-08-11"
    elif spans:
        start, end = spans.pop()
        if not page or start <= page:
            end = min(end, page) if page else end
            problem = form.problem or _contradiction(form, start, page)
            return DateSpan(start, end, form.precision, "printed", form.rule, problem)
        problem = f"{start} lies after the page ({page}): check both days"
    else:
        reasons = [reason for reason in found if isinstance(reason, str)]
        problem = form.problem or next(iter(reasons), "no such day of the month on that weekday" if found else NO_PAGE)
    return DateSpan(None, page, "before" if page else "unknown", "printed", "left open", problem)


def _span(reading: When, since: When | None, page: date | None) -> tuple[date, date] | str:
    span = reading.on(page)
    if not since or isinstance(span, str):
        return span
    begin = since.on(page if since.cycle == "day" else span[1])
    if isinstance(begin, str):
        return begin
    return (begin[0], span[1]) if begin[0] <= span[1] else "the range ends before it begins: check both days"


def _contradiction(form: Form, day: date, page: date | None) -> str:
    if form.weekday is not None and form.weekday != day.weekday():
        return f"{day} was a {DAYS[day.weekday()]}, not a {DAYS[form.weekday]}: the printed day stands"
    if form.today is not None and page and day != page + timedelta(form.today):
        return f"{day} is not the day that the page ({page}) calls so: the printed day stands"
    return ""
