"""Statements -> the systems and actors that they mention, each hit with its span in the printed text."""

import re
from collections.abc import Callable
from functools import cache, partial
from itertools import chain

import numpy as np
import pandas as pd
from babel import Locale
from pandas import DataFrame, Series

from analysis.read import BODY, OUTLET, PERSON, once_per_content, words
from analysis.search import CAPITALS, WORD, aliases_of, find_names, fold_all, no_hits, tokens

GOVERNMENT = "government"  # a body with a country or a capital among its aliases
UNIONS = ("EU", "EZ", "NATO", "UN")  # places to some tables, bodies of their own in a sentence
HYPHENS, SPACED = "-‐‑", "-‐‑ \t\n\u00a0"
BEFORE = re.compile(rf"([^\W\d_]+)(\.?\s|[{HYPHENS}])$")  # the word before a name
GAP = re.compile(r"[ -](?:\w+[ -])+")


def systems_in(statements: Series, systems: DataFrame | None) -> DataFrame:
    """Find the systems of a register (`read_systems`; only `name` is needed) in statements.

    Columns as in `find_names`. A class word that only goes with a system's name ("Taurus cruise missiles", "missili
    Taurus") is no mention of the class. Raises TableError for a `context` that is no rule and for a doubled alias.
    """
    return no_hits() if systems is None else find_names(statements, *system_aliases(systems))


@once_per_content
def system_aliases(systems: DataFrame) -> tuple[DataFrame, Callable]:
    """The aliases of the systems, and which of their hits count."""
    table = systems.reindex(columns=["name", "family", "kind"], fill_value="").set_index("name")
    families = table["family"].str.findall(WORD).map(set).to_dict()
    generic = table.index[table["kind"].eq("class")].tolist()
    others = {name: family for name, family in families.items() if name not in generic}
    kin = {name: {n for n, family in others.items() if not family or family & families[name]} for name in generic}
    aliases = aliases_of(systems)
    parts = frozenset(chain(*aliases.loc[aliases["name"].isin(kin), "alias"].str.findall(r"\w{4,}")))
    return aliases, partial(stands_alone, kin=kin, parts=parts)


def actors_in(statements: Series, actors: DataFrame | None) -> DataFrame:
    """Find the people, bodies and outlets of a register (`read_actors`; only `name` is needed) in statements.

    Columns as in `find_names`. Left out: unnamed groups; a government that only its country or capital stands for;
    a body that is a place, an occasion or somebody's employer ("at the White House", "the NATO summit", "a Pentagon
    official"); a surname within somebody else's name. The row's own actor is among the hits.
    """
    return no_hits() if actors is None else find_names(statements, *actor_aliases(actors))


@once_per_content
def actor_aliases(actors: DataFrame) -> tuple[DataFrame, Callable]:
    """The aliases of the actors, and which of their hits count."""
    aliases = aliases_of(actors).assign(case=CAPITALS)
    kinds = dict(zip(actors["name"], actors["type"] if "type" in actors else [PERSON] * len(actors), strict=True))
    spelled = aliases["alias"].map(fold_all).groupby(aliases["name"]).agg(set).to_dict()
    parts = {name: set(chain(*map(WORD.findall, own))) for name, own in spelled.items()}
    for name, own in spelled.items():
        named_so = WORD.match(fold_all(name))[0] in around()["government"]  # Government of a country no table knows
        if kinds[name] == BODY and (named_so or own & around()["country"]):
            kinds[name] = GOVERNMENT
    return aliases, partial(is_involved, kinds=kinds, parts=parts)


def lists(hits: DataFrame, index: pd.Index) -> Series:
    """The names found in each row, each once, in order of appearance: a list a row, [] where there is none."""
    found = {row: {} for row in index}
    for row, name in zip(hits["row"].tolist(), hits["name"].tolist(), strict=True):
        found[row][name] = True
    return Series(list(map(list, found.values())), index=index, dtype="object")


def stands_alone(text: str, start: list, stop: list, name: list, kin: dict, parts: frozenset[str]) -> np.ndarray:
    """Is each hit a mention of its own: no class word that only goes with the name of a system beside it?

    After a name any class word does ("Taurus cruise missiles", also with other `parts` of class words between them:
    "Taurus long-range cruise missiles"); before one its own kind ("missiles Taurus", but not "cluster-armed ATACMS").
    `kin` has, for each class, the systems of its kind.
    """
    alone = np.ones(len(name), bool)
    for i in np.flatnonzero(np.subtract(start[1:], stop[:-1]) < 25):
        before, after, gap = name[i], name[i + 1], fold_all(text[stop[i] : start[i + 1]])
        if gap in (" ", "-"):
            if after in kin and not (before in kin and alone[i]):
                alone[i + 1] = False
            elif before in kin and after in kin[before]:
                alone[i] = False
        elif before in kin.get(after, ()) and GAP.fullmatch(gap) and parts.issuperset(WORD.findall(gap)):
            alone[i + 1] = False
    return alone


@cache
def around() -> dict[str, frozenset[str]]:
    """Words in a name or beside it that tell what it means, by role: `words/surroundings.csv` and other tables."""
    table, titles, particles, places = map(words, ("surroundings", "titles", "particles", "places"))
    some = table.groupby("role")["word"].agg(set).to_dict()
    rows = {
        "government": titles.loc[titles["kind"].eq("body") & titles["means"].eq("government"), "words"],
        "article": particles.loc[particles["use"].eq("article"), "words"],
        "country": places.loc[~places["place"].isin(UNIONS), "words"],
    }
    some |= {role: set(cells.str.cat(sep="|").split("|")) for role, cells in rows.items()}
    some["country"] |= {
        name for code, name in Locale("en").territories.items() if code.isalpha() and code not in UNIONS
    }
    return {role: frozenset(map(fold_all, group)) for role, group in some.items()}


@cache
def given_names() -> frozenset[str]:
    return frozenset(map(fold_all, words("given_names")["name"]))


def is_involved(text: str, start: list, stop: list, name: list, kinds: dict, parts: dict) -> list[bool]:
    """Is each hit an actor that the sentence shows involved? The rules are those of `actors_in`."""
    involved = []
    for i, (a, b, who) in enumerate(zip(start, stop, name, strict=True)):
        kind, printed = kinds[who], text[a:b]
        if kind not in (PERSON, BODY, GOVERNMENT):
            involved.append(kind == OUTLET)
            continue
        left = text[max(0, a - 40) : a].rpartition("\0")[2]
        right = text[b : b + 40].partition("\0")[0]
        gap = text[b : start[i + 1]] if start[i + 1 : i + 2] else ""
        if kind == PERSON:  # a name that is itself a hit is another person: "Answering Cameron Medvedev said"
            after_a_name = i > 0 and a - stop[i - 1] == 1
            good = is_own_name(printed, "" if after_a_name else left, "" if gap == " " else right, parts[who])
        elif kind == GOVERNMENT:
            good = is_government(printed, left, right)
        else:
            employs = kinds[name[i + 1]] == PERSON and gap in ("'s ", "’s ") if gap else False
            good = not employs and is_party(printed, left, right)
        involved.append(good)
    return involved


def is_own_name(printed: str, left: str, right: str, parts: set[str]) -> bool:
    """Is it this person's name, and no word of somebody else's? `parts` are the words of the person's own aliases."""
    if not printed.isalpha():
        return True  # given name and surname
    before = BEFORE.search(left) if left[-1:] in SPACED else None
    if before and before[1][0].isupper() and (word := fold_all(before[1])) not in parts:
        if before[2].isspace():
            other = word in given_names()
        elif before[2] in HYPHENS:
            other = before[1][1:].islower() and word not in around()["prefix"]
        else:  # an initial
            other = len(word) == 1 and not any(part.startswith(word) for part in parts)
        if other:
            return False
    return not (right[:1].isspace() and right[1:2].isupper() and fold_all(printed) in given_names())


def is_government(printed: str, left: str, right: str) -> bool:
    """Is the government named, and not only its country? "Kyiv's government", "the government of Ukraine"."""
    some, before = around(), words_before(left)
    before = before[:-1] if before and before[-1] in some["article"] else before
    if len(before) > 1 and before[-2] in some["government"] and before[-1] in some["of"]:
        return True
    return not some["government"].isdisjoint([*tokens(printed), *map(fold_all, words_after(right))])


def is_party(printed: str, left: str, right: str) -> bool:
    """Does a body act, or is it acted on? Not a place, an occasion, or the employer of whom the sentence speaks."""
    some, after = around(), words_after(right)
    article = printed.split()[0]
    before = words_before(left + article if fold_all(article) in some["article"] else left)
    bare = before[:-1] if before and before[-1] in some["article"] else before
    if not some["at"].isdisjoint([*bare[-1:], " ".join(bare[-2:]), " ".join(before[-2:])]):
        return False
    if after and not (after[0][:1].isupper() or after[0] in some["modifier"]):
        after = after[:1]
    return (some["occasion"] | some["staff"] | some["place"]).isdisjoint(map(fold_all, after))


def words_before(left: str) -> list[str]:
    return [fold_all(word) for word in left.rsplit(None, 3)[-3:]]


def words_after(right: str) -> list[str]:
    """The next two words of the clause, as printed; the 's of a genitive left out."""
    genitive = right[:1] in ("'", "’") and right[1:3] == "s "
    return re.split(r"[.,;:!?()]", right[2 * genitive :].lstrip(HYPHENS))[0].split(None, 2)[:2]
