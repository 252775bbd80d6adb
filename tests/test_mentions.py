"""Names in running text: the search against the plain method, hard strings, and what counts as a mention."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series

from analysis.mentions import actors_in, lists, systems_in
from analysis.read import TableError, read_actors, read_labels, read_systems, read_table, shipped
from analysis.search import CAPITALS, UNSPACED, aliases_of, find_names, fold, is_cased, spellings

SYSTEMS = read_systems(shipped("systems.csv"))
ACTORS = read_actors(shipped("actors.csv"))
STATEMENTS = read_table(shipped("statements.csv"))["statement"]
LABELS = read_labels(shipped("labels.csv"))


@pytest.fixture(scope="module")
def systems():
    """The systems found in each of the hard strings, in order; all strings are searched at once."""
    return systems_in(Series(list(HARD), index=list(HARD)), SYSTEMS).groupby("row")["name"].agg(list)


@pytest.fixture(scope="module")
def actors():
    return actors_in(Series(list(INVOLVED), index=list(INVOLVED)), ACTORS).groupby("row")["name"].agg(list)


# --- the search against the plain method


LETTER = rf"(?:(?!{UNSPACED.pattern})\w)"


def plainly(text: str, forms: list) -> list[tuple]:
    """Each form at each place by a regular expression, then the leftmost, the longest there, and so on."""
    folded = "".join(map(fold, text))
    found, banned = [], []
    for form, form_folded in forms:
        if form_folded not in folded:
            continue
        for match in re.finditer(rf"(?<!{LETTER})(?={re.escape(form_folded)}({LETTER}*))", folded):
            start, stop = match.start(), match.start() + len(form_folded)
            tail, printed = text[stop : stop + len(match[1])], text[start : stop + len(match[1])]
            if tail and (tail not in form.endings or not is_cased(printed, form.form, CAPITALS)):
                continue
            if form.case == "any" or is_cased(printed, form.form, form.case):
                (found if form.reach < 0 else banned).append((start, -stop - len(tail), form.name, form.reach))
    hits, free = [], 0
    for start, stop, name, _ in sorted(found):
        if start >= free:
            free = -stop
            if not any(who == name and a < free + reach and -b > start - reach for a, b, who, reach in banned):
                hits.append((start, free, name))
    return hits


def forms_of(aliases: DataFrame) -> list:
    forms = spellings(tuple(aliases.itertuples(index=False, name=None)))
    return [(form, "".join(map(fold, form.form))) for form in forms]


def spans(hits: DataFrame, row: object) -> list[tuple]:
    here = hits[hits["row"].eq(row)]
    return list(zip(here["start"], here["stop"], here["name"], strict=True))


def test_search_finds_what_the_plain_method_finds_on_the_shipped_table():
    texts = STATEMENTS.iloc[::6]
    for register in (SYSTEMS, ACTORS):
        aliases = aliases_of(register)
        hits, forms = find_names(texts, aliases), forms_of(aliases)
        assert [spans(hits, row) for row in texts.index] == [plainly(text, forms) for text in texts]


SYSTEM_ALIASES = aliases_of(SYSTEMS)
SYSTEM_FORMS = forms_of(SYSTEM_ALIASES)
PIECES = sorted({piece for alias in SYSTEM_ALIASES["alias"] for piece in alias.split()})
JOINTS = ["", " ", "-", "‑", "–", "\u00a0", ", ", "’s ", "'", "s ", "ami ", "ів ", "\n", "を", ") (", "\0", "/", ". "]
CASES = [str, str.lower, str.upper]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(JOINTS)), max_size=8), st.sampled_from(CASES))
def test_search_finds_what_the_plain_method_finds_in_made_up_texts(pieces, printed):
    text = printed("".join(map("".join, pieces)))
    assert spans(find_names(Series([text]), SYSTEM_ALIASES), 0) == plainly(text, SYSTEM_FORMS)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("abAB -1é", min_size=1, max_size=4), min_size=1, max_size=6), st.text("abAB -1é", max_size=30))
def test_search_finds_what_the_plain_method_finds_with_any_aliases(names, text):
    try:
        aliases = aliases_of(DataFrame({"name": names}))
    except TableError:  # two of them are one name
        return
    assert spans(find_names(Series([text]), aliases), 0) == plainly(text, forms_of(aliases))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text() | st.none(), max_size=4))
def test_any_text_can_be_searched_and_spans_hold_in_the_printed_text(texts):
    hits = find_names(Series(texts, dtype="object"), SYSTEM_ALIASES)
    for row, start, stop, printed in zip(hits["row"], hits["start"], hits["stop"], hits["printed"], strict=True):
        assert texts[row][start:stop] == printed


@pytest.mark.parametrize(
    "text", [None, "", "\0", "\ud800 Taurus", "İ" * 9, "👩‍🚀 ATACMS", "a\u0301", "'" * 50, " s " * 50]
)
def test_no_text_is_too_strange(text):
    texts = Series([text, "Biden on ATACMS"], dtype="object")
    assert systems_in(texts, SYSTEMS)["name"].tolist()[-1] == "ATACMS"
    assert actors_in(texts, ACTORS)["name"].tolist() == ["Joe Biden"]


def test_more_characters_than_a_byte_can_number():
    names = [chr(0x4E00 + i) + chr(0x5E00 + i) for i in range(400)] + ["Großprojekt"]
    text = f"Über das {names[7]}和{names[399]} und das Großprojekt"
    assert systems_in(Series([text]), DataFrame({"name": names}))["name"].tolist() == [
        names[7],
        names[399],
        "Großprojekt",
    ]


def test_characters_that_change_length_in_lower_case_keep_the_spans():
    hits = systems_in(Series(["İİ ẞ Ⱥ ATACMS"]), SYSTEMS)
    assert hits[["start", "stop", "printed"]].to_numpy().tolist() == [[7, 13, "ATACMS"]]


def test_no_hit_crosses_two_rows_and_rows_keep_their_labels():
    hits = systems_in(Series(["the Storm", "Shadow", "", "ATACMS"], index=[9, 4, 7, 2]), SYSTEMS)
    assert hits.to_dict("list") == {"row": [2], "start": [0], "stop": [6], "name": ["ATACMS"], "printed": ["ATACMS"]}
    assert lists(hits, [9, 4, 7, 2]).tolist() == [[], [], [], ["ATACMS"]]


def test_names_are_listed_once_in_order_of_appearance():
    text = Series(["Taurus, then ATACMS, then Taurus again"])
    assert lists(systems_in(text, SYSTEMS), text.index).tolist() == [["Taurus", "ATACMS"]]


# --- hard strings: systems

HARD = {
    # boundaries, numbers, hyphens
    "F-16s are on their way": ["F-16"],
    "an F 16, an F16 and an F‑16": ["F-16", "F-16", "F-16"],
    "two Ф-16": ["F-16"],
    "the F–16’s radar": ["F-16"],
    "F-160 is no aircraft": [],
    "S-3001": [],
    "Ukraine's 300 soldiers": [],
    "С 300 солдатами": [],
    "С-300": ["S-300"],
    "S300 and S-300PMU": ["S-300", "S-300"],
    "as 90 per cent of them": [],
    "AS 90 howitzers": ["AS90"],
    "A 50 per cent rise": [],
    "MiG 29s and Su24": ["MiG-29", "Su-24"],
    "155-mm shells": ["artillery shells"],
    "155 mm shells": ["artillery shells"],
    "155mm shells": ["artillery shells"],
    "Leopard-2A6": ["Leopard 2"],
    "a Leopard 1 and a Leopard 2": ["Leopard 1", "Leopard 2"],
    "AMX 10 RC": ["AMX-10 RC"],
    "IRIS‑T SLM": ["IRIS-T"],
    "the SAMP/T": ["SAMP/T"],
    "SAMP-T and SAMPT": ["SAMP/T", "SAMP/T"],
    "Storm\u00a0Shadow": ["Storm Shadow"],
    "Storm\nShadow": ["Storm Shadow"],
    "a storm, shadow and rain": [],
    "“Taurus”": ["Taurus"],
    "(ATACMS)": ["ATACMS"],
    "ATACMS/Taurus": ["ATACMS", "Taurus"],
    "AtACmS": ["ATACMS"],
    "ATACMS’s range": ["ATACMS"],
    "preATACMS": [],
    "ATACMS_2": [],
    "the Long Neptune, not the Neptune": ["Long Neptune", "Neptune"],
    # inflections
    "die Tauruse": ["Taurus"],
    "mit Tauruse und Tauruses": ["Taurus", "Taurus"],
    "АТАКМСами": ["ATACMS"],
    "удар АТАКМСом по складу": ["ATACMS"],
    "rakiety HIMARSów": ["HIMARS"],
    "Himarsů": ["HIMARS"],
    "eine Tasse Kaffee": [],
    "dwa Tomahawki": ["Tomahawk"],
    "dodávka Gripenů": ["Gripen"],
    "ATACMS'leri": ["ATACMS"],
    "HIMARS-ов": ["HIMARS"],
    "Патриотов": ["Patriot"],
    "патриотов": [],
    "Leopardy i Abramsy": ["Leopard 2", "M1 Abrams"],
    "танками": ["tanks"],
    "ATACMSing": [],
    # compounds and class words
    "ATACMS-Raketen": ["ATACMS"],
    "Storm-Shadow-Marschflugkörper": ["Storm Shadow"],
    "Taurus-Lieferung": ["Taurus"],
    "Taurus cruise missiles": ["Taurus"],
    "Taurus long-range cruise missiles": ["Taurus"],
    "Taurus, cruise missiles and tanks": ["Taurus", "cruise missiles", "tanks"],
    "Taurus and cruise missiles": ["Taurus", "cruise missiles"],
    "F-16 fighter jets": ["F-16"],
    "missili da crociera Storm Shadow": ["Storm Shadow"],
    "крилаті ракети Taurus": ["Taurus"],
    "chars Leopard": ["Leopard 2"],
    "cluster-armed ATACMS": ["cluster munitions", "ATACMS"],
    "long-range missile and longer-range missiles": ["long-range missiles", "long-range missiles"],
    "think tanks met in fuel tanks": [],
    "think tanks spoke of tanks": ["tanks"],
    "Russia cannot shell its towns": [],
    # ordinary words
    "a patriot": [],
    "the patriotic war": [],
    "Patriots for Ukraine": ["Patriot"],
    "the Patriot Act": [],
    "the Patriot Act and Patriot missiles": ["Patriot"],
    "On Independence Day he asked for Patriots": ["Patriot"],
    "leopards in the zoo": [],
    "a Leopard in the zoo": [],
    "HAWK and hawkish": ["HAWK"],
    "hawks in Congress": [],
    "do no harm": [],
    "HARM missiles do harm": ["HARM"],
    "Caesar and caesar": ["Caesar"],
    "Caesar salad and Caesar howitzers": ["Caesar"],
    "Julius Caesar": [],
    "the election challenger": [],
    "a Challenger before the election": ["Challenger 2"],
    "Omar Bradley": [],
    "Tom Cotton praised the Bradley": ["Bradley"],
    "Stacey Abrams on Abrams tanks": ["M1 Abrams"],
    "Zuzana Čaputová on Zuzana howitzers": ["Zuzana 2"],
    "pink flamingos": [],
    "Black Hawk Down": [],
    "the planet Neptune": [],
    "private jets": [],
    "counter-drone gear": [],
    "Hammer time": [],
    # scripts without blanks
    "ATACMSを供与": ["ATACMS"],
    "提供ATACMS导弹": ["ATACMS"],
}


@pytest.mark.parametrize(("text", "named"), HARD.items(), ids=list(HARD))
def test_hard_strings(systems, text, named):
    assert systems.get(text, []) == named


# --- registers


def test_a_register_needs_names_only():
    bills = DataFrame({"name": ["Clean Air Act", "heat pump", "Acme-7"]})
    text = Series(["The clean air act subsidises heat pumps and ACME 7s.", None])
    assert systems_in(text, bills)["name"].tolist() == ["Clean Air Act", "heat pump", "Acme-7"]
    assert actors_in(Series(["Ana Bell met Mr Cole."]), DataFrame({"name": ["Ana Bell"]}))["name"].tolist() == [
        "Ana Bell"
    ]


def test_a_plural_alias_finds_the_singular_and_an_acronym_its_dots():
    register = DataFrame({"name": ["nuclear power plants", "US Senate"], "kind": ["class", "system"]})
    assert (
        systems_in(Series(["a nuclear power plant, says the U.S. Senate"]), register)["name"].tolist()
        == register["name"].tolist()
    )


def test_no_register_finds_nothing():
    assert systems_in(STATEMENTS, None).empty and actors_in(STATEMENTS, None).empty
    assert list(systems_in(STATEMENTS, None).columns) == ["row", "start", "stop", "name", "printed"]
    assert systems_in(STATEMENTS.iloc[:0], SYSTEMS).empty and systems_in(STATEMENTS, SYSTEMS.iloc[:0]).empty


def test_an_alias_of_two_names_is_an_error_that_names_both():
    register = DataFrame({"name": ["Alpha", "Beta"], "aliases": ["Gamma ray", "GAMMA RÁY"], "line": [2, 3]})
    register.attrs["path"] = "mine.csv"
    with pytest.raises(TableError, match=r"mine.csv, line 3: 'GAMMA RÁY' means Alpha and Beta"):
        systems_in(STATEMENTS, register)


@pytest.mark.parametrize("context", ["Case", "near: zoo", "not:", "case, not: zoo", "case; zoo"])
def test_a_context_that_is_no_rule_is_an_error_with_its_line(context):
    register = DataFrame({"name": ["Leopard"], "context": [context], "line": [2]})
    with pytest.raises(TableError, match="line 2, column context"):
        systems_in(STATEMENTS, register)


def test_context_rules_join():
    register = DataFrame({"name": ["Arrow"], "context": ["case; not: Broken Arrow|archery"]})
    texts = Series(
        ["Arrow", "arrow", "ARROW", "Arrow in archery", "Broken Arrow and Arrow", "Arrow" + " far" * 11 + " archery"]
    )
    assert lists(systems_in(texts, register), texts.index).map(len).tolist() == [1, 0, 0, 0, 1, 1]


# --- actors

INVOLVED = {
    "President Biden met Zelenskyy’s team": ["Joe Biden", "Volodymyr Zelenskyy"],
    "ZELENSKY and Orban": ["Volodymyr Zelenskyy", "Viktor Orbán"],
    "graham crackers and a cotton shirt": [],
    "Hunter Biden went to court": [],
    "H. Biden went to court": [],
    "J. Biden signed": ["Joe Biden"],
    "Woody Johnson spoke": [],
    "In Rio Lavrov spoke": ["Sergei Lavrov"],
    "the Trump-Putin call": ["Donald Trump", "Vladimir Putin"],
    "Anti-Trump protests": ["Donald Trump"],
    "Müller-Merz spoke": [],
    "Cameron Diaz acted": [],
    "Answering Cameron Medvedev said": ["David Cameron", "Dmitry Medvedev"],
    "the Biden administration": ["Government of the United States"],
    "Ukraine asked Germany": [],
    "Kyiv asked Berlin": [],
    "the Ukrainian government": ["Government of Ukraine"],
    "Kyiv’s government": ["Government of Ukraine"],
    "the government of Ukraine": ["Government of Ukraine"],
    "authorities in Moscow": ["Government of Russia"],
    "he spoke at the White House": [],
    "he wrote to the White House": ["White House"],
    "after their White House meeting": [],
    "the NATO summit in Vilnius": [],
    "the NATO-Gipfel": [],
    "Nato and NATO states": ["NATO", "NATO"],
    "a NATO military official": [],
    "the Pentagon spokesman": [],
    "the Pentagon’s Pat Ryder": ["Pat Ryder"],
    "the Pentagon’s consent": ["Pentagon"],
    "Pentagon officials": [],
    "two US officials told CNN": ["CNN"],
    "close to EU borders": [],
    "Tass und eine Tasse": ["TASS"],
    "Трампа и Путину": ["Donald Trump", "Vladimir Putin"],
}


@pytest.mark.parametrize(("text", "named"), INVOLVED.items(), ids=list(INVOLVED))
def test_who_is_involved(actors, text, named):
    assert actors.get(text, []) == named


def test_a_country_as_a_body_counts_only_as_a_government():
    register = DataFrame(
        {
            "name": ["Spain", "Government of Ruritania", "Acme", "Food Administration"],
            "type": "body",
            "aliases": ["", "Ruritania|Strelsau", "", "FA"],
        }
    )
    texts = Series(["Spain, Ruritania and Acme met the FA.", "Strelsau’s government met the government of Spain."])
    hits = actors_in(texts, register)
    assert lists(hits, texts.index).tolist() == [["Acme", "Food Administration"], ["Government of Ruritania", "Spain"]]


# --- against the labels of the shipped table


def test_systems_of_the_shipped_table():
    found = lists(systems_in(STATEMENTS, SYSTEMS), STATEMENTS.index).map(set)
    there = LABELS["systems"].map(set)
    right = sum(len(f & t) for f, t in zip(found, there, strict=True))
    assert right / found.map(len).sum() >= 0.995
    assert right / there.map(len).sum() >= 0.99


def test_mentioned_actors_of_the_shipped_table():
    types = ACTORS.set_index("name")["type"]
    scored = set(types.index[types.ne("group") & ~types.index.str.startswith("Government of ")])
    people = set(types.index[types.eq("person")])
    found = lists(actors_in(STATEMENTS, ACTORS), STATEMENTS.index)
    pairs = [
        (set(f) - set(own), set(t))
        for f, own, t in zip(found, LABELS["actor"], LABELS["involvement_mentioned"], strict=True)
    ]
    assert sum(len(f & t & scored) for f, t in pairs) / sum(len(f & scored) for f, t in pairs) >= 0.97
    assert sum(len(f & t & people) for f, t in pairs) / sum(len(t & people) for f, t in pairs) >= 0.95
