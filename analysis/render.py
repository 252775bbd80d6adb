"""Notebook -> stored outputs; notebooks -> pages that work offline, without a kernel, and their index."""

import base64
import hashlib
import re
import time
from collections.abc import Callable
from html import escape, unescape
from pathlib import Path

import kaleido
import nbformat
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert.filters.ansi import strip_ansi
from nbformat import NotebookNode

from analysis import __version__
from analysis.page import FIGURE, WIDGET, Page, height_of
from analysis.read import read_table
from analysis.write import together

Progress = Callable[[str], None]


class RenderError(RuntimeError):
    """A notebook that cannot be rendered or stored: the message names the notebook, the cell and what is wrong."""


def render(
    notebooks: list[Path], out: Path, code: bool = False, table: Path | None = None, progress: Progress = print
) -> list[Path]:
    """Execute notebooks and write one HTML page each, and an index that tells what they found; returns their paths.

    `code=False` hides the code behind a button. `table` is the one named in the footer with its rows and checksum, by
    default `data/statements.csv` beside the folder of the notebooks if it is there; a README.md in its folder becomes
    the page `codebook.html`. The index keeps its entries for pages in `out` that are not rendered now.
    Raises RenderError when a notebook fails, TableError when the table cannot be read; then no file is touched.
    """
    notebooks, out = [Path(n) for n in notebooks], Path(out)
    if not notebooks or len({n.stem for n in notebooks} | {"index", "codebook"}) < len(notebooks) + 2:
        raise RenderError("give at least one notebook, no two of one name, none named index or codebook")
    beside = notebooks[0].resolve().parents[1] / "data" / "statements.csv"
    table = Path(table) if table else beside if beside.exists() else None
    readme = table.resolve().with_name("README.md") if table else None
    codebook = readme if readme and readme.exists() else None
    footer = footer_of(table, codebook)
    pages = [Page.of(path, execute(path, True, progress), codebook) for path in notebooks]
    pages.append(index_of(pages, thumbnails(notebooks, pages, progress), out / "index.html"))
    if codebook:
        page = Page("codebook", codebook.parent)
        pages.append(page.filled(page.markdown(codebook.read_text("utf-8"))))
    files = {out / f"{page.name}.html": page.html(footer, code) for page in pages}
    together(files)
    for path, text in files.items():
        progress(f"{path}: {len(text) / 1e6:.2f} MB")
    return list(files)


def store(notebooks: list[Path], progress: Progress = print) -> list[Path]:
    """Execute notebooks in place and store their outputs: without widget state, timings or versions of this machine.

    Beside the data of each figure stands a PNG for viewers that know no plotly, where a Chrome or Chromium is found.
    Storing twice gives the same bytes. Raises RenderError when a notebook fails; then no file is touched.
    """
    executed = {Path(n): execute(Path(n), False, progress) for n in notebooks}
    bundles = [o.data for n in executed.values() for c in n.cells for o in c.get("outputs", []) if "data" in o]
    figures = [data for data in bundles if FIGURE in data]
    for data, picture in zip(figures, photographs([d[FIGURE] for d in figures], progress), strict=True):
        data.update({"image/png": picture} if picture else {})
    for data in bundles:
        data.pop(WIDGET, None)  # a random id, of no use without the state
    for notebook in executed.values():
        notebook.metadata = nbformat.from_dict(
            {
                "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
                "language_info": {"name": "python"},
            }
        )
    together({path: nbformat.writes(notebook) + "\n" for path, notebook in executed.items()})
    return list(executed)


def execute(path: Path, widgets: bool, progress: Progress) -> NotebookNode:
    """Run all cells of a notebook in its own folder; `widgets` keeps the state of its widgets in the metadata."""
    try:
        notebook = nbformat.read(path, as_version=4)
    except OSError as error:
        raise RenderError(f"{path}: {error.strerror}") from None
    except Exception:  # nbformat has no one error for what is no notebook
        raise RenderError(f"{path}: not a Jupyter notebook") from None
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # when it ran, written by JupyterLab
    at, started = [0], time.perf_counter()
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        store_widget_state=widgets,
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
        on_cell_start=lambda cell, cell_index: at.append(cell_index),
    )
    progress(f"{path.name}: running {len(notebook.cells)} cells")
    try:
        client.execute()
    except CellExecutionError as error:
        raise RenderError(f"{path.name}, cell {at[-1]}: {error.ename}: {strip_ansi(error.evalue)}") from None
    except Exception as error:  # no kernel, a kernel that died
        raise RenderError(f"{path.name}, cell {at[-1]}: {error}") from error
    progress(f"{path.name}: {time.perf_counter() - started:.1f} s")
    return notebook


def photographs(figures: list[dict], progress: Progress) -> list[str | None]:
    """Each figure as PNG in base64; None for all, and a message, where no Chrome or Chromium can be started."""
    try:
        return [base64.b64encode(png).decode() for png in run_sync(shoot)(figures)] if figures else []
    except (RuntimeError, OSError) as error:
        progress(f"no pictures of the figures: {str(error).splitlines()[0]}")
        return [None] * len(figures)


async def shoot(figures: list[dict]) -> list[bytes]:
    async with kaleido.Kaleido(mathjax=False) as camera:  # one browser for all; MathJax would be asked from outside
        return [await camera.calc_fig(f, {"format": "png", "width": 900, "height": height_of(f)}) for f in figures]


def thumbnails(notebooks: list[Path], pages: list[Page], progress: Progress) -> list[str | None]:
    """A PNG of each page's first chart: the one stored in the notebook if it shows the same data, else a new one."""
    firsts = [next(iter(page.figures.values()), None) for page in pages]
    pictures = [stored_picture(path, first) if first else None for path, first in zip(notebooks, firsts, strict=True)]
    missing = [i for i, first in enumerate(firsts) if first and not pictures[i]]
    for i, picture in zip(missing, photographs([firsts[i] for i in missing], progress), strict=True):
        pictures[i] = picture
    return pictures


def stored_picture(path: Path, figure: dict) -> str | None:
    for cell in nbformat.read(path, as_version=4).cells:
        for data in (output.get("data", {}) for output in cell.get("outputs", [])):
            if data.get(FIGURE) and all(data[FIGURE][part] == figure[part] for part in ("data", "layout")):
                return data.get("image/png", "").replace("\n", "") or None
    return None


def index_of(pages: list[Page], pictures: list[str | None], before: Path) -> Page:
    """The page that tells what the others found; an earlier index's entries stay while their pages stand beside it."""
    entry = re.compile(r'<article data-page="(.*?)">.*?</article>', re.DOTALL)
    entries = entry.finditer(before.read_text("utf-8")) if before.exists() else []
    cards = {m[1]: m[0] for m in entries if before.with_name(f"{unescape(m[1])}.html").exists()}
    for page, picture in zip(pages, pictures, strict=True):
        name = escape(page.name)
        image = f'<img alt="" src="data:image/png;base64,{picture}">' if picture else ""
        text = f'<h2><a href="{name}.html">{page.title}</a></h2>\n<p>{page.lead}</p>'
        cards[name] = f'<article data-page="{name}">{image}<div>{text}</div></article>'
    listed = "\n".join(cards[name] for name in sorted(cards))
    return Page("index", before.parent).filled(
        "<h1>What the statements show</h1>\n<p>Each page asks a question, answers it and shows how.</p>\n"
        f'<div class="cards">{listed}</div>'
    )


def footer_of(table: Path | None, codebook: Path | None) -> str:
    """Which table (rows, latest day of publication, checksum) and which version made the pages, as HTML."""
    made = f"Made by statement-workbook {__version__}"
    if table:
        raw = read_table(table)
        days = raw["published"][raw["published"].str.fullmatch(r"\d{4}-\d\d-\d\d")]
        latest = f", the latest published on {days.max()}" if len(days) else ""
        checksum = hashlib.sha256(table.read_bytes()).hexdigest()[:12]
        made += f" from {escape(table.name)}: {len(raw):,} rows{latest}, SHA-256 {checksum}"
    method = '<p><a href="codebook.html">Method and limits</a>: what the columns hold, how dates are read.</p>'
    return f"<p>{made}.</p>\n{method if codebook else ''}"
