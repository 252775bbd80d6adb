"""Rendered pages in a real browser: opened from file://, with the network off, in light and dark."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from test_render import FIGURE_CELL, INJECTIONS, write_notebook

from analysis.render import render

GRAVE = ("serious", "critical")
CHART = ">import pandas as pd\n" + FIGURE_CELL
WIDGET = """\
>import anywidget, traitlets
class Counter(anywidget.AnyWidget):
    _esm = '''
    export default { render({ model, el }) {
      const button = document.createElement("button");
      const show = () => { button.textContent = `count ${model.get("count")} ${model.get("data").getUint8(1)}`; };
      button.addEventListener("click", () => { model.set("count", model.get("count") + 1); model.save_changes(); });
      model.on("change:count", show);
      show();
      el.append(button);
    } };'''
    count = traitlets.Int(3).tag(sync=True)
    data = traitlets.Bytes(b"abc").tag(sync=True)
Counter()"""
HOSTILE = f"""\
>from IPython.display import HTML, display
texts = {INJECTIONS!r}
display(pd.DataFrame({{"statement": texts}}), HTML("".join(f"<p>{{text}}</p>" for text in texts)))
figure = go.Figure([go.Bar(x=[text], y=[1], name=text, text=[text], hovertext=[text]) for text in texts])
marks = [{{"text": text}} for text in texts]
meta = {{"alt": " ".join(texts), "table": {{"statement": texts}}}}
figure.update_layout(title=texts[0], xaxis_title=texts[9], annotations=marks, meta=meta)"""


EXPLORER = """\
>from analysis.clean import load
from analysis.explore import Explorer
Explorer(load().statements)"""
NOTED = """\
>from analysis.chart import frequency_chart
from analysis.count import statement_frequency
frequency_chart(statement_frequency(load().statements))"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    mixed = write_notebook(folder / "mixed.ipynb", ["# Does it work?", CHART, WIDGET, HOSTILE])
    explorer = write_notebook(folder / "explorer.ipynb", ["# Who says it?", CHART, EXPLORER, NOTED])
    render([mixed, explorer], folder, progress=lambda line: None)
    return folder


@pytest.fixture
def visit(browser, pages):
    """Open a page offline; afterwards there must have been no request, no script of a stranger and no error."""
    contexts, requests, errors = [], [], []

    def opened(name: str = "mixed", fragment: str = "", **options):
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_offline(True)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("dialog", lambda dialog: (errors.append(f"script ran: {dialog.message}"), dialog.dismiss()))
        page.goto((pages / f"{name}.html").as_uri() + fragment)
        return page

    yield opened
    for context in contexts:
        context.close()
    own = tuple((pages / f"{name}.html").as_uri() for name in ("mixed", "explorer"))
    assert [url for url in requests if not url.startswith((*own, "data:", "blob:"))] == []
    assert errors == []


def test_chart_is_drawn_and_answers_the_pointer(visit):
    page = visit()
    chart = page.locator("#fig-1-0[data-ready]")
    bar = chart.locator(".points path").first.bounding_box()
    page.mouse.move(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
    chart.locator(".hovertext").wait_for()
    assert "July" in chart.locator(".hoverlayer").text_content()


def test_table_and_csv_give_the_numbers_of_the_chart(visit):
    page = visit()
    chart = page.locator("#fig-1-0[data-ready]")
    chart.get_by_role("button", name="Table").click()
    assert chart.get_by_role("button", name="Table").get_attribute("aria-expanded") == "true"
    cells = chart.get_by_role("cell").all_inner_texts()
    assert cells == ["July", "2", "August", "3"]
    with page.expect_download() as download:
        chart.get_by_role("button", name="CSV").click()
    assert Path(download.value.path()).read_bytes().decode("utf-8-sig") == "month,reports\r\nJuly,2\r\nAugust,3\r\n"


def test_picture_of_a_chart_can_be_saved(visit):
    page = visit()
    with page.expect_download() as download:
        page.locator("#fig-1-0[data-ready]").get_by_role("button", name="Picture").click()
    assert download.value.suggested_filename == "fig-1-0.png"
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")


def test_notes_under_a_chart_are_text_that_wraps_with_the_page(visit):
    page = visit("explorer", viewport={"width": 400, "height": 800})
    chart = page.locator("figure[data-ready]", has=page.locator("figcaption p"))
    chart.wait_for()
    assert chart.locator("figcaption").inner_text().startswith("Without a date, not shown:")
    assert "Without a date" not in chart.locator(".plot").text_content()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 400


def test_widget_works_without_a_kernel(visit):
    page = visit()
    button = page.get_by_role("button", name="count 3 98")
    button.click()
    assert page.locator(".widget button").inner_text() == "count 4 98"


def test_chart_takes_the_colours_that_the_reader_set(visit):
    page = visit(color_scheme="light")
    title = page.locator("#fig-1-0[data-ready] .gtitle")
    light = title.evaluate("title => title.style.fill")
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(300)
    assert light != title.evaluate("title => title.style.fill") == "rgb(230, 232, 234)"


def test_print_leaves_out_what_paper_cannot_do(visit):
    page = visit()
    page.locator("#fig-1-0[data-ready]").wait_for()
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation").is_visible()
    assert not page.locator(".tools").first.is_visible()
    assert page.locator("#fig-1-0 .main-svg").first.is_visible()


def test_code_is_shown_on_request(visit):
    page = visit()
    assert not page.locator("pre.code").first.is_visible()
    page.get_by_role("button", name="Show code").click()
    assert page.locator("pre.code").first.is_visible()
    assert page.get_by_role("button", name="Hide code").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit, scheme):
    page = visit("explorer", bypass_csp=True, color_scheme=scheme)
    page.locator("main :is(figure[id], .widget)[data-ready]").nth(2).wait_for()
    page.locator("figure").first.get_by_role("button", name="Table").click()
    found = Axe().run(page).response["violations"]
    grave = [f"{fault['id']}: {fault['nodes'][0]['html'][:200]}" for fault in found if fault["impact"] in GRAVE]
    assert not grave


@pytest.mark.parametrize("guarded", [True, False])
def test_hostile_text_runs_nothing_even_without_the_policy(visit, guarded):
    page = visit(bypass_csp=not guarded)
    chart = page.locator("#fig-3-2[data-ready]")
    chart.wait_for()
    chart.get_by_role("button", name="Table").click()
    assert [cell.strip() for cell in chart.get_by_role("cell").all_text_contents()] == [t.strip() for t in INJECTIONS]
    for at in range(len(INJECTIONS)):
        chart.locator(".plot").evaluate("(plot, at) => Plotly.Fx.hover(plot, [{curveNumber: at, pointNumber: 0}])", at)
    foreign = "main :is(script, iframe, object, embed, form, input, base, meta, link, img:not([src^='data:']))"
    assert page.locator(foreign).count() == 0
    links = page.locator("main a").evaluate_all("all => all.map(a => String(a.href.baseVal ?? a.href))")
    assert {link.split(":")[0] for link in links} <= {"https", "http", ""}


def test_explorer_filters_without_a_kernel_and_reads_the_address(visit):
    page = visit("explorer")
    status = page.locator(".widget[data-ready] .status")
    everything = status.inner_text()
    page.get_by_label("Actor", exact=True).fill("dmytro kuleba")
    page.keyboard.press("Enter")
    chosen = status.inner_text()
    assert chosen != everything
    page.wait_for_url(lambda url: "actor=Dmytro%20Kuleba" in url)
    assert (
        visit("explorer", "#" + page.url.partition("#")[2]).locator(".widget[data-ready] .status").inner_text()
        == chosen
    )


def test_page_of_the_shipped_table_is_small_enough_to_send(pages):
    assert (pages / "explorer.html").stat().st_size < 2_500_000
