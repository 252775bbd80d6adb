"""The Explorer in a browser, in a page without a kernel: its numbers against count.py, and what people do with it."""

import base64
import csv
import io
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta
from itertools import chain, product
from pathlib import Path

import nbformat
import pytest
from pandas import DataFrame

from analysis import count
from analysis.explore import VIEWS, Explorer, checked

# The part of the widget's model that the module sees, without a kernel behind it.
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Explorer</title>
<meta name="viewport" content="width=device-width"><style>%(css)s</style></head><body><main id="here"></main><script>
const state = %(state)s, listeners = {};
state._data = new DataView(Uint8Array.from(atob("%(data)s"), (c) => c.charCodeAt(0)).buffer);
globalThis.model = {
  get: (name) => state[name],
  set(name, value) { if (state[name] !== value) { state[name] = value; listeners["change:" + name]?.(); } },
  on: (name, listener) => (listeners[name] = listener),
  off: (name) => delete listeners[name],
  save_changes() {}, send() {},
};
const code = new Blob([%(code)s], { type: "text/javascript" });
import(URL.createObjectURL(code)).then(({ default: widget }) => {
  widget.render({ model, el: document.getElementById("here") });
  globalThis.explorer = document.querySelector(".explorer").explorer;
});
</script></body></html>"""


def page_of(explorer: Explorer) -> str:
    """A page as `render` makes it, small enough to read."""
    told = explorer.get_state(["selection", "period", "unit", "freq", "view", "_info"])

    def inlined(value):
        return json.dumps(value).replace("<", "\\u003c")

    data = base64.b64encode(explorer._data).decode()
    return PAGE % {"css": explorer._css, "state": inlined(told), "data": data, "code": inlined(str(explorer._esm))}


@pytest.fixture(scope="module")
def opened(browser, case, tmp_path_factory):
    """Opens the page of the shipped table; no page may complain, or ask anything of a network."""
    address = tmp_path_factory.mktemp("explorer") / "page.html"
    address.write_text(page_of(Explorer(case.statements)), encoding="utf-8")
    contexts, faults = [], []

    def open_page(fragment="", width=1400, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on(
            "request", lambda sent: faults.append(sent.url) if sent.url[:4] not in ("file", "blob", "data") else None
        )
        page.goto(f"{address.as_uri()}{fragment}")
        page.wait_for_function("globalThis.explorer")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def page(opened):
    return opened()


def status(page) -> str:
    return page.locator(".status").inner_text()


def random_selection(draw: random.Random, values: dict) -> dict:
    """One to three filters, mostly with values that stand in many rows."""
    selection = {}
    for key in draw.sample([*count.FILTERS, "period", "text"], draw.randint(0, 3)):
        if key == "period":
            first = date(2021, 11, 1) + timedelta(days=draw.randint(0, 1600))
            last = first + timedelta(days=draw.randint(0, 900))
            selection[key] = [draw.choice([None, day.isoformat()]) for day in (first, last)]
        elif key == "text":
            selection[key] = draw.choice(["missile", "WILL NOT", "ß", "a", "range", "said that"])
        else:
            selection[key] = draw.sample(values[key], min(len(values[key]), draw.randint(1, 6)))
    return checked(selection | {"role": draw.choice(["", "mentioned", "either"])}, values)


def with_role(units: DataFrame, role: str) -> DataFrame:
    """Rows of `one_row_per` with the actors that a role looks at: those who speak, are mentioned, or either."""
    columns = {"speaker": ["actor"], "mentioned": ["mentioned"], "either": ["actor", "mentioned"]}[role]
    actors = [list(dict.fromkeys(chain.from_iterable(cells))) for cells in units[columns].to_numpy().tolist()]
    return units.assign(actor=actors)


def totals(units: DataFrame) -> dict:
    """How many rows there are for each actor, for each system, and for both together."""
    return {name: Counter(chain.from_iterable(units[name])) for name in ("actor", "systems")} | {"matrix": pairs(units)}


def pairs(units: DataFrame) -> Counter:
    """How many rows there are for each actor with each system."""
    return Counter(chain.from_iterable(map(product, units["actor"], units["systems"])))


def counted(explorer: Explorer) -> dict:
    """What the views must show, by count.py alone."""
    rows, unit, span = explorer.statements, explorer.unit, explorer._span()
    key = "event" if unit == "statements" else "line"
    units = explorer._units[unit]
    units = with_role(units[units[key].isin(rows[key])], explorer.selection.get("role", "speaker"))
    dated = units[units["start"] <= units["end"]]
    first, after = count.period_edges(*span, freq=explorer.freq)[[0, -1]].astype("datetime64[D]")
    lanes = {}
    for row in dated[(dated["end"] >= first) & (dated["start"] < after)].itertuples():
        for actor in row.actor:
            lanes.setdefault(actor, []).append([f"{row.start:%Y-%m-%d}", f"{row.end:%Y-%m-%d}"])
    return {
        "frequency": count.tally(units, [], explorer.freq, span),
        "positions": count.tally(units, ["position"], explorer.freq, span),
        "totals": totals(units),
        "matrix": pairs(units),
        "timeline": lanes,
        "rows": len(units),
        "reports": len(rows),
        "ids": sorted(rows["id"]),
        "undated": len(units) - len(dated),
    }


def assert_shown(state: dict, expected: dict, whole: dict) -> None:
    views = state["views"]
    assert all(state[name] == expected[name] for name in ("rows", "reports", "undated", "ids"))
    for name, keys in {"frequency": ["period"], "positions": ["position", "period"]}.items():
        shown = {tuple(row[: len(keys)][::-1]): row[len(keys) :] for row in views[name]["rows"]}
        counts = expected[name].assign(period=expected[name]["period"].dt.strftime("%Y-%m-%d"))
        wanted = {tuple(row[: len(keys)]): row[len(keys) :] for row in counts[[*keys, *count.MEASURES]].values.tolist()}
        assert set(wanted) <= set(shown)
        pairs = ((shown[key], wanted.get(key, [0, 0, 0])) for key in shown)
        assert all(abs(a - b) < 1e-9 for numbers in pairs for a, b in zip(*numbers, strict=True))
    for name, column in {"actors": "actor", "systems": "systems"}.items():
        assert {row[0]: row[1] for row in views[name]["rows"] if row[1]} == expected["totals"][column]
        assert {row[0]: row[2] for row in views[name]["rows"]} == whole[column]
    for actor, system, selected, all_of_them in views["matrix"]["rows"]:
        assert [selected, all_of_them] == [table["matrix"][actor, system] for table in (expected, whole)]
    lanes = {}
    for actor, *days in views["timeline"]["rows"]:
        lanes.setdefault(actor, []).append(days)
    assert all(sorted(days) == sorted(expected["timeline"][actor]) for actor, days in lanes.items())


def test_every_view_counts_as_count_py_does(page, case, tmp_path):
    draw = random.Random(5)  # noqa: S311 (not for secrets)
    explorer = Explorer(case.statements.iloc[::3])  # a third of the table, for speed
    (tmp_path / "third.html").write_text(page_of(explorer), encoding="utf-8")
    page.goto((tmp_path / "third.html").as_uri())
    page.wait_for_function("globalThis.explorer")
    cases = []
    for number in range(200):
        freq = ["MS", "QS", "W-MON", "YS", "MS", "D" if number % 20 == 4 else "MS"][number % 6]
        selection = random_selection(draw, explorer._values)
        cases.append(
            {"selection": selection, "unit": draw.choice(["statements", "statements", "reports"]), "freq": freq}
        )
    states = page.evaluate(
        """(cases) => cases.map(({ selection, unit, freq }) => {
          explorer.unit = unit;
          explorer.freq = freq;
          explorer.selection = selection;
          explorer.count();
          const { at, codes } = explorer.rows.reports;
          const reports = explorer.chosen.flatMap((row) => Array.from(codes.slice(at[row], at[row + 1])));
          const ids = reports.map((code) => explorer.tables.record(code).id).sort();
          return { ...explorer.state(), ids };
        })""",
        cases,
    )
    roles = product(["statements", "reports"], ["speaker", "mentioned", "either"])
    whole = {(unit, role): totals(with_role(explorer._units[unit], role)) for unit, role in roles}
    for given, state in zip(cases, states, strict=True):
        with explorer.hold_trait_notifications():
            explorer.unit, explorer.freq = given["unit"], given["freq"]
        explorer.selection = given["selection"]
        assert state["text"] == explorer.selection_text
        assert_shown(state, counted(explorer), whole[explorer.unit, explorer.selection.get("role", "speaker")])
    assert sum(len(state["views"]["timeline"]["rows"]) for state in states) > 1000


def test_filters_chips_and_steps_back(page):
    everything = status(page)
    page.get_by_label("Actor", exact=True).fill("dmytro kuleba")
    page.keyboard.press("Enter")
    actor = status(page)
    assert actor != everything and page.locator(".chip").all_inner_texts() == ["Dmytro Kuleba ×"]
    page.locator('[data-view="systems"] .choice').first.click()
    assert page.locator(".chip").count() == 2
    page.get_by_label("Find in text").fill("no such words")
    assert "Nothing passes" in page.locator(".empty").inner_text()
    page.get_by_role("button", name="Undo").click()
    assert page.locator(".chip").count() == 2
    page.get_by_role("button", name="Undo").click()
    assert status(page) == actor
    page.get_by_role("button", name="Redo").click()
    page.get_by_role("button", name="Remove filter Actor: Dmytro Kuleba").click()
    assert page.locator(".chip").count() == 1
    page.get_by_role("button", name="Reset").click()
    assert status(page) == everything
    page.get_by_label("Actor", exact=True).fill("nobody of that name")
    page.keyboard.press("Enter")
    assert "No names hold" in page.get_by_role("alert").inner_text()


def test_a_brush_over_the_chart_selects_its_periods(page):
    chart = page.locator('[data-view="frequency"] svg').bounding_box()
    middle = chart["y"] + chart["height"] / 2
    page.mouse.move(chart["x"] + chart["width"] * 0.4, middle)
    page.mouse.down()
    page.mouse.move(chart["x"] + chart["width"] * 0.6, middle)
    page.mouse.up()
    first, last = page.evaluate("explorer.selection.period")
    assert first.endswith("-01") and date.fromisoformat(last) + timedelta(days=1) == date.fromisoformat(
        last[:8] + "01"
    ) + timedelta(days=int(last[8:]))
    shown = page.evaluate("explorer.state().views.frequency.rows.map(([period]) => period)")
    assert shown[0] == first and shown[-1][:7] == last[:7]
    page.wait_for_function("model.get('period').length")
    assert page.evaluate("model.get('selection').period") == [first, last]


def test_everything_works_by_keyboard(page):
    handle = page.get_by_label("Period from", exact=True)
    handle.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("explorer.axis.from") == 1
    bars = page.locator('[data-view="actors"] .choice')
    bars.first.focus()
    page.keyboard.press("ArrowDown")
    chosen = page.evaluate("document.activeElement.dataset.key")
    page.keyboard.press("Enter")
    assert page.evaluate("explorer.selection.actor") == [chosen]
    assert page.evaluate("document.activeElement.dataset.key") == chosen  # still there after the redraw
    page.locator(".item button").nth(1).focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"


def test_evidence_shows_reports_rules_and_safe_links(page, case):
    page.evaluate("explorer.select({ actor: ['Dmytro Kuleba'] })")
    first = page.locator(".item").first
    first.get_by_role("button").click()
    assert first.locator("li").count() == int(first.get_by_role("button").inner_text().split()[0])
    report = first.locator("li").first.inner_text()
    assert "Date: " in report and "→" in report and "Why this date: " in report
    assert first.get_by_role("link").first.get_attribute("rel") == "noopener noreferrer"
    assert page.locator(".item mark").count() > 0
    page.get_by_label("Order of the list").select_option("oldest")
    days = page.evaluate("explorer.evidence.order.map((row) => explorer.rows.start[row]).filter((day) => day > -1e9)")
    assert days == sorted(days) and len(days) > 10


def test_the_list_grows_as_it_is_scrolled(page):
    articles = page.locator(".item")
    before = articles.count()
    page.locator(".list").evaluate("(list) => (list.scrollTop = list.scrollHeight)")
    page.wait_for_function(f"document.querySelectorAll('.item').length > {before}")
    assert articles.last.get_attribute("aria-setsize") == str(page.evaluate("explorer.chosen.length"))


def test_text_from_the_table_stays_text_and_csv_is_safe(browser, case, tmp_path):
    poison = '=1+1 <img src=x onerror="document.title = 1"><script>document.title = 1</script>'
    rows = case.statements.head(3).assign(
        statement=poison, speaker=poison, url="javascript:alert(1)", spans=[[(0, 4, poison)]] * 3
    )
    (tmp_path / "page.html").write_text(page_of(Explorer(rows)), encoding="utf-8")
    context = browser.new_context()
    page = context.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_function("globalThis.explorer")
    page.locator(".item button").first.click()
    assert page.locator(".item .statement").first.inner_text() == poison
    assert page.title() == "Explorer" and page.locator(".item a, .item img").count() == 0
    with page.expect_download() as download:
        page.get_by_role("button", name="Save rows as CSV").click()
    table = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    assert [row["statement"] for row in table] == ["'" + poison] * 3
    assert {row["id"] for row in table} == set(rows["id"])
    context.close()


def test_charts_can_be_saved(page):
    for view in page.evaluate("explorer.sections.map(({ name }) => name)"):
        section = page.locator(f'section[data-view="{view}"]')
        with page.expect_download() as download:
            section.get_by_role("button", name="Save chart as SVG").click()
        assert download.value.path().read_text(encoding="utf-8").startswith("<svg")
    with page.expect_download() as download:
        section.get_by_role("button", name="Save chart as PNG").click()
    assert download.value.path().read_bytes()[:4] == b"\x89PNG"


def test_each_chart_has_its_numbers_as_a_table(page):
    for section in page.locator("section.view").all():
        section.get_by_role("button", name="Table").click()
        assert section.locator("tbody tr").count() > 0


def test_the_address_holds_the_selection(opened):
    page = opened()
    page.evaluate("explorer.select({ system: ['ATACMS'], period: ['2023-07-01', '2023-10-31'], role: 'either' })")
    page.get_by_role("button", name="Timeline").click()
    page.get_by_label("Periods").select_option("W-MON")
    page.wait_for_function("location.hash.includes('freq')")
    fragment, shown = page.evaluate("[location.hash, explorer.state().views.frequency]")
    assert fragment == "#period=2023-07-01..2023-10-31&role=either&system=ATACMS&freq=W-MON&view=timeline"
    again = opened(fragment)
    assert status(again) == status(page) and again.evaluate("explorer.state().views.frequency") == shown
    odd = opened("#system=Excalibur%20II&position=support")
    assert "system “Excalibur II”" in odd.get_by_role("alert").inner_text() and odd.locator(".chip").count() == 1
    assert status(opened("#chapter-2")) == status(opened())


def test_python_can_change_the_selection(page):
    page.evaluate("model.set('selection', { position: ['support'] })")
    assert page.locator(".chip").all_inner_texts() == ["support ×"]
    page.evaluate("model.set('period', ['2023-07-01', '2023-07-31'])")
    assert page.locator(".chip").count() == 2
    for view in VIEWS[1:]:
        page.evaluate(f"model.set('view', '{view}')")
        assert page.locator("section.view:visible").count() == (view != "statements")


@pytest.mark.parametrize("width", [360, 700, 1600])
def test_nothing_runs_over_the_width(opened, width):
    page = opened(width=width, color_scheme="dark")
    page.wait_for_function("explorer.widths.frequency > 0")
    page.evaluate("new Promise(requestAnimationFrame)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("explorer.sections.every(({ svg, element }) => svg.clientWidth <= element.clientWidth)")
    assert page.evaluate("getComputedStyle(document.querySelector('.explorer')).backgroundColor") == "rgb(22, 24, 27)"


def test_a_change_is_shown_at_once(page):
    """Median of 50 changes, from the event to the end of the update; the ceiling is that of a busy machine."""
    took = page.evaluate(
        """() => Array.from({ length: 50 }, (_, i) => {
          const handle = explorer.handles[0];
          handle.value = 1 + (i % 30);
          const begun = performance.now();
          handle.dispatchEvent(new Event("input"));
          return performance.now() - begun;
        }).sort((a, b) => a - b)[25]"""
    )
    assert took < 100


def test_nothing_left_says_so_and_leads_back(page):
    everything = status(page)
    page.locator('[data-view="actors"] .choice').first.click()
    page.get_by_label("Find in text").fill("no such words")
    assert status(page).startswith("0 of ") and page.locator(".list").is_hidden()
    page.get_by_role("button", name="Take back the last step").click()
    assert page.locator(".chip").count() == 1 and page.locator(".item").count() > 0
    page.get_by_label("Find in text").fill("no such words")
    page.get_by_role("button", name="Show everything").click()
    assert status(page) == everything and page.locator(".list").is_visible()


def test_a_cell_of_the_matrix_keeps_its_pair(page):
    cell = page.locator('[data-view="matrix"] .choice').first
    actor, system = cell.get_attribute("data-key").split("|")
    page.evaluate("explorer.select({ actor: ['Olaf Scholz'], position: ['support'] })")
    page.locator(f'[data-view="matrix"] .choice[data-key="{actor}|{system}"]').click()
    assert page.evaluate("explorer.selection") == {"actor": [actor], "system": [system], "position": ["support"]}
    assert page.locator(f'.choice[data-key="{actor}|{system}"]').get_attribute("aria-pressed") == "true"
    page.locator(f'.choice[data-key="{actor}|{system}"]').click()
    assert page.evaluate("explorer.selection") == {"position": ["support"]}


def test_the_selection_stands_against_the_whole(page):
    chart = page.locator('section[data-view="frequency"]')
    page.evaluate("explorer.select({ position: ['support'] })")
    against, grey = chart.get_by_role("button", name="Against all"), chart.locator("svg .all")
    for _ in range(2):
        shown = against.get_attribute("aria-pressed")
        assert shown == str(bool(grey.get_attribute("d"))).lower()
        against.click()
        assert against.get_attribute("aria-pressed") != shown
    page.evaluate("explorer.select({})")
    assert against.is_hidden()


def test_a_drag_of_a_handle_is_one_step_of_undo(page):
    handle = page.get_by_label("Period from", exact=True)
    handle.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("explorer.axis.from") == 4
    page.get_by_role("button", name="Undo").click()
    assert page.evaluate("[explorer.axis.from, explorer.past.length]") == [0, 0]


def test_days_can_be_typed(page):
    page.get_by_label("Period from (date)").fill("2023-08-11")
    page.get_by_label("Period to (date)").fill("2023-08-20")
    assert page.evaluate("explorer.selection.period") == ["2023-08-11", "2023-08-20"]
    page.get_by_label("Period to (date)").fill("2023-08-01")
    assert "ends before it begins" in page.get_by_role("alert").inner_text()


def test_the_selection_can_be_copied(opened):
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("explorer.select({ system: ['Storm Shadow'], text: 'a & b' })")
    page.get_by_role("button", name="Copy selection").click()
    page.locator(".status", has_text="Copied: ").wait_for()  # the clipboard answers in its own time
    assert page.evaluate("navigator.clipboard.readText()") == "system=Storm%20Shadow&text=a%20%26%20b"


def test_errors_are_shown_in_the_widget(browser, case, tmp_path):
    (tmp_path / "page.html").write_text(page_of(Explorer(case.statements.head(40))), encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_function("globalThis.explorer")
    page.evaluate("void (explorer.saveRows = async () => { throw new Error('the disk is full') })")
    page.get_by_role("button", name="Save rows as CSV").click()
    assert page.get_by_role("alert").inner_text() == "The Explorer could not do this: the disk is full"
    page.evaluate("void (explorer.count = () => { throw new Error('no counts') })")
    page.evaluate("model.set('selection', { position: ['support'] })")
    assert "no counts" in page.get_by_role("alert").inner_text()
    page.evaluate("location.hash = '#actor=%E0%A4%A'")
    page.wait_for_function("document.querySelector('.alert').textContent.includes('URI')")
    page.close()


def test_a_page_of_a_large_table_says_that_it_has_no_texts(browser, case, tmp_path):
    (tmp_path / "page.html").write_text(page_of(Explorer(case.statements, most_texts=1000)), encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_function("globalThis.explorer")
    assert "not part of this page" in page.locator(".item").first.inner_text()
    assert page.get_by_label("Find in text").is_disabled()
    page.get_by_role("button", name="Save rows as CSV").click()
    assert "explorer.statements" in page.get_by_role("alert").inner_text()
    page.close()


def test_a_table_without_rows_or_without_systems_opens(browser, case, tmp_path):
    bare = case.statements.head(30).assign(systems=[[]] * 30, families=[[]] * 30, position="")
    for rows in (case.statements.iloc[:0], bare):
        (tmp_path / "page.html").write_text(page_of(Explorer(rows)), encoding="utf-8")
        page = browser.new_page()
        page.goto((tmp_path / "page.html").as_uri())
        page.wait_for_function("globalThis.explorer")
        assert page.get_by_role("alert").count() == 0 and page.locator('[data-view="matrix"]').count() == 0
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(opened, scheme):
    module = "axe_playwright_python.sync_playwright"
    axe = pytest.importorskip(module, reason="axe is not installed: pip install axe-playwright-python").Axe()
    page = opened(color_scheme=scheme)

    def serious() -> list:
        found = axe.run(page).response["violations"]
        return [
            (fault["id"], fault["nodes"][0]["html"]) for fault in found if fault["impact"] in ("serious", "critical")
        ]

    assert serious() == []
    page.evaluate("explorer.select({ actor: ['Olaf Scholz'], role: 'either', system: ['Taurus'] })")
    for opener in [*page.locator("summary").all(), *page.get_by_role("button", name="Table").all()]:
        opener.click()
    page.locator(".item button").first.click()
    assert serious() == []
    page.get_by_label("Find in text").fill("no such words")
    assert serious() == []


VOILA = """\
import ipywidgets, pandas
from analysis.explore import Explorer
statements = pandas.read_pickle("statements.pickle")
explorer, told = Explorer(statements), ipywidgets.Label("nothing yet")
explorer.observe(lambda change: setattr(told, "value", repr(explorer)), "selection")
ipywidgets.VBox([explorer, told, Explorer(statements, most_texts=10)])"""


@pytest.fixture
def voila(case, tmp_path):
    """The address of a notebook of one cell (VOILA) that Voilà serves."""
    pytest.importorskip("voila", reason="Voilà is not installed: pip install voila to test the Explorer there")
    case.statements.head(200).to_pickle(tmp_path / "statements.pickle")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(VOILA)])
    nbformat.write(notebook, tmp_path / "page.ipynb")
    places = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "voila", "page.ipynb", "--no-browser", "--Voila.ip=127.0.0.1", f"--port={port}"]
    paths = {"PYTHONPATH": str(Path(__file__).parent.parent)}
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=tmp_path, env=os.environ | places | paths, stdout=log, stderr=log)
    try:
        for _ in range(300):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert server.poll() is None, (tmp_path / "log").read_text()
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(20)


def test_voila_shows_it_and_python_is_told(browser, voila):
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(90_000)
    page.goto(voila)
    small, large = page.locator(".explorer").first, page.locator(".explorer").last
    large.locator(".item .statement").first.wait_for()  # its texts come from Python
    assert large.locator(".waiting").count() == 0
    large.get_by_label("Find in text").fill("Missile")
    page.wait_for_function("([e]) => !e.explorer.tables.awaited", arg=[large.element_handle()])
    found = small.evaluate("(e) => (e.explorer.select({ text: 'Missile' }), e.explorer.chosen.length)")
    assert large.evaluate("(e) => e.explorer.chosen.length") == found > 10
    small.get_by_role("button", name="Reset").click()
    small.locator("section.systems .choice").first.click()
    page.get_by_text("statements, selection: system=").wait_for()  # the label that an observer in Python writes
    page.close()
