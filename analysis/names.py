"""Names: printed speakers -> canonical actors through a register.

A cell is cut into words. The lexicon tells which of them are titles, places, groups or small words, the register which
are names; what is left is a name that nobody has registered yet, and stays one.
"""

import re
from collections import ChainMap, defaultdict
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import pandas as pd
from pandas import DataFrame, Timestamp

from analysis.lexicon import (
    APOSTROPHES,
    LONGEST_NAME,
    SAME_ROLES,
    Lexicon,
    Token,
    concepts,
    cut,
    full_spellings,
    inflected,
    is_given_name,
    keys_in,
    languages_of,
    lexicon,
    loose_spellings,
    plain,
    script_of,
    spelt_names,
    tokens,
    words_of,
)
from analysis.lexicon import normalize as normalize  # the one form for all comparing
from analysis.read import ACTOR_TYPES, BODY, GROUP, OUTLET, PERSON, TableError, once_per_content, words

# ---- the register

_OFFICE = re.compile(r"(?P<title>[^@]+)@(?P<place>[^:@]*):(?P<since>[\d-]*)\.\.(?P<until>[\d-]*)")


def check_actors(register: DataFrame) -> None:
    """Raise a TableError that lists what a register of actors must not hold, line by line.

    An alias of two names, an unknown type, an office that is not `title@place:from..to` (either end may be open).
    """
    path, faults, owner = register.attrs.get("path", "actors.csv"), [], {}
    lines = register["line"] if "line" in register else range(2, len(register) + 2)
    for line, row in zip(lines, register.to_dict("records"), strict=True):
        if row["type"] not in ACTOR_TYPES:
            faults.append(f"line {line}: type {row['type']!r} of {row['name']} is not one of {', '.join(ACTOR_TYPES)}")
        for alias in aliases_of(row):
            name, first = owner.setdefault(words_of(alias), (row["name"], line))
            if name != row["name"]:
                faults.append(
                    f"line {line}: alias {alias!r} belongs to two names, {row['name']} and {name} (line {first}): "
                    "leave it with one of them, or with neither"
                )
        for cell in filter(None, row["offices"].split("|")):
            try:
                read_office(cell)
            except ValueError as error:
                faults.append(f"line {line}: office {cell!r} of {row['name']}: {error}")
    if faults:
        raise TableError("\n".join(f"{path}, {fault}" for fault in faults))


def aliases_of(row: dict) -> list[str]:
    """The names of a row of the register: the canonical one, then its aliases."""
    return [alias for alias in (row["name"], *row["aliases"].split("|")) if words_of(alias)]


def read_office(cell: str) -> tuple[str, str, Timestamp, Timestamp]:
    """`title@place:from..to` -> title, place, first day, last day (NaT where open). ValueError says what is wrong."""
    if not (match := _OFFICE.fullmatch(cell.strip())):
        raise ValueError("write it as title@place:2023-01-19..2024-02-01, an open end left empty")
    since, until = (Timestamp(match[side]) if match[side] else pd.NaT for side in ("since", "until"))
    if until < since:
        raise ValueError("it ends before it begins: exchange the two days")
    return match["title"].strip(), match["place"].strip(), since, until


# ---- reading a speaker cell


class Item(NamedTuple):
    """Words that do one thing together: a Word of the tables, a person or actor (any other) of the register, a name or
    other word that is in neither."""

    kind: str
    toks: list[Token]
    means: frozenset[str] = frozenset()
    group: str = ""
    name: str = ""  # canonical

    @property
    def after(self) -> str:
        return self.toks[0].after

    @property
    def single(self) -> bool:
        return len(self.toks) == 1

    def follows(self, other: "Item") -> bool:
        """Does it stand beside the item before, with nothing but a blank or hyphen between?"""
        first, last = self.toks[0], other.toks[-1]
        return not (first.after or last.owner) and first.aside == last.aside and first.quoted == last.quoted


class Title(NamedTuple):
    """What a title means: a bare one asks for its holder, one of the register tells him."""

    roles: frozenset[str] = frozenset()  # minister, deputy, ministry, ...; words that the tables do not have
    fields: frozenset[str] = frozenset()  # foreign, defence, ...
    hosts: frozenset[str] = frozenset()  # where an ambassador is sent
    places: frozenset[str] = frozenset()


class Told(NamedTuple):
    """What the items of a cell tell, whoever is meant."""

    title: Title
    group: str
    actors: set[str]
    people: set[str]
    rest: set[str]  # words that nobody knows
    names: bool  # is one of the rest written like a name?
    only: bool  # nothing but places and what a country has one of: a government, a ministry of defence, ...


class Found(NamedTuple):
    """One speaker. With a title the day decides: its holder, if `surname` is empty or his; else `body` spoke."""

    name: str
    sort: str  # alias, person, actor, group, people (a group of no place), place; not known: those of UNKNOWN
    rule: str = "not in the register: as printed"
    title: Title | None = None
    surname: str = ""
    body: str = ""

    @property
    def known(self) -> bool:
        return self.sort not in UNKNOWN


class Cell(NamedTuple):
    """A speaker cell and the words to read it with."""

    toks: list[Token]
    text: str
    lex: Lexicon
    title_last: bool  # a language that puts titles behind names

    def printed(self, toks: list[Token]) -> str:
        """The words as printed, with the last dot of U.S. and Jr., and the apostrophe of Nad'."""
        stop, rest = toks[-1].stop, self.text[toks[-1].stop :]
        dotted = rest[:1] == "." and ("." in self.text[toks[-1].start : stop] or toks[-1].key in ("jr", "sr"))
        return self.text[toks[0].start : stop + (dotted or rest in (*APOSTROPHES,))]


UNKNOWN = {"unknown", "unplaced", "title", "phrase", "long"}
LONGEST_CELL = 500  # characters; what is longer is a paragraph, not a name
TITLE_LAST = {"hu", "ja", "ko", "zh"}
SENT = {"ambassador", "envoy"}
SPEAKS_FOR = {"spokesman", "press-secretary"}
HOUSES = {"parliament", "lower-house", "upper-house"}
# Titles of somebody's people: the name before them, or behind their preposition, is that of the chief.
SOMEBODYS = {*SPEAKS_FOR, "adviser", "assistant", "deputy", "chief-of-staff", "office", "government", "counterpart"}
# A person of the register with offices, none of them such a one, is not meant by that title and a surname.
TELLING = {"president", "prime-minister", "chancellor", "ambassador", "senator", "governor", "mayor", "monarch"}
# Of a body: the Fed chief is its chair.
LEADS = {"head", "leader", "president", "chair", "director", "ceo", "governor", "speaker", "secretary-general"}
# Kinds of items
LEADING = {"article", "indefinite", "of", "in", "lead", "filler", "and"}
SMALL = {*LEADING, "adjective", "outlet", "title"}
TITULAR = {"role", "phrase", "title", "adjective", "outlet", "group", "body", "part", "field"}


class Reader:
    """A register made ready: `read(text, language)` gives the speakers of a cell, `holder` decides bare titles."""

    def __init__(self, register: DataFrame):
        check_actors(register)
        rows = register.to_dict("records")
        self.type = {row["name"]: row["type"] for row in rows}
        self.affiliation = {row["name"]: row["affiliation"] for row in rows}
        self.exact = {words_of(alias): row["name"] for row in rows for alias in aliases_of(row)}
        self.within: dict[str, list[tuple[str, ...]]] = defaultdict(list)  # aliases to look for inside a cell
        self.bodies: dict[Title, tuple[str, bool]] = {}  # what is meant -> name, and whether the name itself says it
        self.groups: dict[tuple, tuple[str, bool]] = {}
        self.group_of: dict[str, str] = {}  # group -> officials, lawmakers, ...
        self.meaning: dict[str, Title] = {}  # body -> what its name says
        self.offices: dict[str, list[tuple[str, Title, Timestamp, Timestamp]]] = defaultdict(list)
        self.read = cache(self._read)
        people: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        pairs = [(alias, row["name"]) for row in rows for alias in aliases_of(row)]
        lexicons = {alias: self.lexicon(alias, inflected=False) for alias, _ in pairs}
        for alias, name in pairs:
            items = self.items(tokens(alias), lexicons[alias])
            told = self.told(items)
            if self.type[name] == BODY and not told.only and not told.rest and told.title.places and told.title.roles:
                self.meaning.setdefault(name, told.title)  # European Commission: words that are no body by themselves
            if any(i.kind in ("name", "other", "part") for i in items) and self.type[name] != GROUP:
                self.within[words_of(alias)[0]].append(words_of(alias))
            if self.type[name] == PERSON and not any(i.kind in TITULAR for i in items):
                people[name].add(tuple(alias[t.start : t.stop] for t in tokens(alias)))
        self.spelt = spelt_names(people)
        for alias, name in sorted(pairs, key=lambda pair: pair[0] != pair[1]):  # canonical names first
            self._index(alias, name, lexicons[alias])
        for row in rows:
            for cell in filter(None, row["offices"].split("|")):
                title, place, since, until = read_office(cell)
                told = self.told(self.items(tokens(title), lexicon("en")))
                hosts = told.title.places | told.title.hosts if told.title.roles & SENT else frozenset()
                meant = Title(told.title.roles | told.rest | told.actors, told.title.fields, hosts, frozenset([place]))
                self.offices[row["name"]].append((title, meant, since, until))
        for key, name in self.exact.items():
            if self.type[name] == GROUP and len(key) > 1:
                self.within[key[0]].append(key)

    def _index(self, alias: str, name: str, lex: Lexicon) -> None:
        """Note what an alias of a body or group means, so that other words of the same meaning find it."""
        told = self.told(self.items(tokens(alias), lex))
        table, key = self.bodies, told.title
        if self.type[name] == GROUP:
            table, key = self.groups, (told.group, told.title.places | told.actors, told.title.roles & HOUSES)
            self.group_of.setdefault(name, told.group)
            if not told.group or told.names or not (key[1] or alias == name):  # "officials" alone is a mere alias
                return
        elif self.type[name] != BODY or not key.places or told.rest or told.group or told.actors or told.people:
            return
        elif key.roles:
            self.meaning.setdefault(name, key)
        elif not key.fields and alias != name and "government" not in self.meaning.get(name, key).roles:
            return  # a place stands for its government only
        first, named = table.setdefault(key, (name, alias == name))
        if first != name and named == (alias == name):
            table[key] = ("", named)  # two of the register: neither

    def lexicon(self, text: str, language: str = "", inflected: bool = True) -> Lexicon:
        """The words to read a cell with: the page's language, or where none fits that which knows most words."""
        fits, keys = languages_of(script_of(text)), list(words_of(text))

        def score(lang: str) -> int:
            entries = (lexicon(lang).find(keys, at, inflected)[1] for at in range(len(keys)))
            return sum(word is not None and word.kind not in LEADING for word in entries)

        if language in fits and score(language):
            return lexicon(language)
        best = max(("en", *fits), key=score)
        return lexicon(best if language not in fits or score(best) > 1 else language)

    def items(self, toks: list[Token], lex: Lexicon) -> list[Item]:
        """Cut words into items: the longest alias or entry of the tables; what is left is a name or other word."""
        keys, found, at, compound = [t.key for t in toks], [], 0, True
        while at < len(toks):
            ahead = range(at + 1, len(toks))
            end = next((j for j in ahead if toks[j].after or toks[j].aside != toks[at].aside), len(toks))
            chain = next((j for j in ahead if not toks[j].joined), len(toks))
            if not toks[at].joined:  # Kreml-Sprecher falls apart by its end, Strack-Zimmermann does not
                compound = chain == at + 1 or bool(lex.find(keys[:end], chain - 1)[1])
            size, word = lex.find(keys[:end], at, inflected=not (toks[at].cap and at))
            alias = max(
                (k for k in self.within.get(keys[at], ()) if k == tuple(keys[at:end][: len(k)])), key=len, default=()
            )
            if alias and len(alias) >= size and (compound or at + len(alias) >= chain):
                name, size = self.exact[alias], len(alias)
                kind = "person" if self.type[name] == PERSON else "actor"
                item = Item(kind, toks[at : at + size], group=self.group_of.get(name, ""), name=name)
            elif word and (compound or at + size >= chain):
                item = Item(word.kind, toks[at : at + size], word.means, word.group)
            else:
                size = 1 if compound else chain - at
                item = Item("name" if any(t.cap for t in toks[at : at + size]) else "other", toks[at : at + size])
            found.append(item)
            at += size
        return behind_bodies(whole_names(found), lex)

    def told(self, items: list[Item]) -> Told:
        """What titles, places, groups and names say together, whoever bears them."""
        means: dict[str, set[str]] = defaultdict(set)
        sent = any(i.means & SENT for i in items)
        for at, item in enumerate(items):
            title = self.meaning.get(item.name, Title())
            codes = {m for m in item.means if m.isupper()}
            led = [i.kind for i in items[max(at - 2, 0) : at] if i.kind != "article"]
            abroad = sent and item.kind == "place" and led[-1:] == ["in"] and not item.after
            means["hosts" if abroad else "places"] |= codes | title.places
            means["roles"] |= (item.means - codes - concepts("field")) | title.roles
            means["fields"] |= (item.means & concepts("field")) | title.fields
            if item.kind in ("name", "other"):
                means["rest"] |= {t.key for t in item.toks}
            elif item.kind in ("person", "actor") and not title.roles:
                means[item.kind].add(item.name)
        roles, fields = means["roles"] - {"acting"}, means["fields"]
        for several, one in SAME_ROLES:
            roles = roles - several | one if several <= roles else roles
        if "armed-forces" in roles and ("minister" in roles or "intelligence" in fields):
            roles, fields = roles - {"armed-forces"}, fields | {"defence"}
        if {"adviser", "president"} <= roles and "security" in fields:
            roles = roles - {"president"}
        if roles == {"secretary"} and fields:
            roles = {"minister"}
        if roles == {"head"} and not fields | means["actor"] | means["rest"]:
            roles = {"leader"}
        if not roles and any(i.kind == "title" for i in items):
            roles = {"somebody"}
        title = Title(frozenset(roles), frozenset(fields), frozenset(means["hosts"]), frozenset(means["places"]))
        kinds = {i.kind for i in items}
        group = next((i.group for i in items if i.group), "")
        only = not kinds & {"name", "other", "part"}
        return Told(title, group, means["actor"], means["person"], means["rest"], "name" in kinds, only)

    def _read(self, text: str, language: str) -> list[Found]:
        if len(text) > LONGEST_CELL:
            return [Found(text, "long", f"more than {LONGEST_CELL} characters: not read as a name")]
        toks, lex = tokens(text), self.lexicon(text, language)
        known = ChainMap(lex.words, self.exact)
        toks = [piece for token in toks for piece in cut(token, known, self.within)]
        cell = Cell(toks, text, lex, language in TITLE_LAST)
        found = [f for part in self.parts(cell) for f in self.one(part, cell)] if toks else []
        if any(f.sort == "group" for f in found):  # "two officials and a source": the source is nobody else
            found = [f for f in found if f.sort != "people"]
        return list({f.name: f for f in found}.values())

    def parts(self, cell: Cell) -> list[list[Token]]:
        """The speakers of a joint statement: cut at "and" where both sides are speakers, then at a list's commas."""
        toks = cell.toks
        if any(tuple(t.key for t in told) in self.exact for told in (toks, self.trimmed(toks, cell))):
            return [toks]
        joints = {i.toks[0]: len(i.toks) for i in self.items(toks, cell.lex) if i.kind == "and" and not i.toks[0].aside}
        pieces, begin = [], 0
        for at, token in enumerate(toks):
            size = joints.get(token, 0 if token.after == ";" and not token.aside else -1)
            if size >= 0 and begin < at and at + size < len(toks):
                pieces.append((begin, at))
                begin = at + size
        parts = []
        for piece in (*pieces, (begin, len(toks))):
            if parts and not self.apart(toks[slice(*parts[-1])], toks[slice(*piece)], cell):
                piece = (parts.pop()[0], piece[1])
            parts.append(piece)
        return [one for part in parts for one in self.listed(toks[slice(*part)], cell, len(parts) > 1)]

    def apart(self, left: list[Token], right: list[Token], cell: Cell) -> bool:
        """Are the two sides of an "and" two speakers, not two halves of one title, name or group?"""
        one, two = self.one(left, cell)[-1], self.one(right, cell)[0]
        before, after = self.items(left, cell.lex), self.items(right, cell.lex)
        if "phrase" in (one.sort, two.sort) or (two.sort == "title" and not two.title.places):
            return False
        if one.sort == "title":  # "Vice Chancellor and Economy Minister X" is one person, two countries have two
            return bool(one.title.places and self.told(after).title.places)
        if two.sort in ("group", "people") and not any(i.group for i in before):  # "White House and Pentagon officials"
            return any(i.group == "governments" for i in after)
        if all(i.kind in (*SMALL, "place") and not i.group for i in before):  # "German and French officials"
            return two.sort in ("place", "unplaced", "alias", "actor")
        listed = any(t.after for t in left[1:])  # Merz, Macron and Starmer
        if one.sort == two.sort == "unknown" and " " not in one.name + two.name and not listed:  # Marks and Spencer
            return False
        last = max(at for at, item in enumerate(before) if item.kind not in SMALL or item.group)
        ends = before[last].kind in ("person", "name", "actor", "place", "other") and not self.governed(
            before, last, cell
        )
        return ends or one.sort in ("alias", "group")

    def listed(self, toks: list[Token], cell: Cell, joint: bool) -> list[list[Token]]:
        """Cut at commas what is a list of speakers: every stretch names one, none is only the title of another."""
        commas = [0, *(at for at, t in enumerate(toks) if at and t.after and not t.aside), len(toks)]
        stretches = [toks[a:b] for a, b in pairwise(commas)]
        found = [f for stretch in stretches for f in self.one(stretch, cell)]
        sorts = {"alias", "place", "unplaced", *(("person", "actor", "unknown") if joint else ())}
        surnames = joint and all(len(stretch) == 1 and stretch[0].cap for stretch in stretches)
        whole = all(surnames or f.sort != "unknown" or " " in f.name for f in found)
        clear = whole and all(f.sort in sorts and not f.title for f in found)
        return stretches if clear and len(found) == len(stretches) > 1 else [toks]

    def trimmed(self, toks: list[Token], cell: Cell) -> list[Token]:
        """Without the small words in front: articles, prepositions, numbers, "according to"."""
        items = self.items(toks, cell.lex)
        small = next((at for at, item in enumerate(items) if item.kind not in LEADING), 0)
        return toks[sum(len(item.toks) for item in items[:small]) :]

    def one(self, toks: list[Token], cell: Cell) -> list[Found]:
        """The speaker that a cell or a part of it names (several, where one group word stands for two countries)."""
        main, asides = [t for t in toks if not t.aside] or toks, [t for t in toks if t.aside]
        for told in (toks, self.trimmed(toks, cell), main, self.trimmed(main, cell)):
            if name := self.exact.get(tuple(t.key for t in told)):
                sort = "alias" if self.type[name] != GROUP else "group" if self.affiliation[name] else "people"
                return [Found(name, sort, f"{cell.printed(told)!r} is an alias of {name}")]
        bodies = {self.exact.get(way, "") for way in plain(told, cell.lex)} if 0 < len(told) < 4 else set()  # в Кремле
        if len(bodies := {name for name in bodies if self.type.get(name) == BODY}) == 1:
            return [Found(min(bodies), "alias", f"{cell.printed(told)!r} is an alias of {min(bodies)}")]
        items, bracketed = self.items(main, cell.lex), self.items(asides, cell.lex)
        told = self.told(items)
        comma = next((at for at, t in enumerate(main) if at and t.after), len(main))
        whole = cell.printed(self.trimmed(main[:comma], cell) or main)
        if found := self.person(items, cell):
            part = found.sort == "unknown" and found.name != whole and not is_given_name(*words_of(found.name)[:1])
            kinds = {i.kind for i in items}
            if part and kinds & {"of", "and"} and not kinds & {"role", "phrase", "title", "group", "person"}:
                return [Found(whole, "unknown", f"{whole!r} is not in the register")]  # Center for Strategic Studies
            return [found]
        name = self.exact.get(tuple(t.key for t in self.trimmed(asides, cell)), "")
        if self.type.get(name) == PERSON:
            return [Found(name, "person", "the name in brackets")]
        pronoun = all(i.kind in SMALL for i in items)  # he (Babis)
        if [i.kind for i in bracketed] == ["name"] and (pronoun or (told.title.roles and not bracketed[0].single)):
            return [self.registered(asides, cell)]
        for stretch in (main[:comma], main):
            if found := self.impersonal(stretch, cell):
                return found
        if name and not told.names:
            return [Found(name, "alias", "the name in brackets")]
        return [Found(whole, "phrase")]

    def person(self, items: list[Item], cell: Cell) -> Found | None:
        """The person (or unregistered name) that speaks, not one of whom the title tells ("Putin's spokesman X")."""
        best, chosen = (0, 0, 0), -1
        for at, item in enumerate(items):
            if item.kind not in ("person", "name") or self.governed(items, at, cell):
                continue
            low, before, behind = self.around(items, at, cell)
            edge = not behind or all(i.kind in SMALL for i in before) or [i.kind for i in behind] == ["other"]
            titled = any(i.kind in (*TITULAR, "place", "actor") for i in before)
            full = item.kind == "person" or not item.single
            alone = not behind and not low and all(i.kind in SMALL for i in before)
            rank = 4 if full and edge else 3 if full else 2 if titled and edge else 1 if alone else 0
            rank = min(rank, 1) if item.toks[0].quoted else rank
            if rank and (rank, -low, at) > best:
                best, chosen = (rank, -low, at), at
        if chosen < 0:
            return None
        item = items[chosen]
        _, before, behind = self.around(items, chosen, cell)
        if item.kind == "person" and not (item.single and self.contradicted(before, item.name)):
            return Found(item.name, "person", f"{cell.printed(item.toks)!r} is an alias of {item.name}")
        name, content = item.toks, [i for i in before if i.kind not in LEADING]
        if item.single and [i.kind for i in behind] == ["other"]:
            name = [*name, *behind[0].toks]  # "Sergey lavrov"
        elif content and not cell.title_last and name[0].key not in keys_in("given_names", "name"):
            if all(i.kind in ("place", "field") and i.toks[0].cap and not i.toks[-1].owner for i in content):
                name = [*(t for i in content for t in i.toks), *name]  # "German Marshall Fund"
        found, title = self.registered(name, cell), self.told(before).title
        if found.known or len(name) > 1 or not title.roles:
            return found
        others = {self.exact.get(way, "") for way in plain(name, cell.lex)} if found.name[-1] not in "aаяіы" else set()
        others = {n for n in others if self.type.get(n) == PERSON and not self.contradicted(before, n)}
        if len(others) == 1:
            return Found(min(others), "person", f"{found.name!r} is an inflected alias")
        return found._replace(title=title, surname=name[0].key)

    def around(self, items: list[Item], at: int, cell: Cell) -> tuple[int, list[Item], list[Item]]:
        """Where the stretch between commas begins that holds an item, and the items before and behind it there."""
        low = next((j for j in range(at, 0, -1) if items[j].after), 0)
        high = next((j for j in range(at + 1, len(items)) if items[j].after), len(items))
        before, behind = items[low:at], items[at + 1 : high]
        return (low, before + behind, []) if cell.title_last else (low, before, behind)

    def governed(self, items: list[Item], at: int, cell: Cell) -> bool:
        """Is the name there only to say whose spokesman, adviser or office is meant?"""
        item = items[at]
        _, before, behind = self.around(items, at, cell)
        if item.toks[-1].owner or cell.title_last:
            return item.toks[-1].owner
        if behind and (behind[0].means & SOMEBODYS or behind[0].group):  # Zelensky adviser, Biden officials
            return True
        if before and before[-1].kind in ("body", "part") and before[-1].means & {"government", "office"}:
            return item.single or not any(i.kind == "role" for i in before)  # gouvernement Macron
        back, roles, article = list(before), set(), False
        while back and back[-1].kind in ("article", "filler", "title", "adjective"):
            article |= back.pop().kind == "article"
        if len(back) > 1 and back[-1].kind in ("of", "in"):
            return True
        if article and back and back[-1].kind in ("role", "phrase", "part", "body", "field"):
            return True  # die Sprecherin des Weißen Hauses
        while back and back[-1].kind in ("article", "filler", "title", "adjective", "role", "phrase", "place"):
            roles |= {m for m in back.pop().means if m.islower()}
        if roles & concepts("body", "part") and not item.single:
            return False  # conseiller de la présidence ukrainienne X
        if item.kind == "person" and roles and len(back) > 1 and back[-1].kind in ("of", "in"):
            held = {role for _, title, *_ in self.offices[item.name] for role in title.roles}
            return not held or bool(roles & (held | {"leader"}))  # spokesman for President Biden
        titles = [i for i in before if i.kind in ("role", "phrase", "group")]
        own = item.toks[-1].key[-1] != "s"  # Baltic nominatives and German genitives tell nothing
        if item.kind == "person" and titles and own and not inflected(titles[0].toks, cell.lex):  # советник Зеленского
            return any(self.exact.get((plain,)) == item.name for plain in cell.lex.uninflected(item.toks[-1].key))
        return False

    def contradicted(self, before: list[Item], name: str) -> bool:
        """Does the title before a surname tell of an office that this person of the register never held?"""
        roles = {m for i in before for m in i.means}
        held = {role for _, title, *_ in self.offices[name] for role in title.roles}
        return bool(held and roles & TELLING) and not roles & (SOMEBODYS | (TELLING & held))

    def registered(self, name: list[Token], cell: Cell) -> Found:
        """A name that is no alias: in another spelling, or inflected, one of the register, else nobody's."""
        printed = cell.printed(name)
        name = name[:-1] if name[-1].key in ("ii", "iii", "iv") else name
        inner = [t for t in name if len(t.key) > 1 or t in (name[0], name[-1])]  # without middle initials
        for form in (name, inner, [*name[1:], name[0]]) if 1 < len(name) <= LONGEST_NAME else ():
            raw = tuple(cell.text[t.start : t.stop] for t in form)
            names = {self.spelt.get(key, "") for key in (*full_spellings(raw), *loose_spellings(raw[0], raw[1:]))}
            for way in plain(form, cell.lex):
                names |= {self.exact.get(way, ""), *(self.spelt.get(key, "") for key in full_spellings(way))}
            names = {n for n in names if self.type.get(n) == PERSON}
            if len(names) == 1:
                return Found(names.pop(), "person", f"{printed!r} is another spelling of the name")
        return Found(printed, "unknown", f"{printed!r} is not in the register")

    def impersonal(self, toks: list[Token], cell: Cell) -> list[Found]:
        """A group, body, place or bare title; nothing where the words say neither."""
        items = self.items(toks, cell.lex)
        told, printed = self.told(items), cell.printed(self.trimmed(toks, cell))
        title, clear = told.title, not (told.rest or told.people)
        outlet = [n for n in told.actors if self.type[n] == OUTLET] if told.group in ("", "media") else []
        if len(told.actors) == len(outlet) == 1 and clear and not title.places and title.roles <= {"agency"}:
            return [Found(outlet[0], "actor", f"{printed!r} means {outlet[0]}")]
        if told.group or any(self.type[name] == GROUP for name in told.actors):
            return self.group(told, printed)
        if "government" in title.roles and told.people:  # "the Biden administration"
            title = Title(roles=frozenset(["government"]), places=frozenset(self.affiliation[p] for p in told.people))
            clear = not told.rest
        body = title._replace(roles=title.roles - SPEAKS_FOR)
        name = self.bodies.get(body, ("", False))[0] if clear and told.only and not told.actors else ""
        if clear and len(told.actors) == 1 and not body.roles | body.fields:
            name = min(told.actors)
        *before, last = items
        if last.kind == "actor" and len(told.actors) == 1 and title == Title(places=title.places) and not clear:
            if {i.kind for i in before} <= {"other", "place", *SMALL} and before[-1].kind not in ("of", "in", "and"):
                return [Found(last.name, "actor", f"{printed!r} tells what {last.name} is")]
        if name and body == title:
            sort = "actor" if title.roles or title.fields or told.actors else "place"
            return [Found(name, sort, f"{printed!r} means {name}")]
        if clear and len(title.places) == 1 and not told.actors and title == Title(places=title.places):
            return [Found(printed, "unplaced")]
        chiefs = {m.places for p in told.people for _, m, *_ in self.offices[p] if m.roles == {"president"}}
        if len(chiefs) == 1 and title.roles <= SPEAKS_FOR and not told.rest:  # Putin's spokesman
            title = Title(frozenset({"press-secretary", "president"}), places=min(chiefs))
        elif not title.roles - concepts("body", "part") or told.people:
            return []
        if next((i.kind for i in items if i.kind not in ("lead", "filler")), "") == "indefinite":
            words_in = f" {' '.join(t.key for t in toks)} "
            named = {n for k, n in self.exact.items() if self.type[n] == BODY and f" {' '.join(k)} " in words_in}
            if not name and len(named) == 1 and title.roles <= {*SPEAKS_FOR, "president"}:  # a Kremlin spokesman
                name = min(named)
            return [Found(name, "actor", f"{printed!r} speaks for {name}")] if name else []
        asked = title._replace(roles=title.roles | told.rest | told.actors)
        return [Found(printed, "title", "a title that nobody is known to hold", asked, body=name)]

    def group(self, told: Told, printed: str) -> list[Found]:
        """The register's groups for a group word and countries ("U.S. and European officials"), in this order: one of
        both, one of each."""
        found = [Found(printed, "phrase", "a group that is not in the register")]
        if "former" in told.title.roles:
            return found
        if aliases := sorted(name for name in told.actors if self.type[name] == GROUP):
            return [Found(n, "group" if self.affiliation[n] else "people", f"alias of {n}") for n in aliases[:1]]
        if told.names:
            return found
        kinds = [told.group, "officials"] if told.group in ("sources", "ministers") else [told.group]
        actors = {n for n in told.actors if self.type[n] != OUTLET or told.group != "sources"}  # sources of Reuters
        houses = (told.title.roles & HOUSES, frozenset())
        homes = {self.affiliation[p] for p in told.people} | told.title.places | told.title.hosts | actors
        for entities in ([homes], [{home} for home in sorted(homes)]):
            ways = [[(kind, frozenset(e), h) for h in houses for kind in kinds] for e in entities]
            names = [next(filter(None, (self.groups.get(k, ("",))[0] for k in keys)), "") for keys in ways]
            if names and all(names) and (homes or not (told.title.roles or told.title.fields)):
                return [Found(n, "group" if homes else "people", f"unnamed {told.group}: {n}") for n in names]
        return found

    def holder(self, found: Found, start: Timestamp, end: Timestamp, subject: str = "") -> tuple[str, str, str]:
        """Who held a bare title on the day: name ("" when undecided), the title in the register, why.

        A holder who is also the subject of the sentence is meant, whoever else held such an office.
        """
        asked, (first, last) = found.title, closed(start, end)
        held = [
            (name, title, *meant.places, since, until, (meant.fields == asked.fields, meant.roles == asked.roles))
            for name, titles in self.offices.items()
            for title, meant, since, until in titles
            if means_same(asked, meant) or (name == subject and asked.roles == meant.roles and not asked.fields)
        ]
        for _, title, place, since, until, _ in (h for h in held if h[0] == subject and not found.surname):
            if place in (asked.places or {place}) and not (since > last or until < first):
                return subject, title, f"{title} ({place}), and the subject of the sentence"
        places = asked.places or {h[2] for h in held}
        if len(places) != 1:
            return "", "", f"{found.name!r}: whose? Name the country or the person" if held else ""
        held = [h for h in held if h[2] in places and not (h[3] > last or h[4] < first)]
        best = max((h[5] for h in held), default=())  # the minister for climate before the one for energy and climate
        held = [h for h in held if h[5] == best]
        names = sorted({h[0] for h in held})
        if found.surname and (
            len(names) != 1 or found.surname not in {k[-1] for k, n in self.exact.items() if n in names}
        ):
            names = []  # with a surname the only holder, if it is his
        when = "" if pd.isna(first) else f" on {first:%Y-%m-%d}"
        when = when if first == last or not when else f" between {first:%Y-%m-%d} and {last:%Y-%m-%d}"
        if len(names) == 1:
            return names[0], held[0][1], f"{held[0][1]} ({min(places)}){when}"
        who = f"{len(names)} actors of the register held it{when}, {' and '.join(names)}: name the person"
        nobody = f"no actor of the register is known to have held it{when}: add the holder, or name the person"
        return "", "", f"{found.name!r}: {who if names else nobody}"

    def office_on(self, name: str, start: Timestamp, end: Timestamp) -> str:
        """The first office in the register that an actor held on the day, "" for none or no day."""
        first, last = closed(start, end)
        held = (t for t, _, since, until in self.offices.get(name, ()) if not (since > last or until < first))
        return "" if pd.isna(first) else next(held, "")


def closed(start: Timestamp, end: Timestamp) -> tuple[Timestamp, Timestamp]:
    """An interval open on one side: its one known day. (Of one open on both sides nothing compares.)"""
    return (end if pd.isna(start) else start), (start if pd.isna(end) else end)


def means_same(asked: Title, held: Title) -> bool:
    """Does a printed title ask for an office? One field of several is enough; leaders: `leaders.csv`.

    Of one body any leading role will do: the Fed chief is its chair, the CDU leader its chairman.
    """
    if asked.roles == {"leader"}:
        leads = leaders().get(min(asked.places | held.places), {"president", "prime-minister", "chancellor"})
        return len(held.roles) == 1 and held.roles <= leads
    body = bodies_in(asked.roles)
    lead = bool(body) and body == bodies_in(held.roles) and asked.roles - body <= LEADS and held.roles - body <= LEADS
    if not (lead or asked.roles == held.roles) or asked.hosts != held.hosts:
        return False
    return asked.fields == held.fields or (bool(asked.fields) and asked.fields < held.fields)


def bodies_in(roles: frozenset[str]) -> frozenset[str]:
    """The bodies among the roles: those of the register by name, those of the tables by concept."""
    return frozenset(role for role in roles if not role.islower() or role in concepts("body", "part"))


@cache
def leaders() -> dict[str, set[str]]:
    return {row["place"]: {row["role"]} for row in words("leaders").to_dict("records")}


# ---- whole names


def whole_names(items: list[Item]) -> list[Item]:
    """Join what belongs to one name; an alias beside an unknown name is part of that name."""
    found: list[Item] = []
    for item in items:
        last = found[-1] if found else item
        size = 0  # how many items before belong to the name
        if found and item.follows(last):
            pair = (last.kind, item.kind)
            if "name" in pair and {*pair} <= {"name", "person", "actor"}:
                whole = pair == ("name", "person") and not item.single and not is_given_name(last.toks[0].key)
                size = not whole  # Gedung Putih John Kirby
            elif pair == ("person", "person") and last.single and item.single:  # Cameron Merz
                size = 1
            elif last.kind in ("person", "name") and item.kind in ("outlet", "part") and item.toks[0].cap:
                size = 1  # Trump Organization, Robert Koch Institute
            elif last.kind == "place" and item.kind == "adjective" and item.toks[0].cap and item is items[-1]:
                size = 1  # Kyiv Independent
            elif is_given(found, item) or is_rest(found, item, items[-1]):
                size = 1
            elif item.kind == "name" and len(found) > 1 and found[-2].kind == "name" and last.follows(found[-2]):
                inside = last.kind in ("adjective", "title", "part", "body", "field") and all(t.cap for t in last.toks)
                size = 2 * (inside and not is_given_name(item.toks[0].key))  # Christian Democratic Union
            if not size and item.kind in ("name", "person", "actor"):
                size = particles_before(found)  # Ursula von der Leyen
        if size:
            item = Item("name", [t for i in (*found[-size:], item) for t in i.toks])
            del found[-size:]
        found.append(item)
    return found


def behind_bodies(items: list[Item], lex: Lexicon) -> list[Item]:
    """Part an unknown body from the person behind it where a title asks for one (leader della Lega Matteo Salvini)."""
    found: list[Item] = []
    for item in items:
        keys, led = [t.key for t in item.toks], [i.kind for i in found if i.kind != "article"]
        if item.kind == "name" and {"role", "phrase"} & {*led} and (led[-1] in ("of", "and") or lex.inflects):
            at = next(
                (
                    n
                    for n, key in enumerate(keys[:-1])
                    if is_given_name(key, *lex.uninflected(key, 3)) and not item.toks[n].joined
                ),
                0,
            )
            at = 0 if keys[at] in keys_in("particles", "words", "") else at
            found += [Item("name", item.toks[:at])] * bool(at)
            item = Item("name", item.toks[at:])
        found.append(item)
    return found


def is_given(found: list[Item], item: Item) -> bool:
    """Is a place or title before a lone surname a given name here (Sofia, Israel, Dean)?"""
    last = found[-1]
    if item.kind not in ("name", "person") or not (last.single and item.single and last.toks[0].cap):
        return False
    if last.kind == "place" and item.kind == "name" and len(found) > 1 and found[-2].kind in ("role", "phrase"):
        return any(
            last.means & i.means for i in found[:-1] if i.kind == "place"
        )  # Israeli Defense Minister Israel Katz
    led = len(found) > 1 and found[-2].kind in ("of", "in", "article") and not last.after
    return last.kind in ("place", "title", "role") and last.toks[0].key in keys_in("given_names", "name") and not led


def is_rest(found: list[Item], item: Item, end: Item) -> bool:
    """Is a word of the tables the surname behind a title and a lone given name (Senator Angus King)?"""
    last, titled = found[-1], len(found) > 1 and found[-2].kind in ("role", "phrase", "title", "group")
    word = item.kind in ("role", "title", "place", "adjective", "body", "part") and item.toks[0].cap
    return titled and word and last.kind == "name" and last.single and item.single and item is end and not last.after


def particles_before(found: list[Item]) -> int:
    """How many items at the end are a name with its particles."""
    small, count = keys_in("particles", "words", ""), 0
    while count < len(found) and all(t.key in small and not t.cap for t in found[-1 - count].toks):
        count += 1
    return count + 1 if 0 < count < len(found) and found[-1 - count].kind == "name" else 0


# ---- the column


reader_of = once_per_content(Reader)
NOBODY = DataFrame(columns=["name", "type", "affiliation", "aliases", "offices"], dtype="str")


def resolve_speakers(
    raw: DataFrame, register: DataFrame | None, days: DataFrame, subjects: pd.Series | None = None
) -> DataFrame:
    """Canonical actors of the printed speakers, on their days.

    raw: `speaker`, `language`. register: as `read_actors` gives it, or None: then the speakers stay as printed, tidied.
    days: `start`, `end` (datetime64, NaT where open), same index. subjects: with whom the sentence of a row begins:
    it tells whom a bare title means.
    Columns of the result, same index: `actor` (list, in the order printed), `known` (is every actor in the register),
    `affiliation` and `office` (lists, one entry an actor; the office held on the day, "" for none), `rule` (how it was
    found), `problem` (what the collector can do, or "").
    Raises TableError for a register with faults (`check_actors`).
    """
    reader = reader_of(NOBODY if register is None else register)
    subject = "" if subjects is None else subjects.reindex(raw.index).fillna("")
    asked = raw[["speaker", "language"]].assign(start=days["start"], end=days["end"], subject=subject)
    number = asked.groupby(list(asked), dropna=False, sort=False).ngroup()
    answers = [answer(reader, *row) for row in asked[~number.duplicated()].itertuples(index=False)]
    columns = ["actor", "known", "affiliation", "office", "rule", "problem"]
    return DataFrame([answers[n] for n in number], index=raw.index, columns=columns)


def answer(reader: Reader, speaker: str, language: str, start: Timestamp, end: Timestamp, subject: str) -> tuple:
    """One row of `resolve_speakers`."""
    rows: dict[str, tuple[bool, str, str, str]] = {}
    for found in reader.read(speaker, language):
        name, known, rule, problem = found.name, found.known, found.rule, ""
        holder, office, why = reader.holder(found, start, end, subject) if found.title else ("", "", "")
        if holder:
            name, known, rule = holder, True, why
        elif found.body:
            name, known, rule = found.body, True, f"{found.name!r} speaks for {found.body}"
        elif found.sort in ("title", "long"):
            problem = why or rule
        rows.setdefault(name, (known, office or reader.office_on(name, start, end), rule, problem))
    known, offices, rules, problems = zip(*rows.values(), strict=True) if rows else ([], [], [], [])
    homes = [reader.affiliation.get(name, "") for name in rows]
    problem = "; ".join(filter(None, problems))
    return list(rows), bool(rows) and all(known), homes, list(offices), "; ".join(rules), problem
