"""Names in running text: texts and aliases in, hits with their spans in the printed text out.

One search for all names at once. Texts are read through a table with one code for each printed character (case,
accents and kinds of dashes and blanks gone), so that what is found there has the same span in the printed text.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import chain, pairwise, zip_longest
from typing import NamedTuple

import numpy as np
import pandas as pd
from ahocorasick_rs import BytesAhoCorasick, MatchKind
from pandas import DataFrame, Series

from analysis.lexicon import normalize
from analysis.read import TableError, words

HITS = {"row": "int64", "start": "int64", "stop": "int64", "name": "str", "printed": "str"}
ROWS = 5_000  # at a time: little memory, and their codes stay in the processor's cache
NEAR = 40  # characters on either side in which a `not:` word counts (data/README.md)
ANY_CASE, CAPITALS, EXACT = "any", "capitals", "exact"
UNSEEN, SIGN, LETTER = 0, 1, 2  # codes of characters that stand in no alias; those of aliases follow
WORD = re.compile(r"\w+")
# Letters of scripts that put no blanks between words: a name may begin or end beside them.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u309f\u3400-\u9fff\uac00-\ud7af]")
# Where a spelling may have a hyphen, a blank or, between letters and digits, nothing: F-16, F 16, F16.
JOINT = re.compile(r"(?<=\w)[-\s](?=\w)|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


def find_names(texts: Series, aliases: DataFrame, keep: Callable | None = None) -> DataFrame:
    """Find names in running text: whole words, leftmost and longest first, over all names together.

    `aliases` (see `aliases_of`) has a row for each alias: `alias`, `name`, `case` (any; capitals: what is a capital in
    the alias is one in print; exact) and `near` (words that must not stand within 40 characters).
    `keep(text, start, stop, name)` may tell from what stands around the hits in a text which of them count.
    Columns of the result, a row for each hit in reading order: row (index label of `texts`), start, stop (characters
    of the printed text), name, printed.
    """
    columns = (aliases[column].tolist() for column in ("alias", "name", "case", "near"))
    search = search_for(tuple(zip(*columns, strict=True)))
    parts = [search.hits(texts.iloc[i : i + ROWS], keep) for i in range(0, len(texts), ROWS) if search.forms]
    return pd.concat(parts, ignore_index=True) if parts else no_hits()


def no_hits() -> DataFrame:
    return DataFrame({column: Series(dtype=dtype) for column, dtype in HITS.items()})


def aliases_of(register: DataFrame) -> DataFrame:
    """One row an alias of a register, the name itself among them. Columns: alias, name, case, near (a tuple of words).

    Raises TableError for an alias of two names and for a `context` that is no rule (`data/README.md`).
    """
    path = register.attrs.get("path", "register")
    rows, owners = [], {}
    for entry in register.to_dict("records"):
        place = f"{path}, line {entry['line']}" if "line" in entry else path
        case, near = context_rules(entry.get("context", ""), place)
        for alias in dict.fromkeys(" ".join(a.split()) for a in [entry["name"], *entry.get("aliases", "").split("|")]):
            if WORD.search(alias):
                rows.append((alias, entry["name"], case, near))
                if (owner := owners.setdefault(fold_all(alias), entry["name"])) != entry["name"]:
                    raise TableError(f"{place}: {alias!r} means {owner} and {entry['name']}: leave it in one of them")
    return DataFrame(rows, columns=["alias", "name", "case", "near"])


def context_rules(context: str, place: str) -> tuple[str, tuple[str, ...]]:
    """`context` cell -> how its aliases must be cased, and the words that must not stand near."""
    case, near = ANY_CASE, ()
    for rule in filter(None, map(str.strip, context.split(";"))):
        if rule == "case":
            case = EXACT
        elif rule.startswith("not:") and (found := tuple(filter(None, map(str.strip, rule[4:].split("|"))))):
            near += found
        else:
            raise TableError(f"{place}, column context: {rule!r} is no rule: write case, or not: word|word")
    return case, near


class Form(NamedTuple):
    """One spelling to look for, and what it means."""

    form: str
    name: str
    case: str
    endings: frozenset[str] = frozenset()  # letters that may follow
    reach: int = -1  # of a word that bans the name: how far from it, 0 = only where it holds the name


class Search:
    """All spellings of all aliases as one automaton over the codes of characters."""

    def __init__(self, forms: list[Form]):
        self.forms = forms
        self.owner, names = pd.factorize(np.array([form.name for form in forms], object))
        self.names = pd.array(names, dtype="str")
        self.cased = np.array([form.case != ANY_CASE for form in forms], bool)
        self.reach = np.array([form.reach for form in forms], int)
        folded = [fold_all(form.form) for form in forms]
        self.alphabet = {c: code for code, c in enumerate(sorted(set(chain(*folded))), LETTER + 1)}
        self.letter = np.array([False, False, True, *map(is_letter, self.alphabet)])
        self.codes = np.zeros(0x110000, np.uint8 if len(self.letter) < 256 else np.uint16)  # filled as they are met
        self.automaton = forms and BytesAhoCorasick(
            [np.array([self.alphabet[c] for c in form], self.codes.dtype).tobytes() for form in folded],
            matchkind=MatchKind.Standard,  # every match: the longest is often not the longest that is a whole word
        )

    def coded(self, text: str) -> np.ndarray:
        """The code of each character of a text."""
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        coded = self.codes[points]
        if not coded.all():
            for c in map(chr, np.unique(points[coded == UNSEEN])):
                self.codes[ord(c)] = self.alphabet.get(fold(c), LETTER if is_letter(c) else SIGN)
            coded = self.codes[points]
        return coded

    def matches(self, text: str) -> np.ndarray:
        """Every form that stands in a text as a whole word or words, overlaps included: rows of form, start, stop."""
        coded, width = self.coded(text), self.codes.itemsize
        found = self.automaton.find_matches_as_indexes(coded.tobytes(), overlapping=True)
        found = np.fromiter(chain.from_iterable(found), np.int64, 3 * len(found)).reshape(-1, 3)
        if width > 1:
            found = found[found[:, 1] % width == 0] // [1, width, width]
        found = found[~self.letter[coded[found[:, 1] - 1]]]
        form, start, stop = found.T
        good = ~self.letter[coded[stop]]
        longest = np.zeros(len(text), np.int32)
        longest[start[good]] = stop[good]  # the last, for they come in the order of their ends
        for i in np.flatnonzero(~good & (longest[start] <= stop)):
            tail, like = WORD.match(text, stop[i]), self.forms[form[i]]
            if tail and tail[0] in like.endings and is_cased(text[start[i] : tail.end()], like.form, CAPITALS):
                good[i], stop[i] = True, tail.end()
        for i in np.flatnonzero(good & self.cased[form]):
            good[i] = is_cased(text[start[i] : stop[i]], self.forms[form[i]].form, self.forms[form[i]].case)
        return found[good]

    def hits(self, texts: Series, keep: Callable | None) -> DataFrame:
        """The hits of `find_names` in some texts."""
        cells = ["" if cell is None or cell != cell else cell for cell in texts.tolist()]
        text = "\0" + "\0".join(cells) + "\0"  # no form holds a NUL, so no hit crosses two rows
        found = self.matches(text)
        banned = self.reach[found[:, 0]] >= 0
        form, start, stop = leftmost_longest(found[~banned]).T
        ends = np.cumsum([len(cell) + 1 for cell in cells])  # of the rows, in `text`
        row = np.searchsorted(ends, start, side="right")
        good = np.ones(len(form), bool)
        word, begin, end = found[banned].T
        first = np.searchsorted(stop, begin - self.reach[word], side="right")
        last = np.searchsorted(start, end + self.reach[word], side="left")
        near = np.concatenate([np.arange(0), *map(np.arange, first, last)])
        word, begin = (np.repeat(array, np.maximum(last - first, 0)) for array in (word, begin))
        same_row = row[near] == np.searchsorted(ends, begin, side="right")
        good[near[same_row & (self.owner[form[near]] == self.owner[word])]] = False
        if keep:
            form, start, stop, row = form[good], start[good], stop[good], row[good]
            good = np.array(keep(text, start.tolist(), stop.tolist(), self.names.take(self.owner[form]).tolist()), bool)
        form, start, stop, row = form[good], start[good], stop[good], row[good]
        first = np.r_[1, ends + 1][row]
        printed = [text[a:b] for a, b in zip(start.tolist(), stop.tolist(), strict=True)]
        columns = (
            texts.index.take(row),
            start - first,
            stop - first,
            self.names.take(self.owner[form]),
            pd.array(printed, dtype="str"),
        )
        return DataFrame(dict(zip(HITS, columns, strict=True)))


@lru_cache(maxsize=8)
def search_for(aliases: tuple) -> Search:
    """The search for some aliases (rows of alias, name, case, near), kept for the next part of a table."""
    return Search(spellings(aliases))


def leftmost_longest(found: np.ndarray) -> np.ndarray:
    """The matches that stand, in reading order: the leftmost, the longest there, then the next after its end."""
    found = found[np.lexsort((-found[:, 2], found[:, 1]))]
    kept = [found[:0]]
    while len(found):
        reach = np.maximum.accumulate(found[:, 2])
        first = np.r_[True, found[1:, 1] >= reach[:-1]]  # overlaps nothing on its left
        kept.append(found[first])
        found = found[found[:, 1] >= kept[-1][np.cumsum(first) - 1, 2]]
    stands = np.concatenate(kept)
    return stands[np.argsort(stands[:, 1])]


@cache
def fold(character: str) -> str:
    """One character for one printed character: `normalize` where that gives one, else the letter in lower case."""
    plain = " " if character.isspace() else normalize(character)
    return plain if len(plain) == 1 else character.lower()[:1]


@lru_cache(maxsize=1 << 16)
def fold_all(text: str) -> str:
    return "".join(map(fold, text))


@lru_cache(maxsize=1 << 16)
def tokens(text: str) -> list[str]:
    return WORD.findall(fold_all(text))


def is_letter(character: str) -> bool:
    """Is it part of a word, as `\\w` sees it, in a script that parts words by blanks?"""
    return (character.isalnum() or character == "_") and not UNSPACED.match(character)


@lru_cache(maxsize=1 << 16)
def is_cased(printed: str, form: str, case: str) -> bool:
    """Are the capitals of the form capitals in print, and, for an exact form, no others?"""
    if case == CAPITALS and len(printed) == len(
        form
    ):  # a long acronym without an ending may be printed as a word: Nato
        form = re.sub(r"\b[^\W\d_]{4,}\b", lambda word: word[0].title() if word[0].isupper() else word[0], form)
    pairs = [(p.isupper(), f.isupper()) for p, f in zip(printed, form, strict=False)]
    return all(p == f for p, f in pairs) if case == EXACT else all(p or not f for p, f in pairs)


def spellings(aliases: tuple) -> list[Form]:
    """All forms to look for.

    Beside the aliases as written: with another joint ("F 16", "F16" for F-16), with or without dots ("U.S." for US),
    in the other number where the last word is a common noun. These must keep the alias's capitals ("as 90" is no
    AS-90), and give way to an alias that is written so.
    """
    forms, derived = [], {}
    for alias, name, case, _ in aliases:
        endings = frozenset() if case == EXACT else endings_after(alias)
        forms.append(Form(alias, name, case, endings))
        for other in respelled(alias):
            form = Form(other, name, EXACT if case == EXACT else CAPITALS, endings)
            derived.setdefault(fold_all(other), []).append(form)
    for form in forms:
        derived.pop(fold_all(form.form), None)
    forms += [form for same in derived.values() for form in same if len({form.name for form in same}) == 1]
    own = {}
    for form in forms:
        own.setdefault(form.name, []).append(fold_all(form.form))
    banned = sorted({(word, name) for _, name, _, near in aliases for word in near})
    for word, name in banned:
        holds = any(form in fold_all(word) for form in own[name])  # Patriot Act, Caesar salad
        forms.append(Form(word, name, CAPITALS, reach=0 if holds else NEAR + 1))
    return forms


def respelled(alias: str) -> set[str]:
    """Other spellings of an alias that mean the same."""
    forms = {re.sub(r"\b([^\W\d_])\.", r"\1", alias), re.sub(r"\b([A-Z])([A-Z])\b(?!\.)", r"\1.\2.", alias)}
    pieces, joints = JOINT.split(alias), JOINT.findall(alias)
    for joint in ("-", " ", "") if 0 < len(joints) < 3 else ():  # a longer alias is a name and class words
        free = [fits(a, joint, b) for a, b in pairwise(pieces)]
        every = [joint if ok else old for ok, old in zip(free, joints, strict=True)]
        singles = ([*joints[:i], new, *joints[i + 1 :]] for i, new in enumerate(every))
        forms |= {"".join(chain(*zip_longest(pieces, js, fillvalue=""))) for js in (every, *singles)}
    if re.search(r"\w[-\s]+[a-z]{4,}$", alias):  # a word alone may be a verb: shells, shell
        forms.add(re.sub(r"ies$", "y", alias) if alias.endswith("ies") else re.sub(r"(?<![sui])s$", "", alias))
        forms.add(re.sub(r"(?<![aeou])y$", "ies", alias))
    return forms - {alias}


def fits(left: str, joint: str, right: str) -> bool:
    """May a name be printed with this joint? "F16", "F 16", but no "stormshadow"; "A 50" may be fifty of something."""
    if joint == " ":
        return fold_all(left) not in letters()
    return joint == "-" or left[-1].isdigit() != right[0].isdigit()


@cache
def letters() -> frozenset[str]:
    """Letters that are words by themselves in some language (`words/letters.csv`)."""
    return frozenset(map(fold_all, words("letters")["word"]))


@cache
def endings() -> list[tuple[re.Pattern, frozenset[str]]]:
    """What a word must end in, and the endings of cases and numbers that may then follow (`words/endings.csv`)."""
    table = words("endings").groupby("after")["ending"].agg(frozenset)
    return [(re.compile(f"(?:{after})$"), group) for after, group in table.items()]


def endings_after(alias: str) -> frozenset[str]:
    last = alias.split()[-1]
    return frozenset().union(*(group for after, group in endings() if after.search(last)))
