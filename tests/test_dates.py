"""Dates: the convention of `data/README.md` in many languages, contradictions, and what is left open."""

import csv
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.dates import FOLDER, LONGEST_CELL, DateSpan, edtf, load_words, page_day, resolve, resolve_dates

HERE = Path(__file__).parent
DATA = HERE.parent / "data"
PAGE = "2023-06-14"  # a Wednesday
OPEN, NO_DATE, BEFORE = "open", "no date", f"../{PAGE}"


def told(span: DateSpan) -> str:
    """The interval in EDTF, or the word for a span that was left open or assumed from the page."""
    if span.basis == "published":
        return NO_DATE
    return OPEN if span.rule == "left open" else edtf(span.start, span.end, span.precision)


def read(printed: str, published: str = PAGE, language: str = "en") -> str:
    return told(resolve(printed, published, language))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ---- every language

BY_LANGUAGE = {
    "today": "2023-06-14",
    "yesterday": "2023-06-13",
    "day before yesterday": "2023-06-12",
    "on Tuesday": "2023-06-13",
    "last Friday": "2023-06-09",
    "this week": "2023-06-12/2023-06-14",
    "last week": "2023-06-05/2023-06-11",
    "last month": "2023-05",
    "last year": "2022",
    "early May": "2023-05-01/2023-05-10",
    "mid-May": "2023-05-11/2023-05-20",
    "late May": "2023-05-21/2023-05-31",
    "April": "2023-04",
    "May 2022": "2022-05",
    "24 May 2023": "2023-05-24",
    "summer 2022": "2022-06-01/2022-08-31",
    "three days ago": "2023-06-11",
    "recent weeks": "2023-05-17/2023-06-14",
    "recently": "2023-05-17/2023-06-14",
    "earlier": BEFORE,
    "weekend": "2023-06-10/2023-06-11",
    "two weeks ago": OPEN,
    "the day before": OPEN,
    "since May": OPEN,
    "press conference": NO_DATE,
    "Tuesday evening": "2023-06-13",
    "late last month": "2023-05-21/2023-05-31",
    "recent days": "2023-06-07/2023-06-14",
    "this year": "2023-01-01/2023-06-14",
    "coming days": OPEN,
    "soon afterwards": OPEN,
    "regularly": BEFORE,
}
EXPRESSIONS = rows(HERE / "dates_by_language.csv")


@pytest.mark.parametrize("row", EXPRESSIONS, ids=lambda row: row["language"])
def test_each_language_is_read(row):
    language = row["language"]
    printed = {name: row[name] for name in BY_LANGUAGE if row[name]}
    assert {name: read(words, PAGE, language) for name, words in printed.items()} == {
        name: BY_LANGUAGE[name] for name in printed
    }


@pytest.mark.parametrize("language", sorted(path.stem for path in FOLDER.glob("*.csv")))
def test_each_table_has_known_meanings_only_and_no_word_twice(language):
    words = load_words(language)
    assert words.phrases
    assert language in {row["language"] for row in EXPRESSIONS}


# "semalam" is yesterday in Malay, and last night in Indonesian
@pytest.mark.parametrize(
    "row", [row for row in EXPRESSIONS if row["language"] != "ms"], ids=lambda row: row["language"]
)
def test_an_expression_on_a_page_in_another_language_is_never_read_as_another_day(row):
    """The page may be in English or of no known language: then the same interval, or none."""
    for name in ("yesterday", "on Tuesday", "last week", "late May", "24 May 2023", "three days ago", "weekend"):
        for language in ("en", ""):
            assert read(row[name], PAGE, language) in (BY_LANGUAGE[name], OPEN, NO_DATE), row[name]


def test_adding_a_language_is_adding_a_table(tmp_path):
    table = ["meaning,words", "today,hodiaŭ", "last,pasinta|lasta", "week,semajno", "friday,vendredo", "3,tri"]
    table += ["days,tagoj", "ago,antaŭ", "endings,n"]
    (tmp_path / "eo.csv").write_text("\n".join(table), encoding="utf-8")
    printed = ["hodiaŭ", "pasintan vendredon", "lasta semajno", "antaŭ tri tagoj"]
    assert [told(resolve(words, PAGE, "eo", folder=tmp_path)) for words in printed] == [
        "2023-06-14",
        "2023-06-09",
        "2023-06-05/2023-06-11",
        "2023-06-11",
    ]


def test_a_table_with_an_unknown_meaning_says_which_are_known(tmp_path):
    (tmp_path / "eo.csv").write_text("meaning,words\nnowadays,nuntempe\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"unknown meaning 'nowadays'; known: .*monday"):
        resolve("nuntempe", PAGE, "eo", folder=tmp_path)


def test_a_word_under_two_meanings_is_an_error_that_names_it(tmp_path):
    (tmp_path / "eo.csv").write_text("meaning,words\ntoday,hodiaŭ\nyesterday,hodiaŭ\n", encoding="utf-8")
    with pytest.raises(ValueError, match="'hodiaŭ' stands under 'yesterday'"):
        resolve("hodiaŭ", PAGE, "eo", folder=tmp_path)


# ---- the convention, in English

CONVENTION = {
    # days
    "on June 13": "2023-06-13",
    "on the evening of November 21": "2022-11-21",
    "In a statement on Aug. 11": "2022-08-11",
    "Monday 12th June 2023": "2023-06-12",
    "the first of June": "2023-06-01",
    "on the 3rd": "2023-06-03",
    "this Friday (9)": "2023-06-09",
    "Earlier on Tuesday": "2023-06-13",
    "late Thursday": "2023-06-08",
    "early on 3 June": "2023-06-03",
    "Sun, 11 Jun 2023 14:00:00 +0000": "2023-06-11",
    "Tuesday at 6:30 p.m.": "2023-06-13",
    "on Wednesday": "2023-06-14",
    "last Wednesday": "2023-06-07",
    "the Friday before last": "2023-06-02",
    "at around 3 p.m. on June 5": "2023-06-05",
    "Jun 13, 2023, 10:05 AM GMT+2": "2023-06-13",
    "First published on Tue 13 Jun 2023 16.30 BST": "2023-06-13",
    "a day ago": "2023-06-13",
    "this morning": "2023-06-14",
    # numeric forms
    "2023-05-24T14:00Z": "2023-05-24",
    "2023/05/24": "2023-05-24",
    "24.05.2023": "2023-05-24",
    "24/05": "2023-05-24",
    "5/24": "2023-05-24",
    "21-Nov-2022": "2022-11-21",
    "2023-05": "2023-05",
    # months and their parts
    "in June": "2023-06-01/2023-06-14",
    "in July": "2022-07",
    "last June": "2022-06",
    "in May last year": "2022-05",
    "earlier this month": "2023-06-01/2023-06-14",
    "early June": "2023-06-01/2023-06-10",
    "late June": "2022-06-21/2022-06-30",
    "late last month": "2023-05-21/2023-05-31",
    "early last month": "2023-05-01/2023-05-10",
    "in mid-June": "2023-06-11/2023-06-14",
    "in June 2023": "2023-06-01/2023-06-14",
    "in the second half of May": "2023-05-16/2023-05-31",
    # weeks, seasons, years
    "earlier in the week": "2023-06-12/2023-06-14",
    "on Friday last week": "2023-06-09",
    "the week before last": "2023-05-29/2023-06-04",
    "this past weekend": "2023-06-10/2023-06-11",
    "last winter": "2022-12-01/2023-02-28",
    "in the winter of 2021/22": "2021-12-01/2022-02-28",
    "this spring": "2023-03-01/2023-05-31",
    "autumn last year": "2022-09-01/2022-11-30",
    "earlier this year": "2023-01-01/2023-06-14",
    "in 2022": "2022",
    # recent spans
    "in the past few days": "2023-06-07/2023-06-14",
    "in recent months": "2023-03-16/2023-06-14",
    "over the past two weeks": "2023-05-31/2023-06-14",
    "last night": "2023-06-13/2023-06-14",
    # printed ranges
    "July 11-13": "2022-07-11/2022-07-13",
    "11 to 13 May": "2023-05-11/2023-05-13",
    "from 3 to 5 October 2022": "2022-10-03/2022-10-05",
    "between 28 May and 2 June": "2023-05-28/2023-06-02",
    "June-July 2022": "2022-06-01/2022-07-31",
    "late May to early June": "2023-05-21/2023-06-10",
    "on Friday and Saturday": "2023-06-09/2023-06-10",
    # some day before
    "repeatedly": BEFORE,
    "already": BEFORE,
}


@pytest.mark.parametrize(("printed", "expected"), CONVENTION.items())
def test_the_convention(printed, expected):
    assert read(printed) == expected


@pytest.mark.parametrize(
    "printed",
    [
        "two weeks ago",
        "a few days ago",
        "since July",
        "until December 2022",
        "for months",
        "By late Monday",
        "the same day",
        "A day earlier",
        "later",
        "Earlier in the day",
        "after the meeting",
        "after the meeting on Tuesday",
        "In September, shortly before",
        "ahead of the summit",
        "During the NATO summit in Vilnius",
        "during a recent visit",
        "On Day 1 of the summit",
        "By 0730 EST",
        "last week of May",
        "the week of June 5",
        "third quarter of 2022",
        "in the 1990s",
        "on Fridays",
        "next week",
        "in the coming days",
        "a day or two ago",
        "at the end of the week",  # of this one or the last
        "at year's end",
        "soon after",
        "since then",
        "on New Year's Eve",
        "now",
        "45",
    ],
)
def test_what_the_convention_does_not_cover_is_left_open_with_a_reason(printed):
    span = resolve(printed, PAGE, "en")
    assert (span.start, span.end, span.precision, span.basis) == (None, date(2023, 6, 14), "before", "printed")
    assert span.problem


@pytest.mark.parametrize("printed", ["накануне", "в тот же день", "две недели назад"])
def test_russian_that_hangs_on_the_text_is_left_open(printed):
    assert read(printed, PAGE, "ru") == OPEN


@pytest.mark.parametrize(
    "printed", ["at a briefing", "in his evening address", "when asked by reporters", "for the first time"]
)
def test_a_phrase_that_is_no_date_takes_the_day_of_the_page(printed):
    assert resolve(printed, PAGE, "en")[:4] == (date(2023, 6, 14), date(2023, 6, 14), "day", "published")


def test_a_paper_with_a_weekday_in_its_name_is_no_date():
    assert (read("told the Mail on Sunday"), read("told the Sunday Times on Monday")) == (NO_DATE, "2023-06-12")
    assert read("in der „Bild am Sonntag“", PAGE, "de") == read("au Journal du Dimanche", PAGE, "fr") == NO_DATE


def test_per_la_prima_volta_is_no_date():
    assert read("per la prima volta", PAGE, "it") == NO_DATE


@pytest.mark.parametrize(
    ("printed", "expected"),
    [("late last week", "2023-06-05/2023-06-11"), ("in late 2022", "2022"), ("Anfang 2022", "2022")],
)
def test_a_part_of_a_week_or_year_is_the_whole_with_a_reason(printed, expected):
    span = resolve(printed, PAGE, "de" if printed.startswith("Anfang") else "en")
    assert (told(span), "no rule for a part" in span.problem) == (expected, True)


def test_words_around_a_day_do_not_move_it():
    assert read("am Montag in Hannover", PAGE, "de") == "2023-06-12"
    assert read("Brussel, 6 mei", PAGE, "nl") == "2023-05-06"
    assert read("24 sierpnia 2022 roku, w Dzień Niepodległości", PAGE, "pl") == "2022-08-24"
    assert read("A day earlier, on June 3") == "2023-06-03"
    assert read("On Tuesday, after the meeting") == "2023-06-13"
    assert read("on 6 June, the 468th day of the war") == "2023-06-06"
    assert read("6 червня, за два тижні до саміту", PAGE, "uk") == "2023-06-06"
    assert read("6 June, 8 June") == read("two weeks ago, on Tuesday") == OPEN


@pytest.mark.parametrize(
    ("printed", "language", "expected"),
    [
        ("3日", "ja", "2023-06-03"),
        ("11月21日", "zh", "2022-11-21"),
        ("上周二", "zh", "2023-06-06"),
        ("5月 초", "ko", OPEN),
        ("지난달 13일", "ko", "2023-05-13"),
        ("ngày 10/6", "vi", "2023-06-10"),
        ("ngày 13 tháng 6 năm 2022", "vi", "2022-06-13"),
        ("nesta quinta-feira, 8", "pt", "2023-06-08"),
        ("nesta sexta-feira (9)", "pt", "2023-06-09"),
        ("Hoje dia 14/06", "pt", "2023-06-14"),
        ("1er juin", "fr", "2023-06-01"),
        ("Первого июня", "ru", "2023-06-01"),
        ("13 يونيو/حزيران", "ar", "2023-06-13"),
        ("١٣ يونيو ٢٠٢٣", "ar", "2023-06-13"),
        ("۱۳ ژوئن ۲۰۲۳", "fa", "2023-06-13"),
        ("१३ जून २०२३", "hi", "2023-06-13"),
        ("mar. 13 jun.", "es", "2023-06-13"),
        ("11./12. Mai", "de", "2023-05-11/2023-05-12"),
        ("am Dienstag um 10.30 Uhr", "de", "2023-06-13"),
        ("13. 6. 2023", "cs", "2023-06-13"),
        ("2023. június 13-án", "hu", "2023-06-13"),
        ("в 20-х числах мая", "ru", OPEN),
        ("двадцать первого мая", "ru", "2023-05-21"),
        ("сутки назад", "ru", "2023-06-13"),
        ("цими вихідними", "uk", "2023-06-10/2023-06-11"),
        ("наступного ранку", "uk", OPEN),
        ("à 18 h 30 le 6 juin", "fr", "2023-06-06"),
        ("el pasado mes de mayo", "es", "2023-05"),
        ("el 9 de este mes", "es", OPEN),
        ("há dez dias", "pt", "2023-06-04"),  # "dez." is December too
        ("ngày 11-7", "vi", OPEN),  # no range from the 11th to the 7th
        ("۲۳ خرداد", "fa", OPEN),  # a month of the Persian calendar
    ],
)
def test_forms_of_single_languages(printed, language, expected):
    assert read(printed, PAGE, language) == expected


# ---- which language, which order


def test_an_expression_in_english_on_a_page_in_another_language_is_read():
    assert read("on Friday", PAGE, "de") == "2023-06-09"
    assert read("Two weeks ago", PAGE, "fr") == OPEN


def test_without_a_language_all_tables_must_agree():
    assert read("am Montag", PAGE, "") == "2023-06-12"
    assert read("mars", PAGE, "") == "2023-03"
    assert read("12 listopada", PAGE, "") == OPEN  # November in Poland, October in Croatia


def test_listopad_is_another_month_in_croatia():
    assert (read("listopad 2022", PAGE, "hr"), read("listopad 2022", PAGE, "pl")) == ("2022-10", "2022-11")


def test_an_ambiguous_numeric_date_in_english_is_not_guessed():
    span = resolve("3/5/2023", PAGE, "en")
    assert (told(span), span.problem) == (OPEN, "can be 2023-03-05 or 2023-05-03: write the day as 2023-08-11")


def test_region_weekday_or_page_decide_an_ambiguous_numeric_date():
    assert (read("3/5/2023", PAGE, "en-US"), read("3/5/2023", PAGE, "en-GB")) == ("2023-03-05", "2023-05-03")
    assert read("Wednesday 3/5/2023") == "2023-05-03"
    assert read("3/5/2023", "2023-04-01") == "2023-03-05"


def test_short_names_count_beside_a_number_or_alone():
    assert (read("Mon 5 Jun"), read("Sat")) == ("2023-06-05", "2023-06-10")
    assert read("with Jan Lipavský") == NO_DATE


# ---- contradictions and gaps


def test_the_printed_day_stands_when_the_weekday_disagrees():
    span = resolve("Tuesday 16 August 2023", "2023-08-20", "en")
    assert span.start == span.end == date(2023, 8, 16)
    assert span.problem == "2023-08-16 was a Wednesday, not a Tuesday: the printed day stands"


def test_a_day_after_the_page_is_left_open():
    span = resolve("20 July 2023", PAGE, "en")
    assert (span.start, span.end, span.precision) == (None, date(2023, 6, 14), "before")
    assert span.problem == "2023-07-20 lies after the page (2023-06-14): check both days"


@pytest.mark.parametrize("printed", ["31 June", "June 31, 2023", "29 February 2023", "31.06.2023", "July 0"])
def test_a_day_that_does_not_exist_is_left_open(printed):
    span = resolve(printed, PAGE, "en")
    assert (told(span), span.problem) == (OPEN, "there is no such day: check the date")


def test_today_that_is_not_the_day_of_the_page_is_flagged():
    span = resolve("today (13 June 2023)", PAGE, "en")
    assert (told(span), "the printed day stands" in span.problem) == ("2023-06-13", True)


def test_without_a_page_only_a_date_with_its_year_is_read():
    assert read("back in April 2023", "") == "2023-04"
    span = resolve("on Friday", "", "en")
    assert span[:4] == (None, None, "unknown", "printed")
    assert span.problem == "no day of publication to count from: fill in `published`"


def test_an_empty_cell_takes_the_day_of_the_page_or_nothing():
    assert resolve("", PAGE, "en")[:4] == (date(2023, 6, 14), date(2023, 6, 14), "day", "published")
    assert resolve("", "", "en")[:4] == (None, None, "unknown", "context")


@pytest.mark.parametrize(
    "published", ["2023-06-14T10:00:00Z", "14.06.2023", "June 14, 2023", "14 juin 2023", "2023/06/14"]
)
def test_the_day_of_the_page_may_be_printed_in_another_form(published):
    assert read("yesterday", published) == "2023-06-13"
    assert page_day(published, "en") == date(2023, 6, 14)


def test_an_unreadable_day_of_the_page_counts_as_empty_and_is_named():
    span = resolve("yesterday", "soon", "en")
    assert (span.start, "'soon'" in span.problem) == (None, True)


def test_a_paragraph_is_not_read_as_a_date():
    span = resolve("on Friday " * 60, PAGE, "en")
    assert (told(span), f"longer than {LONGEST_CELL}" in span.problem) == (OPEN, True)


# ---- tables


def test_a_column_is_resolved_row_by_row():
    raw = pd.DataFrame(
        {"date": ["on Friday", "", "on Friday", "earlier"], "published": [PAGE, PAGE, PAGE, None], "language": "en"},
        index=[7, 7, 3, 1],
    )
    spans = resolve_dates(raw)
    assert list(spans.index) == [7, 7, 3, 1]
    assert list(spans) == ["start", "end", "precision", "basis", "rule", "problem"]
    assert spans["start"].tolist()[:3] == [pd.Timestamp("2023-06-09"), pd.Timestamp(PAGE), pd.Timestamp("2023-06-09")]
    assert spans["start"].isna().tolist() == [False, False, False, True]
    assert spans["precision"].tolist() == ["day", "day", "day", "unknown"]
    assert spans["start"].dtype.kind == spans["end"].dtype.kind == "M"


def test_an_empty_table_has_the_same_columns():
    spans = resolve_dates(pd.DataFrame({"date": [], "published": [], "language": []}, dtype=str))
    assert (len(spans), spans["start"].dtype.kind, spans["end"].dtype.kind) == (0, "M", "M")


@pytest.mark.parametrize(
    ("start", "end", "precision", "expected"),
    [
        (date(2023, 8, 11), date(2023, 8, 11), "day", "2023-08-11"),
        (date(2023, 7, 1), date(2023, 7, 31), "month", "2023-07"),
        (date(2023, 7, 1), date(2023, 7, 20), "month", "2023-07-01/2023-07-20"),
        (date(2023, 1, 1), date(2023, 12, 31), "year", "2023"),
        (date(2023, 6, 1), date(2023, 8, 31), "season", "2023-06-01/2023-08-31"),
        (None, date(2023, 8, 16), "before", "../2023-08-16"),
        (pd.Timestamp("2023-07-01"), pd.NaT, "range", "2023-07-01/.."),
        (None, None, "unknown", ""),
    ],
)
def test_edtf_shortens_whole_months_and_years_only(start, end, precision, expected):
    assert edtf(start, end, precision) == expected


def test_the_labelled_table_is_read_as_labelled():
    """`data/labels.csv`: 99 % of the resolvable printed expressions exact, 98 % in English and elsewhere."""
    labels = {row["id"]: row for row in rows(DATA / "labels.csv")}
    exact = {"en": [], "other": [], "published": []}
    for row in rows(DATA / "statements.csv"):
        label, span = labels[row["id"]], resolve(row["date"], row["published"], row["language"])
        if label["resolvable"] == "yes":
            group = "published" if label["basis"] == "published" else "en" if row["language"] == "en" else "other"
            days = tuple("" if day is None else str(day) for day in span[:2])
            exact[group].append(
                (*days, span.precision, span.basis) == tuple(label[k] for k in ("start", "end", "precision", "basis"))
            )
    share = {group: sum(hits) / len(hits) for group, hits in exact.items()}
    printed = exact["en"] + exact["other"]
    assert min(share.values()) >= 0.98
    assert sum(printed) / len(printed) >= 0.99


# ---- the law

WORDS = st.sampled_from(sorted({words for row in EXPRESSIONS for words in row.values() if words} | set(CONVENTION)))
MARKS = st.sampled_from([" ", "-", "/", ".", ",", "(", "31", "2023", "0", "99/99/9999", "10:30", "T14:00Z", "２０２３"])
PAGES = st.sampled_from(["", PAGE, "1900-01-01", "2099-12-31", "0001-01-01", "2024-02-29", "x"]) | st.text(max_size=12)
CELLS = st.text() | st.lists(WORDS | MARKS | st.text(max_size=3), max_size=6).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(printed=CELLS, published=PAGES, language=st.sampled_from(["en", "de", "uk", "zh", "ar", "pt-BR", "", "?"]))
def test_no_cell_raises_and_no_interval_ends_before_it_begins(printed, published, language):
    span = resolve(printed, published, language)
    assert span.rule
    assert span.precision in {"day", "week", "month", "season", "year", "range", "before", "unknown"}
    assert span.basis in {"printed", "published", "context"}
    assert span.start is None or span.start <= span.end
    assert span.start is not None or span.precision in {"before", "unknown"}
