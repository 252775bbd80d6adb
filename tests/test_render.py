import json
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from analysis.page import FIGURE, WIDGET, cleaned
from analysis.render import RenderError, photographs, render, store

INJECTIONS = Path(__file__).with_name("injections.txt").read_text("utf-8").splitlines()
TABLE = "id,published,statement\n1,2023-07-21,one\n2,2023-08-16,two\n3,,three\n"
FIGURE_CELL = """\
import plotly.graph_objects as go, plotly.io as pio
pio.renderers.default = "plotly_mimetype"
meta = {"alt": "Bars: 2 in July & 3 in August.", "table": {"month": ["July", "August"], "reports": [2, 3]}}
go.Figure(go.Bar(x=["July", "August"], y=[2, 3]), {"title": {"text": "Reports a month"}, "meta": meta})"""
WIDGET_CELL = """\
import anywidget, traitlets, ipywidgets
class Counter(anywidget.AnyWidget):
    _esm = "export default { render({ model, el }) { el.textContent = `count ${model.get('count')}`; } };"
    count = traitlets.Int(3).tag(sync=True)
ipywidgets.VBox([ipywidgets.Dropdown(description="Period", options=["all"]), Counter()])"""
CELLS = [
    "# How often is it said?\n\n**Twice** a month or [three times](01-more.ipynb#How); see [dates](../data/README.md).",
    ">" + FIGURE_CELL,
    ">import pandas as pd\npd.DataFrame({'statement': ['<script>alert(1)</script>'], 'n': [1]})",
    "# A second first heading\n\n[elsewhere](https://example.org/) [a file](../data/statements.csv)",
    ">" + WIDGET_CELL,
    ">print('said\\x1b[31m <b>twice')",
]


def write_notebook(path: Path, cells: list[str]) -> Path:
    """A notebook of markdown cells and, where they begin with `>`, code cells."""
    made = [new_code_cell(c[1:]) if c.startswith(">") else new_markdown_cell(c) for c in cells]
    for at, cell in enumerate(made):
        cell.id = f"cell-{at}"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=made), path)
    return path


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A folder with a table, its codebook and one notebook, rendered to `pages`."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "data").mkdir()
    (folder / "data" / "statements.csv").write_text(TABLE, "utf-8")
    (folder / "data" / "README.md").write_text("# Codebook\n\nWhat the columns hold.\n", "utf-8")
    write_notebook(folder / "notebooks" / "00-often.ipynb", CELLS)
    render([folder / "notebooks" / "00-often.ipynb"], folder / "pages", progress=lambda line: None)
    return folder


@pytest.fixture(scope="module")
def page(project):
    return (project / "pages" / "00-often.html").read_text("utf-8")


def visible(page: str) -> str:
    """The page without its script, style and packed data."""
    return re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)


def test_page_needs_nothing_from_outside(page):
    assert not re.findall(r'(?:src|srcset|data|action|poster)="(?!data:)[^"]*"', visible(page))
    assert "default-src 'none'" in page
    assert page.count("packed-plotly") == 2  # once as data, once in the script that unpacks it


def test_page_has_one_title_one_main_and_no_second_first_heading(page):
    assert page.count("<h1") == page.count("<main>") == 1
    assert "<title>How often is it said?</title>" in page
    assert '<meta name="description" content="Twice a month or three times; see dates.">' in page
    assert re.search(r"<h2[^>]*>A second first heading</h2>", page)


def test_links_lead_to_pages_and_http_and_nowhere_else(page):
    links = re.findall(r'href="(.*?)"', page.split("<main>")[1].split("</main>")[0])
    assert links == ["01-more.html#How", "codebook.html", "https://example.org/"]


def test_each_chart_has_alternative_text_and_a_place_for_its_table(page):
    assert '<figure id="fig-1-0"><div class="plot" role="img" aria-label="Bars: 2 in July &amp; 3 in August."' in page
    assert 'id="table-1-0"' in page


def test_text_of_the_table_is_shown_and_not_markup(page):
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in visible(page)
    assert '<pre class="printed" tabindex="0">said &lt;b&gt;twice\n</pre>' in page


def test_widget_lives_and_a_control_beside_it_becomes_a_note(page):
    assert re.search(r'<p class="note">“Period” .*JupyterLab.*</p>\n<div class="widget" id="widget-4-0-0">', page)


def test_code_is_hidden_unless_asked_for(project, page):
    assert '<body data-page="00-often" class="">' in page
    assert "Show code</button>" in page


def test_footer_says_which_table_and_version(page):
    footer = page.split("<footer>")[1]
    assert re.search(r"statement-workbook [\d.]+ from statements\.csv: 3 rows", footer)
    assert re.search(r"the latest published on 2023-08-16, SHA-256 [0-9a-f]{12}\.", footer)
    assert 'href="codebook.html"' in footer


def test_index_tells_what_was_found_and_keeps_entries_of_other_pages(project):
    pages = project / "pages"
    index = (pages / "index.html").read_text("utf-8")
    assert '<a href="00-often.html">How often is it said?</a>' in index
    assert "<strong>Twice</strong> a month" in index
    more = write_notebook(project / "notebooks" / "01-more.ipynb", ["# More?\n\nYes."])
    render([more], pages, progress=lambda line: None)
    both = (pages / "index.html").read_text("utf-8")
    assert re.findall(r'data-page="(\d.*?)"', both) == ["00-often", "01-more"]
    assert "<strong>Twice</strong> a month" in both


def test_rendering_twice_gives_the_same_bytes(project, tmp_path):
    render([project / "notebooks" / "00-often.ipynb"], tmp_path, progress=lambda line: None)
    for name in ("00-often.html", "codebook.html"):
        assert (tmp_path / name).read_bytes() == (project / "pages" / name).read_bytes()


def test_failing_notebook_is_named_with_its_cell_and_leaves_no_page(tmp_path):
    good = write_notebook(tmp_path / "good.ipynb", ["# Good"])
    bad = write_notebook(tmp_path / "bad.ipynb", ["# Bad", ">1 + 1", ">{}['ATACMS']"])
    (tmp_path / "index.html").write_text("before", "utf-8")
    with pytest.raises(RenderError, match=r"bad\.ipynb, cell 2: KeyError: 'ATACMS'"):
        render([good, bad], tmp_path, progress=lambda line: None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.ipynb", "good.ipynb", "index.html"]
    assert (tmp_path / "index.html").read_text("utf-8") == "before"


def test_what_is_no_notebook_is_named(tmp_path):
    (tmp_path / "text.ipynb").write_text("no JSON", "utf-8")
    with pytest.raises(RenderError, match=r"text\.ipynb: not a Jupyter notebook"):
        render([tmp_path / "text.ipynb"], tmp_path / "out")
    with pytest.raises(RenderError, match=r"none\.ipynb: No such file"):
        render([tmp_path / "none.ipynb"], tmp_path / "out")
    with pytest.raises(RenderError, match="none named index or codebook"):
        render([tmp_path / "index.ipynb"], tmp_path / "out")


def test_stored_notebook_has_outputs_and_nothing_of_the_machine(tmp_path):
    path, twin = (write_notebook(tmp_path / name, CELLS) for name in ("stored.ipynb", "twin.ipynb"))
    said = []
    store([path, twin], progress=said.append)
    assert path.read_bytes() == twin.read_bytes()
    notebook = json.loads(path.read_text("utf-8"))
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    assert notebook["metadata"]["language_info"] == {"name": "python"}
    figure, _, box, printed = (cell["outputs"][0] for cell in notebook["cells"] if cell["cell_type"] == "code")
    assert FIGURE in figure["data"]
    assert ("image/png" in figure["data"]) is not any("no pictures" in line for line in said)
    assert WIDGET not in box["data"]
    assert printed["text"] == ["said\x1b[31m <b>twice\n"]


def test_without_a_browser_pictures_are_left_out_with_a_message(monkeypatch):
    def none(**options):
        raise RuntimeError("no Chrome here\nlong advice")

    monkeypatch.setattr("kaleido.Kaleido", none)
    said = []
    assert photographs([{"data": [], "layout": {}}], said.append) == [None]
    assert said == ["no pictures of the figures: no Chrome here"]


@pytest.mark.parametrize("text", INJECTIONS)
def test_shown_html_keeps_nothing_that_runs_or_fetches(text):
    shown = cleaned(f"<p>{text}</p>")
    tags = re.findall(r"<([^>]*)>", shown)
    assert not [tag for tag in tags if re.match(r"(?i)/?(?!a|b|details|div|img|p|table|t[drh]|tbody)\w", tag)]
    assert not [tag for tag in tags if re.search(r'(?i)\son\w+=|src="(?!data:)|href="(?!https?:)|url\(|position', tag)]
