"""Executed notebook -> one self-contained HTML page: text in, text out.

A page holds its text as HTML and, packed with gzip, plotly.js (once) and the data of its charts and widgets, which
`page.js` brings to life. Its content-security policy allows that one script and no connection; what cells show as HTML
passes a list of allowed tags. So the text of a statement can neither run nor fetch anything.
"""

import base64
import gzip
import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import cache
from html import escape, unescape
from pathlib import Path
from string import Template

import plotly.graph_objects as go
from bleach.css_sanitizer import CSSSanitizer
from bleach.sanitizer import Cleaner
from nbconvert.filters.ansi import strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from plotly.offline import get_plotlyjs
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from analysis import __version__
from analysis.chart import alt_text, table_twin

FIGURE = "application/vnd.plotly.v1+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
STATES = "application/vnd.jupyter.widget-state+json"
SHOWN = [WIDGET, FIGURE, "text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]
TAGS = (
    "a abbr b blockquote br caption code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img kbd li mark ol p pre s "
    "small span strong sub summary sup table tbody td tfoot th thead tr u ul"
).split()


@dataclass
class Page:
    """A page being put together: title and lead (HTML), body, and the data of charts and widgets by element id."""

    name: str
    folder: Path
    codebook: Path | None = None
    models: dict = field(default_factory=dict)
    figures: dict = field(default_factory=dict)
    widgets: dict = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)  # of widgets, as JSON, each once
    title: str = ""
    lead: str = ""
    body: str = ""

    @classmethod
    def of(cls, path: Path, notebook: NotebookNode, codebook: Path | None = None) -> "Page":
        """The page of an executed notebook; a link to `codebook` leads to the page codebook.html."""
        models = notebook.metadata.get("widgets", {}).get(STATES, {}).get("state", {})
        page = cls(path.stem, path.resolve().parent, codebook, models)
        return page.filled("\n".join(page.cell(cell, at) for at, cell in enumerate(notebook.cells)))

    def filled(self, body: str) -> "Page":
        """Set the body. Its first heading is the title, a paragraph right after it the lead; no other h1 stays."""
        if "</h1>" not in body:
            body = f"<h1>{escape(self.name)}</h1>\n{body}"
        head, _, rest = body.partition("</h1>")
        self.title = head.partition("<h1")[2].partition(">")[2]
        self.lead = "".join(re.findall(r"\A\s*<p>(.*?)</p>", rest, re.DOTALL))
        self.body = f"{head}</h1>{rest.replace('<h1', '<h2').replace('</h1>', '</h2>')}"
        return self

    def cell(self, cell: NotebookNode, at: int) -> str:
        if cell.cell_type == "markdown":
            return self.markdown(cell.source, cell.get("attachments"))
        if cell.cell_type != "code" or not cell.source.strip():
            return ""
        code = highlight(cell.source, PythonLexer(), HtmlFormatter(nowrap=True))
        shown = [self.output(output, f"{at}-{n}") for n, output in enumerate(cell.outputs)]
        return "\n".join([f'<pre class="code"><code>{code}</code></pre>', *shown])

    def output(self, output: NotebookNode, at: str) -> str:
        if output.output_type == "stream":  # warnings are for those who read the code
            return printed(output.text, "code" if output.name == "stderr" else "printed")
        if output.output_type == "error":  # of a cell tagged raises-exception
            return printed(f"{output.ename}: {output.evalue}")
        kind = next((kind for kind in SHOWN if output.data.get(kind)), "")
        content = output.data.get(kind, "")
        if kind == WIDGET:
            return self.widget(content["model_id"], at)
        if kind == FIGURE:
            return self.figure(content, at)
        if kind == "text/html":
            shown = cleaned(content).replace("<th></th>", "<td></td>")  # pandas' corner is no heading
            return f'<div class="table" role="region" aria-label="Output {at}" tabindex="0">{shown}</div>'
        if kind == "text/markdown":
            return self.markdown(content)
        if kind.startswith("image/"):
            data = base64.b64encode(content.encode()).decode() if "svg" in kind else content.replace("\n", "")
            alt = output.metadata.get(kind, {}).get("alt") or output.data.get("text/plain", "")
            return f'<p><img alt="{escape(alt)}" src="data:{kind};base64,{data}"></p>'
        return printed(content) if content else ""

    def figure(self, spec: dict, at: str) -> str:
        """A chart: here its alternative text and the places for it and its table twin; the numbers go to the script."""
        figure = go.Figure({"data": spec["data"], "layout": spec["layout"]}, skip_invalid=True)
        twin = json.loads(table_twin(figure).to_json(orient="split", index=False, double_precision=4))
        self.figures[f"fig-{at}"] = {"data": spec["data"], "layout": spec["layout"], "table": twin}
        alt = alt_text(figure) or plain(f"Chart: {figure.layout.title.text or at}")  # a figure that is not of chart.py
        return (
            f'<figure id="fig-{at}"><div class="plot" role="img" aria-label="{escape(alt)}" '
            f'style="min-height: {height_of(spec)}px"></div>\n<div class="tools"></div>\n<div class="twin" '
            f'id="table-{at}" role="region" aria-label="Numbers of chart {at}" tabindex="0" hidden></div></figure>'
        )

    def widget(self, model: str, at: str) -> str:
        """A widget with a script of its own lives in the page; a box shows what is in it; a control becomes a note."""
        state = self.models.get(model, {}).get("state", {})
        if "_esm" in state:
            name, buffers = f"widget-{at}-{len(self.widgets)}", self.models[model].get("buffers", [])
            self.widgets[name] = {
                "module": self.part(state["_esm"]),
                "style": self.part(state.get("_css", "")),
                "state": {k: self.part(v) for k, v in state.items() if k not in ("_esm", "_css", "layout")},
                "buffers": [buffer | {"data": self.part(buffer["data"])} for buffer in buffers],
            }
            return f'<div class="widget" id="{name}"></div>'
        if state.get("children"):
            return "\n".join(self.widget(child.removeprefix("IPY_MODEL_"), at) for child in state["children"])
        label = state.get("description") or state.get("_model_name", "widget").removesuffix("Model")
        return f'<p class="note">“{escape(label)}” is a control that works in JupyterLab only.</p>'

    def part(self, value) -> int:
        """The place of a value among the parts of the page, where widgets that show one table share them."""
        return self.parts.setdefault(json.dumps(value, ensure_ascii=False), len(self.parts))

    def markdown(self, text: str, attachments: dict | None = None) -> str:
        """Markdown as safe HTML: pictures beside the notebook are built in, a link to a notebook leads to its page."""
        renderer = IPythonRenderer(escape=False, embed_images=True, path=str(self.folder), attachments=attachments)
        text = MarkdownWithMath(renderer=renderer).render(text)
        text = re.sub(r'<a class="anchor-link".*?</a>', "", text)
        return cleaned(re.sub(r'href="([^":#?]+)\.(ipynb|md)(#[^"]*)?"', self.link_to_page, text))

    def link_to_page(self, link: re.Match) -> str:
        is_codebook = self.codebook and (self.folder / f"{unescape(link[1])}.{link[2]}").resolve() == self.codebook
        return f'href="{"codebook" if is_codebook else link[1]}.html{link[3] or ""}"'

    def html(self, footer: str, code: bool = False) -> str:
        """The whole page, the same bytes for the same content; `code` shows the code from the start."""
        content = {"figures": self.figures, "widgets": self.widgets}
        data = {"packed-data": f'{json.dumps(content, ensure_ascii=False)[:-1]}, "parts": [{", ".join(self.parts)}]}}'}
        data |= {"packed-plotly": get_plotlyjs()} if self.figures else {}
        script = asset("page.js")
        return Template(asset("page.html")).substitute(
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            version=__version__,
            name=escape(self.name),
            title=plain(self.title),
            description=plain(self.lead),
            style=asset("page.css"),
            code="with-code" if code else "",
            toggle="Hide code" if code else "Show code",
            body=self.body,
            footer=footer,
            data="\n".join(f'<script type="application/gzip" id="{k}">{packed(v)}</script>' for k, v in data.items()),
            script=script,
        )


def height_of(figure: dict) -> int:
    """The height of a figure in pixels; 450 is plotly's own."""
    return int(figure["layout"].get("height") or 450)


def cleaned(text: str) -> str:
    """HTML without what could run, fetch or restyle: known tags, links to http(s) and other pages, built-in images."""
    text = re.sub(r"<(style|script)\b.*?</\1\s*>", "", text, flags=re.DOTALL | re.IGNORECASE)
    return cleaner().clean(text)


@cache
def cleaner() -> Cleaner:
    style = CSSSanitizer(allowed_css_properties=["text-align"])
    return Cleaner(TAGS, allowed, ["http", "https", "data"], strip=True, css_sanitizer=style)


def allowed(tag: str, name: str, value: str) -> bool:
    """Whether an attribute may stay."""
    if name == "href":
        return tag == "a" and bool(re.match(r"https?://|#|[\w.-]+\.html(#|$)", value))
    if name == "src":
        return tag == "img" and value.startswith("data:image/")
    if name == "id":  # of headings, for links into the page
        return tag in ("h1", "h2", "h3", "h4", "h5", "h6")
    return name in ("alt", "class", "colspan", "height", "rowspan", "scope", "style", "title", "width")


def printed(text: str, kind: str = "printed") -> str:
    return f'<pre class="{kind}" tabindex="0">{escape(strip_ansi(text))}</pre>'


def plain(text: str) -> str:
    """HTML without its tags, for an attribute."""
    return escape(unescape(re.sub(r"<.*?>", "", text)))


def packed(text: str) -> str:
    """Text as base64 of gzip, without a time in it, so that the same text gives the same bytes."""
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def asset(name: str) -> str:
    return (Path(__file__).parent / name).read_text("utf-8").strip()
