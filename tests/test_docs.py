"""Set-up and documents: dependencies in one place, the two commands, no host names, every public name documented."""

import ast
import base64
import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version
from rattler import MatchSpec

from analysis.quality import accuracy
from analysis.read import read_actors, read_labels, shipped

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
MODULES = sorted((ROOT / "analysis").glob("[!_]*.py"))


def test_conda_environment_repeats_no_dependency_of_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    *conda, pip = environment["dependencies"]
    names = [str(MatchSpec(spec, strict=True).name.normalized) for spec in conda]
    assert names == ["python", "pip"]
    assert pip == {"pip": ["-e .[lab,share,test]"]}
    floor = re.search(r">=\s*([\d.]+)", conda[0]).group(1)
    assert PROJECT["project"]["requires-python"] == f">={floor}"


def test_default_group_names_the_same_extras_as_conda():
    group = Requirement(PROJECT["dependency-groups"]["dev"][0])
    assert group.name == PROJECT["project"]["name"]
    assert group.extras == {"lab", "share", "test"} == set(PROJECT["project"]["optional-dependencies"])


def test_lock_holds_every_dependency_in_a_version_that_pyproject_allows_and_names_no_host():
    text = (ROOT / "requirements.lock").read_text()
    locked = {m[1].lower(): Version(m[2]) for m in re.finditer(r"^([\w.-]+)==([\w.]+)", text, re.M)}
    extras = PROJECT["project"]["optional-dependencies"].values()
    for needed in map(Requirement, [*PROJECT["project"]["dependencies"], *(d for extra in extras for d in extra)]):
        assert locked[needed.name.lower()] in needed.specifier, needed
    assert "://" not in text


def test_readme_gives_the_two_commands():
    readme = (ROOT / "README.md").read_text()
    assert "\npip install uv && uv run workbook lab\n" in readme
    assert "\npip install uv && uv run pytest\n" in readme


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_public_names_and_modules_say_what_they_are(module):
    tree = ast.parse(module.read_text())
    assert ast.get_docstring(tree), module.name
    shown = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and not n.name.startswith("_")]
    readme = (ROOT / "README.md").read_text()
    for node in shown:
        if re.search(rf"`{node.name}[`(]", readme):
            assert ast.get_docstring(node), f"{module.name}: {node.name}"


def test_modules_import_only_from_those_before_them():
    order = (
        "read dates lexicon names search mentions events clean write count quality "
        "figure chart explore page render __main__"
    ).split()
    for module in [*MODULES, ROOT / "analysis" / "__main__.py"]:
        imported = re.findall(r"from analysis\.(\w+) import", module.read_text())
        late = [name for name in imported if order.index(name) >= order.index(module.stem)]
        assert not late, f"{module.name} imports {late}"


def test_columns_of_the_clean_table_stand_in_the_codebook():
    from analysis.write import STATEMENT_COLUMNS

    codebook = (ROOT / "data" / "README.md").read_text()
    assert [c for c in STATEMENT_COLUMNS if f"`{c}`" not in codebook] == []


def test_readme_shows_the_answer_chart_as_stored():
    notebook = json.loads((ROOT / "notebooks" / "00-overview.ipynb").read_text())
    bundles = [output.get("data", {}) for cell in notebook["cells"] for output in cell.get("outputs", [])]
    picture = next(data["image/png"] for data in bundles if "image/png" in data)
    assert base64.b64decode("".join(picture)) == (ROOT / "notebooks" / "answer.png").read_bytes()


def test_readme_gives_the_scores_as_they_are(case):
    rows = re.findall(r"^\| ([\w ]+: [\w1 ]+) \| ([\d.]+) \|$", (ROOT / "README.md").read_text(), re.M)
    labels, actors = read_labels(shipped("labels.csv")), read_actors(shipped("actors.csv"))
    scores = accuracy(case.statements, labels, actors).set_index("measure")["percent"]
    assert len(rows) == 8
    assert {measure: float(percent) for measure, percent in rows} == {measure: scores[measure] for measure, _ in rows}


def test_readme_counts_the_languages_of_the_date_tables():
    tables = len(list((ROOT / "analysis" / "words" / "dates").glob("*.csv")))
    assert f"day of publication, in {tables} languages" in (ROOT / "README.md").read_text()
