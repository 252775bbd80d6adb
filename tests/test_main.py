"""The command line: one verb, one act; errors in one line, exit codes that a script can use."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import __version__
from analysis.__main__ import main

ROOT = Path(__file__).parent.parent
TABLE = "id,published,date,speaker,quote\nA,2023-08-16,on Monday,Merz,Taurus for Kyiv.\nB,2023-08-16,,Merz,\n"


@pytest.fixture
def table(tmp_path):
    (tmp_path / "table.csv").write_text(TABLE)
    return tmp_path / "table.csv"


def test_clean_writes_the_four_files_and_says_what_it_did(table, tmp_path, capsys):
    assert main(["clean", str(table), "--column", "statement=quote", "--out", str(tmp_path / "out")]) == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "rejected.csv", "repairs.csv", "statements.csv", "summary.json",
    ]  # fmt: skip
    assert json.loads((tmp_path / "out/summary.json").read_text())["rows"] == 2
    told = capsys.readouterr().out
    assert "2 rows in: 1 kept" in told and "1 rejected: no statement in this row" in told


def test_registers_of_another_folder_are_given_by_option(table, tmp_path):
    systems = ROOT / "data" / "systems.csv"
    main(
        ["clean", str(table), "--column", "statement=quote", "--systems", str(systems), "--out", str(tmp_path / "out")]
    )
    assert ",Taurus," in (tmp_path / "out/statements.csv").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["clean", "nowhere.csv", "--out", "out"], "error: nowhere.csv: no such file"),
        (["clean", "{table}", "--column", "quote", "--out", "out"], "error: --column quote: write KNOWN=OWN"),
        (["clean", "{table}", "--actors", "{bad}", "--out", "out"], "belongs to"),
        (["propose", "{table}", "--column", "statement=quote"], "no actors.csv beside it"),
    ],
)
def test_unusable_input_is_one_line_on_stderr_and_exit_2(table, tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.csv").write_text("name,aliases\nAnna Berg,Berg\nNils Berg,Berg\n")
    places = {"table": table, "bad": tmp_path / "bad.csv"}
    assert main([a.format(**places) for a in arguments]) == 2
    told = capsys.readouterr()
    assert message in told.err and told.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_propose_writes_a_table_to_fill_in(table, tmp_path, capsys):
    (tmp_path / "actors.csv").write_text("name,aliases\nFriedrich Merz,\n")
    out = tmp_path / "proposals.csv"
    assert main(["propose", str(table), "--column", "statement=quote", "--out", str(out)]) == 0
    assert out.read_text().splitlines()[1].startswith("Merz,Merz,1,Friedrich Merz,Friedrich Merz,100,")


def test_module_and_console_script_are_the_same_command():
    run = subprocess.run([sys.executable, "-m", "analysis", "--version"], capture_output=True, text=True, cwd=ROOT)
    script = subprocess.run(
        [str(Path(sys.executable).with_name("workbook")), "--version"], capture_output=True, text=True
    )
    assert run.stdout.strip() == script.stdout.strip() == __version__


def test_unknown_option_is_refused_by_every_verb_but_lab(table, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["clean", str(table), "--out", "out", "--fast"])
    assert stop.value.code == 2 and "--fast" in capsys.readouterr().err
