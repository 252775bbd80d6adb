"""The command line: `workbook VERB ...`, or `python -m analysis VERB ...`."""

import argparse
import os
import sys
import time
from pathlib import Path

from analysis import __version__
from analysis.read import TableError

NOTEBOOKS = "notebooks/*.ipynb"


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; 0 when it did what was asked, 1 when a notebook failed, 2 for input that cannot be used."""
    parser = argparse.ArgumentParser(prog="workbook", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    verb = verbs.add_parser("lab", help="open the workbook in JupyterLab; further arguments go to `jupyter lab`")
    verb.set_defaults(run=lab)

    verb = verbs.add_parser("clean", help="clean a table: statements.csv, rejected.csv, repairs.csv, summary.json")
    add_table(verb)
    verb.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder to write the four files into")
    verb.set_defaults(run=clean)

    verb = verbs.add_parser("propose", help="list unknown speakers beside the nearest known actors, to fill in by hand")
    add_table(verb)
    verb.add_argument("--out", type=Path, metavar="FILE", help="CSV file to write (default: proposals.csv)")
    verb.set_defaults(run=propose)

    verb = verbs.add_parser("render", help="execute notebooks and write each as one HTML page that works offline")
    verb.add_argument("notebooks", nargs="*", type=Path, help=f"default: {NOTEBOOKS}")
    verb.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder to write the pages into")
    code = verb.add_mutually_exclusive_group()
    code.add_argument("--with-code", action="store_true", help="show the code of every cell")
    code.add_argument("--no-code", action="store_true", help="keep code behind a button (the default)")
    verb.set_defaults(run=render)

    verb = verbs.add_parser(
        "store", help="execute notebooks and store their outputs in them, as tests and readers see them"
    )
    verb.add_argument("notebooks", nargs="*", type=Path, help=f"default: {NOTEBOOKS}")
    verb.set_defaults(run=store)

    options, further = parser.parse_known_args(arguments)
    if further and options.verb != "lab":
        parser.error(f"unrecognized arguments: {' '.join(further)}")
    options.further = further
    try:
        return options.run(options)
    except TableError as error:
        print(f"error: {error}", file=sys.stderr)
    except OSError as error:
        print(f"error: {error.filename or 'output'}: {error.strerror}", file=sys.stderr)
    return 2


def add_table(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("table", type=Path, metavar="TABLE")
    for register in ("actors", "systems", "corrections"):
        verb.add_argument(f"--{register}", type=Path, metavar="FILE", help=f"default: {register}.csv beside the table")
    verb.add_argument(
        "--column", action="append", default=[], metavar="KNOWN=OWN", help="which of your headers means a known column"
    )


def lab(options: argparse.Namespace) -> int:
    from nbformat import read
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary()
    for path in shipped_notebooks():  # trusted: their stored widgets and charts show before they are run
        notary.sign(read(path, as_version=4))
    first = shipped_notebooks()[0].as_posix()
    arguments = ["--ServerApp.root_dir=.", f"--LabApp.default_url=/lab/tree/{first}", *options.further]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in arguments:
        print("warning: running as root; JupyterLab refuses that by default, so --allow-root is added", file=sys.stderr)
        arguments.append("--allow-root")
    command = [sys.executable, "-m", "jupyterlab", *arguments]
    sys.stdout.flush()
    os.execv(sys.executable, command)  # noqa: S606  the command is ours, the further arguments are the user's own


def shipped_notebooks() -> list[Path]:
    if not (found := sorted(Path().glob(NOTEBOOKS))):
        raise TableError(f"{NOTEBOOKS}: no notebooks here: run the command in the workbook's folder, or name them")
    return found


def loaded(options: argparse.Namespace):
    from analysis.clean import load

    columns = dict(reversed(pair.split("=", 1)) for pair in options.column if "=" in pair)
    if len(columns) < len(options.column):
        raise TableError(
            f"--column {' '.join(options.column)}: write KNOWN=OWN, once for each column, as in statement=quote"
        )
    return load(options.table, options.actors, options.systems, options.corrections, columns)


def clean(options: argparse.Namespace) -> int:
    from analysis.write import write_cleaned

    began = time.perf_counter()
    report = write_cleaned(loaded(options), options.out, time.perf_counter() - began)
    print(
        f"{report['rows']} rows in: {report['statements']} kept, reports of {report['events']} statements; "
        f"{report['rejected']} rejected"
    )
    for reason, rows in report["rejected_by_reason"].items():
        print(f"  {rows} rejected: {reason}")
    print("dates: " + ", ".join(f"{n} {precision}" for precision, n in report["dates_by_precision"].items()))
    print(f"{report['unknown_actors']} rows with a speaker who is not in the register; {options.out}: written")
    return 0


def propose(options: argparse.Namespace) -> int:
    from analysis.quality import propose
    from analysis.read import beside, read_actors
    from analysis.write import csv_text, whole

    register = beside(options.table, "actors", options.actors)
    if register is None:
        raise TableError(f"{options.table}: no actors.csv beside it to propose from: give one with --actors")
    proposals = propose(loaded(options).statements, read_actors(register))
    out = options.out or Path("proposals.csv")
    whole(out, csv_text(proposals))
    print(f"{len(proposals)} unknown speakers, {proposals['proposal'].ne('').sum()} with a proposal; {out}: written")
    return 0


def render(options: argparse.Namespace) -> int:
    from analysis.render import RenderError, render

    try:
        for path in render(options.notebooks or shipped_notebooks(), options.out, code=options.with_code):
            print(path)
    except RenderError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def store(options: argparse.Namespace) -> int:
    from analysis.render import RenderError, store

    try:
        store(options.notebooks or shipped_notebooks())
    except RenderError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
