"""Lexicon: text -> words, and what the words of a language mean: titles, places, groups, small words, sounds of names.

The tables are in `words/`; a speaker of a language extends them without reading code.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection
from functools import cache
from itertools import pairwise, product
from typing import NamedTuple

from babel import Locale
from babel.core import get_global
from pandas import DataFrame

from analysis.read import words

# ---- one form for all comparing

# Look-alike signs become one sign each; signs that print nothing go.
_SIGNS = {c: "'" for c in "’‘‛`´ʼʹʻ′"} | {c: '"' for c in "“”„«»‟″〝〞"} | {c: "-" for c in "‐‑‒–—―−"}
_SIGNS |= dict.fromkeys("\u00ad\u200b\u200e\u200f\u2060\ufeff\u0640", "")
# Letters that Unicode does not take apart.
_LETTERS = dict(zip("ıłđøðħŧəґ", "ildodhteг", strict=True)) | {"æ": "ae", "œ": "oe", "þ": "th"}
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
_DOT_AFTER_INITIAL = re.compile(r"(?<![^\W_])([^\W\d_])\.+")


class _Fold(dict):
    """Character table for str.translate, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in "йї":  # letters of their own in Cyrillic, not marked ones
            folded = char
        else:
            bare = _MARKS.sub("", unicodedata.normalize("NFD", _SIGNS.get(char, _LETTERS.get(char, char))))
            folded = unicodedata.normalize("NFC", bare)
        self[code] = folded
        return folded


_FOLD = _Fold()


def normalize(text: str) -> str:
    """The form in which any two names are compared: the same for registers, speaker cells and running text.

    NFKC and case-folded; one kind of quote, apostrophe and dash; letters without their marks ("Orbán" = "Orban",
    while й and ї stay themselves); the dots of initials left out ("U.S." = "US"); runs of white space as one blank.
    Apart from white space and dots each character is folded by itself. Normalizing twice changes nothing.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_FOLD)
    return " ".join(_DOT_AFTER_INITIAL.sub(r"\1", folded).split())


# ---- cutting a cell into words

_WORD = "[^\\W_\u0300-\u036f]|[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0e4e\u200c]"
APOSTROPHES = "'’ʼ‘`"
_TOKEN = re.compile(
    rf"(?:[^\W\d_]\.)+[^\W\d_](?!{_WORD})"  # U.S.
    rf'|(?:{_WORD})+(?:[{APOSTROPHES}"](?:{_WORD})+)*'  # a word, with an apostrophe in it perhaps
)


class Token(NamedTuple):
    """A word of a cell: as compared, its place in the cell, and what stands around it."""

    key: str
    start: int
    stop: int
    cap: bool  # with a capital, or in a script that has none
    owner: bool  # Putin's
    joined: bool  # by a hyphen to the word before
    after: str  # a comma or semicolon before it
    aside: bool  # in brackets
    quoted: bool


LONGEST_NAME = 5  # words; the ways to spell or inflect a name multiply with each


def tokens(text: str) -> list[Token]:
    """The words of a cell; "l'ambassadeur" is two, "Strack-Zimmermann" two joined ones."""
    found, depth, quoted, end = [], 0, False, 0
    for match in _TOKEN.finditer(text):
        gap, after = text[end : match.start()], ""
        for sign in gap:
            depth = depth + 1 if sign in "([（" else max(depth - 1, 0) if sign in ")]）" else depth
            quoted ^= sign in '"“”„«»「」'
            after = ";" if sign in ";…" else after or "," * (sign in ",،:、")
        after = after or "," * bool(re.search(r"\s[-–—]\s", gap))
        joined, pieces = bool(re.fullmatch("[-‐‑–]", gap)), [match.span()]
        head, _, tail = re.sub(f"[{APOSTROPHES}]", "'", match.group()).partition("'")
        if len(tail) > 1 and normalize(head) in elided():
            middle = match.start() + len(head)
            pieces = [(match.start(), middle), (middle + 1, match.end())]
        for start, stop in pieces:
            printed, key = text[start:stop], normalize(text[start:stop])
            owner = key.endswith("'s") or (key.endswith("s") and text[stop : stop + 1] in (*APOSTROPHES,))
            cap = printed[0].isupper() or printed.lower() == printed.upper()
            found.append(Token(key.removesuffix("'s"), start, stop, cap, owner, joined, after, depth > 0, quoted))
            joined, after = False, ""
        end = match.end()
    return found


def cut(token: Token, known: Collection[tuple[str, ...]], begins: Collection[str]) -> list[Token]:
    """Part what is written without blanks: Chinese, Japanese, Korean words; the Arabic and Hebrew "and".

    known: the words and names that there are; begins: how names of several words begin.
    """
    key, cuts = token.key, [0, len(token.key)]
    if key[0] in "وו" and len(key) > 3 and (key,) not in known:
        cuts[1:1] = [1] * ((key[1:],) in known or key[1:] in begins)
    elif script_of(key) in ("CJK", "HANGUL"):
        ways: list[tuple[int, int, list[int]]] = [(0, 0, [0])]  # unknown characters, words, where they end
        for end in range(1, len(key) + 1):
            ends = []
            for start, (unknown, count, stops) in enumerate(ways):
                piece = key[start:end]
                listed = (piece,) in known
                if not listed or len(piece) > 1 or not start or piece in "のと和的":  # 米 only at the beginning
                    ends.append((unknown + (not listed) * len(piece), count + 1, [*stops, end]))
            ways.append(min(ends, default=(end, 1, [0, end])))
        cuts = ways[-1][2]
    if len(cuts) == 2 or token.stop - token.start != len(key):
        return [token]
    pieces = [token._replace(key=key[a:b], start=token.start + a, stop=token.start + b) for a, b in pairwise(cuts)]
    return [pieces[0], *(piece._replace(joined=False, after="") for piece in pieces[1:])]


@cache
def words_of(text: str) -> tuple[str, ...]:
    """The words of a name, as compared."""
    if text.replace(" ", "").isalpha():  # most names: nothing to cut but blanks
        return tuple(map(normalize, text.split()))
    return tuple(token.key for token in tokens(text))


def script_of(text: str) -> str:
    """The script of the first letter by its Unicode name: LATIN, CYRILLIC, ...; all of Japanese is CJK."""
    name = next((unicodedata.name(c, "LATIN") for c in text if c.isalpha()), "LATIN").split()[0]
    return "CJK" if name in ("HIRAGANA", "KATAKANA") else name


# ---- the words of a language


class Word(NamedTuple):
    """What a word or phrase of the tables does in a speaker cell."""

    kind: str  # role, field, body, part, phrase, title, adjective, outlet; place; group; a use of particles.csv
    means: frozenset[str] = frozenset()  # concepts in small letters, places in capitals
    group: str = ""  # the unnamed people it can stand for: officials, lawmakers, ...


class Lexicon:
    """The words by which the cells of a language are read: entries, compounds by their end (-minister), cases."""

    def __init__(self, words: dict[tuple[str, ...], Word], compounds: list[tuple[str, Word]], cases: list):
        self.words, self.compounds = words, dict(reversed(compounds))
        self.ends = sorted({len(end) for end in self.compounds}, reverse=True)
        self.longest: dict[str, int] = defaultdict(int)  # entry, by its first word
        for key in words:
            self.longest[key[0]] = max(self.longest[key[0]], len(key))
        self.cases: dict[str, list[tuple[int, str]]] = defaultdict(list)  # inflected ending: place, ending as listed
        for place, (inflected, listed) in enumerate(cases):
            self.cases[inflected].append((place, listed))
        self.reach = range(1, 1 + max(map(len, self.cases), default=0))
        self.inflects = len(cases) > 9
        self.single = cache(self._single)

    def find(self, keys: list[str], at: int, inflected: bool = True) -> tuple[int, Word | None]:
        """The longest entry that begins at a word: how many words it takes, and what it does."""
        for size in range(min(self.longest.get(keys[at], 0), len(keys) - at), 0, -1):
            if word := self.words.get(tuple(keys[at : at + size])):
                return size, word
        word = self.single(keys[at], inflected)
        return int(word is not None), word

    def _single(self, key: str, inflected: bool) -> Word | None:
        bare = (key.partition("'")[0], key.removeprefix("ال"), key.removeprefix("ה"))  # Rusya'nın; articles
        for form in (*bare, *(self.uninflected(key) if inflected else ())):
            if word := self.words.get((form,)):
                return word
        for size in self.ends:
            if len(key) > size + 1 and (word := self.compounds.get(key[-size:])):
                return word._replace(means=frozenset(key if m == "*" else m for m in word.means))
        return None

    def uninflected(self, key: str, least: int = 4) -> list[str]:
        """The forms, of at least so many letters, that an inflected word may have in a register."""
        plain = [
            (place, key[:-size] + listed)
            for size in self.reach
            for place, listed in self.cases.get(key[-size:], ())
            if size <= len(key)
        ]
        return [form for _, form in sorted(plain) if len(form) >= least and form != key]


# Roles that together are another
SAME_ROLES = [
    ({"head", "ministry"}, {"minister"}),
    ({"president", "committee"}, {"chair", "committee"}),
    ({"head", "government"}, {"prime-minister"}),
    ({"leader", "government"}, {"prime-minister"}),
    ({"head", "general-staff"}, {"chief-of-staff"}),
    ({"head", "office", "president"}, {"chief-of-staff", "president"}),
    ({"chief-of-staff", "general-staff"}, {"chief-of-staff"}),
    ({"chief-of-staff", "armed-forces"}, {"chief-of-staff"}),
    ({"commander-in-chief", "armed-forces"}, {"commander-in-chief"}),
]


@cache
def tables(name: str) -> dict[str, DataFrame]:
    """A word table by language."""
    return dict(list(words(name).groupby("language")))


@cache
def concepts(*kinds: str) -> frozenset[str]:
    """The concepts that rows of some kind of titles.csv define."""
    titles = words("titles")
    return frozenset(titles.loc[titles["kind"].isin(kinds) & ~titles["means"].str.contains(" "), "means"])


@cache
def keys_in(name: str, column: str, language: str | None = None) -> frozenset[str]:
    """All words in a column of a table (or in the rows of a language)."""
    cells = words(name) if language is None else tables(name)[language]
    return frozenset(normalize(w) for cell in cells[column] for w in cell.split("|"))


@cache
def elided() -> frozenset[str]:
    """What stands before an apostrophe that ends a word: l', d', dell'."""
    return frozenset(w[:-1] for w in keys_in("particles", "words") if w.endswith("'"))


@cache
def lexicon(language: str) -> Lexicon:
    """The words of a language, and the English ones behind them: pages of any language print English titles."""
    found: dict[tuple[str, ...], Word] = {}
    compounds: list[tuple[str, Word]] = []
    own = tables("inflections").get(language, DataFrame(columns=["ending", "forms"]))
    endings = [(ending, forms.split("|")) for ending, forms in zip(own["ending"], own["forms"], strict=True)]
    endings.sort(key=lambda row: -len(row[0]))

    def add(text: str, word: Word) -> None:
        if text.startswith("-"):
            compounds.append((normalize(text[1:]), word))
        elif key := words_of(text):
            old = found.setdefault(key, word)
            found[key] = old._replace(group=old.group or word.group)

    for name, kind in (("particles", "use"), ("titles", "kind"), ("groups", "group")):
        for row in tables(name).get(language, DataFrame()).to_dict("records"):
            word = Word(row[kind], frozenset(row.get("means", "").split()))
            for text in row["words"].split("|"):
                add(text, Word("group", group=row["group"]) if name == "groups" else word)
    for code, text in place_names(language):
        for form in inflections(text, endings):
            add(form, Word("place", frozenset([code])))
    english = {} if language == "en" else lexicon("en").words
    cases = [(form, ending) for ending, forms in endings if "~" not in ending for form in forms if form]
    return Lexicon(english | found, compounds, cases)


def place_names(language: str) -> list[tuple[str, str]]:
    """(ISO 3166 alpha-3 code, or EU, NATO, UN, WEST; a name, adjective or capital): `places.csv`, then CLDR."""
    known = tables("places")
    pairs = [(code, text) for code, cell in known[language][["place", "words"]].to_numpy() for text in cell.split("|")]
    locale = Locale.parse(language)
    alpha2 = get_global("territory_aliases") | {"XKX": ["XK"], "EU": ["EU"], "UN": ["UN"]}
    for code, english in known["en"][["place", "words"]].to_numpy():
        for two in alpha2.get(code, [])[:1]:
            pairs.append((code, locale.territories.get(two, "")))
            for zone in get_global("territory_zones").get(two, []):  # CLDR names the cities of time zones
                if zone.split("/")[-1].replace("_", " ") in english.split("|"):
                    pairs.append((code, locale.time_zones.get(zone, {}).get("city", "")))
    return [(code, text) for code, text in pairs if text]


def inflections(text: str, endings: list[tuple[str, list[str]]]) -> list[str]:
    """A word with its inflected forms; `~` at its end stands for those of an adjective (`inflections.csv`)."""
    for ending, forms in endings if " " not in text else ():
        if text.endswith(ending) and ("~" in ending) == ("~" in text):
            return [text.rstrip("~"), *(text.removesuffix(ending) + form for form in forms)]
    return [text]


@cache
def languages_of(script: str) -> list[str]:
    """The languages of the tables that are written in a script."""
    first = {lang: table["words"].iloc[0].split("|") for lang, table in tables("titles").items()}
    return [lang for lang, forms in first.items() if script in map(script_of, forms)]


# ---- names in other spellings and cases


# Letters that are read in several ways: Chmyhal, Podoljak, Zelenszkij, Koeleba, Emmanuel
OTHER_SOUNDS = [
    ("ch", ("sh", "kh", "k")),
    ("c(?![hkz])", "cs"),
    ("j", ("j", "zh")),
    ("sz", ("sh", "s")),
    ("oe", ("oe", "u")),
    ("ue", ("ue", "u'e")),
]


@cache
def sounds_of(printed: str) -> frozenset[str]:
    """How a name sounds, roughly, whatever alphabet and country spells it."""
    pattern, sounds = spellings()
    forms = {printed.casefold()}
    for letters, ways in OTHER_SOUNDS:
        forms = {re.sub(letters, way, form) for form in forms for way in ways}
    read = (normalize(pattern.sub(lambda m: sounds[m.group()], form)) for form in forms)
    return frozenset(re.sub(r"(.)\1+|[^\w]", r"\1", sound) for sound in read)


@cache
def spellings() -> tuple[re.Pattern, dict[str, str]]:
    table = words("spellings")
    sounds = dict(zip(table["letters"], table["sound"], strict=True))
    return re.compile("|".join(sorted(map(re.escape, sounds), key=len, reverse=True))), sounds


@cache
def same_given() -> dict[str, str]:
    """Sound of a given name -> that of its family: Volodymyr and Wladimir, William and Bill."""
    families = [cell.split("|") for cell in words("same_given_names")["names"]]
    return {sound: min(sounds_of(family[0])) for family in families for name in family for sound in sounds_of(name)}


@cache
def given_sounds() -> frozenset[str]:
    """How the given names of the tables sound."""
    names = [*words("given_names")["name"], *words("same_given_names")["names"].str.split("|").explode()]
    return frozenset(sound for name in names for form in (name, normalize(name)) for sound in sounds_of(form))


def full_spellings(name: tuple[str, ...]) -> list[tuple]:
    """The keys of a full name as it sounds."""
    return [("full", *sounds) for sounds in product(*map(sounds_of, name))]


def loose_spellings(given: str, surname: tuple[str, ...]) -> list[tuple]:
    """The keys of a surname with any given name of a family."""
    families = {same_given().get(sound, sound) for sound in sounds_of(given)}
    return [("loose", family, *sounds) for family in families for sounds in product(*map(sounds_of, surname))]


def spelt_names(people: dict[str, set[tuple[str, ...]]]) -> dict[tuple, str]:
    """Keys of persons' names (canonical name -> the printed words of its aliases); "" where two persons share one.

    A surname that is an alias by itself is plainly one person in this register: there a given name of the same family
    or its initial is enough. Elsewhere the whole name must sound the same.
    """
    found: dict[tuple, str] = {}
    for name, aliases in people.items():
        full = [alias for alias in aliases if len(alias) > 1]
        surnames = {a for a in aliases if len(a) == 1} | {a[1:] for a in full if a[1:] in aliases}
        given = {a[0] for a in full if a[1:] in aliases}
        given = {g for g in given if not any(g.startswith(short[:-1]) and len(g) > len(short) for short in given)}
        forms = [form for alias in full for form in full_spellings(alias)]
        for pair in product(given | {g[0] for g in given}, surnames):
            forms += loose_spellings(*pair)
        for form in forms:
            if found.setdefault(form, name) != name:
                found[form] = ""
    return found


def plain(name: list[Token], lex: Lexicon) -> list[tuple[str, ...]]:
    """The forms in which a register may have an inflected name: some words or all."""
    keys = tuple(t.key for t in name)
    ways = set(product(*([key, *lex.uninflected(key, 3)] for key in keys))) - {keys}
    if is_given_name(keys[0]):  # Валерия Герасимова and Александра Милли are women, Яна Липавского is not
        ways = {way for way in ways if way[-1] != keys[-1] and keys[-1][-1] not in "aа"}
    return sorted(ways)


def is_given_name(*forms: str) -> bool:
    """Is a word, in one of these forms, a given name of the tables, however they spell it?"""
    return any(form in keys_in("given_names", "name") or sounds_of(form) & given_sounds() for form in forms)


def inflected(title: list[Token], lex: Lexicon) -> bool:
    """Is a title in another case than the one that speaks (генерального секретаря)?"""
    keys = tuple(t.key for t in title[:LONGEST_NAME])
    return any(way in lex.words for way in product(*([key, *lex.uninflected(key)] for key in keys)) if way != keys)
