"""What holds for the counts of every table: bounds, sums, complete periods, no trace of the order of rows."""

from collections import defaultdict

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, date_range, to_timedelta
from pandas.testing import assert_frame_equal

from analysis.count import (
    MEASURES,
    OTHERS,
    PERIODS,
    one_row_per,
    select,
    share,
    statement_frequency,
    system_mentions,
    tally,
    time_span,
)

FREQS = st.sampled_from(list(PERIODS))
UNITS = st.sampled_from(["statements", "reports"])
laws = settings(max_examples=15, deadline=None)


@st.composite
def tables(draw) -> DataFrame:
    """Reports of a few events over two years, with days, weeks, months, open ends and missing dates."""
    report = st.tuples(
        st.integers(0, 700),
        st.sampled_from([0, 0, 0, 1, 9, 30, 365]),
        st.sampled_from(["closed", "closed", "closed", "open", "none"]),
        st.lists(st.sampled_from(["Alpha", "Beta", "Gamma"]), max_size=3),
        st.sampled_from(["support", "oppose", "undecided", ""]),
        st.sampled_from(["en", "de"]),
        st.integers(0, 8),
    )
    reports = draw(st.lists(report, min_size=1, max_size=14))
    rows = DataFrame(reports, columns=["offset", "length", "kind", "systems", "position", "language", "event"])
    start = pd.Timestamp("2022-11-20") + to_timedelta(rows["offset"], unit="D")
    end = start + to_timedelta(rows["length"], unit="D")
    return rows.assign(
        id=[f"S{number}" for number in range(len(rows))],
        event=rows["event"].map("e{}".format),
        start=start.where(rows["kind"] == "closed"),
        end=end.where(rows["kind"] != "none"),
    )


@laws
@given(tables(), FREQS, UNITS, st.sampled_from([None, "system", "position", "language"]))
def test_certain_is_at_most_expected_is_at_most_possible(table, freq, unit, by):
    counts = statement_frequency(table, freq, unit, by)
    assert (counts["certain"] <= counts["expected"]).all()
    assert (counts["expected"] <= counts["possible"]).all()
    shares = share(counts).dropna()
    assert (shares["certain"] <= shares["expected"] + 1e-9).all()
    assert (shares["expected"] <= shares["possible"] + 1e-9).all()
    assert shares[MEASURES].stack().between(0, 1 + 1e-9).all()


@laws
@given(tables(), UNITS, st.sampled_from([("D", "W-MON"), ("D", "MS"), ("MS", "QS"), ("MS", "YS"), ("QS", "YS")]))
def test_coarser_periods_are_the_sums_of_the_finer_ones(table, unit, freqs):
    finer, coarser = (system_mentions(table, freq, unit) for freq in freqs)
    label = {"W-MON": "W-SUN", "MS": "M", "QS": "Q", "YS": "Y"}[freqs[1]]
    inner = finer.assign(period=finer["period"].dt.to_period(label).dt.start_time.astype("datetime64[us]"))
    sums = inner.groupby(["system", "period"])["expected"].sum()
    assert np.allclose(sums, coarser.set_index(["system", "period"])["expected"].sort_index(), atol=1e-9, rtol=0)


@laws
@given(tables(), FREQS, UNITS)
def test_counts_equal_those_made_day_by_day(table, freq, unit):
    seen = defaultdict(lambda: [0, 0.0, 0])
    for row in one_row_per(unit, table).itertuples():
        if not row.start <= row.end:
            continue
        days = date_range(row.start, row.end).to_series()
        label = {"D": "D", "W-MON": "W-SUN", "MS": "M", "QS": "Q", "YS": "Y"}[freq]
        parts = days.dt.to_period(label).dt.start_time.value_counts()
        for system in set(row.systems):
            for period, number in parts.items():
                cell = seen[period, system]
                cell[0] += number == len(days)
                cell[1] += number / len(days)
                cell[2] += 1
    counts = system_mentions(table, freq, unit)
    counted = {(row.period, row.system): [*row[3:]] for row in counts.itertuples() if row.possible}
    assert counted.keys() == seen.keys()
    assert all(np.allclose(counted[key], seen[key], atol=1e-9, rtol=0) for key in seen)


@laws
@given(tables(), FREQS, UNITS, st.sampled_from(["system", "language"]))
def test_every_period_is_there_for_every_group(table, freq, unit, by):
    units = one_row_per(unit, table)
    first, last = time_span(units)
    counts = tally(units, [by], freq)
    for _, group in counts.groupby(by):
        periods = group["period"]
        assert periods.tolist() == date_range(periods.iloc[0], periods.iloc[-1], freq=freq).tolist()
        assert periods.iloc[0] <= first
        assert periods.iloc[-1] <= last < date_range(periods.iloc[-1], periods=2, freq=freq)[1]


@laws
@given(tables(), st.randoms(use_true_random=False), UNITS)
def test_order_of_rows_leaves_no_trace(table, random, unit):
    order = list(range(len(table)))
    random.shuffle(order)
    counts, again = (system_mentions(rows, unit=unit) for rows in (table, table.iloc[order]))
    assert_frame_equal(again, counts, check_exact=True)
    assert again.attrs == counts.attrs


@laws
@given(tables(), FREQS, UNITS)
def test_dated_and_undated_are_all_statements(table, freq, unit):
    counts = statement_frequency(table, freq, unit)
    number = len(table) if unit == "reports" else table["event"].nunique()
    assert abs(counts["expected"].sum() + counts.attrs["undated"] - number) < 1e-9
    assert counts.attrs["statements"] == number


@laws
@given(tables())
def test_statements_have_what_their_reports_have(table):
    statements = one_row_per("statements", table).set_index("event")
    assert sorted(statements.index) == sorted(set(table["event"]))
    assert statements["reports"].sum() == len(table)
    for event, reports in table.groupby("event"):
        statement = statements.loc[event]
        closed = reports[reports["start"] <= reports["end"]]
        assert set(statement["systems"]) == set(reports["systems"].explode().dropna())
        assert statement["position"] in set(reports["position"])
        if len(closed):
            first, last = closed["start"].max(), closed["end"].min()
            assert statement["contradiction"] == (first > last)
            assert first > last or (statement["start"], statement["end"]) == (first, last)


@laws
@given(tables(), st.sampled_from(["Alpha", "Beta"]), st.sampled_from(["en", "de"]), st.integers(0, 700))
def test_selected_statements_are_unchanged(table, system, language, offset):
    day = pd.Timestamp("2022-11-20") + to_timedelta(offset, unit="D")
    chosen = select(table, {"system": [system], "language": [language], "period": [day, None]})
    statements = one_row_per("statements", table).set_index("event").drop(columns="line")
    kept = [
        system in row.systems and language in row.language and row.start <= row.end and row.end >= day
        for row in statements.itertuples()
    ]
    again = one_row_per("statements", chosen).set_index("event").drop(columns="line")
    assert_frame_equal(again, statements[kept], check_dtype=False)


@laws
@given(tables(), FREQS, st.integers(1, 2))
def test_top_and_all_others_add_up(table, freq, top):
    table = table.assign(systems=table["systems"].str[:1])
    whole = statement_frequency(table, freq, "reports", "system")
    folded = statement_frequency(table, freq, "reports", "system", top)
    assert np.allclose(whole.groupby("period")[MEASURES].sum(), folded.groupby("period")[MEASURES].sum())
    assert set(folded["system"]) - {OTHERS} <= set(whole["system"].unique()[: max(top, 3)])
