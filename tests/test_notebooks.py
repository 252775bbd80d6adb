"""The notebooks as files, and nbval as a gate: it must fail when one value in the data is wrong."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ONE_LINE = 120


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4), request.param


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_notebooks_are_those_of_the_workbook():
    assert [path.stem for path in NOTEBOOKS] == [
        "00-overview",
        "01-statement-frequency",
        "02-actor-involvement",
        "03-systems-mentioned",
        "04-explorer",
        "05-data-quality",
    ]


def test_notebook_asks_first_and_defines_nothing(notebook):
    notebook, _ = notebook
    title = notebook.cells[0].source.splitlines()[0]
    assert notebook.cells[0].cell_type == "markdown" and title.startswith("# ") and title.endswith("?")
    for cell in code(notebook):
        tree = ast.parse(cell.source)
        assert not any(isinstance(n, ast.FunctionDef | ast.ClassDef | ast.Lambda) for n in ast.walk(tree)), cell.source
        assert max(map(len, cell.source.splitlines())) <= ONE_LINE, cell.source


def test_notebook_is_stored_as_it_ran_without_widget_state(notebook):
    notebook, path = notebook
    cells = code(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert all(output.output_type != "error" for cell in cells for output in cell.outputs)
    assert "widgets" not in notebook.metadata
    assert path.stat().st_size < 1_500_000


def test_notebook_shows_a_plain_figure_before_its_widget_and_a_check_after_it(notebook):
    notebook, path = notebook
    cells = code(notebook)
    widgets = [i for i, cell in enumerate(cells) if "Explorer(" in cell.source]
    if path.stem.startswith("05"):
        return
    assert widgets
    shown = [
        i for i, cell in enumerate(cells) for o in cell.outputs if "application/vnd.plotly.v1+json" in o.get("data", {})
    ]
    assert min(shown) < widgets[0]
    assert any("selection" in cell.source and ".counts" in cell.source for cell in cells[widgets[0] :])


def test_nbval_fails_when_one_value_is_wrong(tmp_path):
    """One system wrong in one row of a copy; that the notebook passes as it is, the suite itself shows."""
    right, wrong = "had sort of decided about Tomahawk", "had sort of decided about ATACMS"
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "notebooks").mkdir()
    for name in ("conftest.py", "03-systems-mentioned.ipynb"):
        shutil.copy(ROOT / "notebooks" / name, tmp_path / "notebooks")
    table = tmp_path / "data" / "statements.csv"
    printed = table.read_text()
    assert right in printed
    table.write_text(printed.replace(right, wrong, 1))
    options = "-q -p no:cacheprovider --nbval --nbval-current-env --tb=short notebooks".split()
    command = [sys.executable, "-m", "pytest", *options]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert run.returncode == 1, run.stdout[-3000:]
    assert "data " in run.stdout  # the line of the text summary that differs is shown
