"""Run benchmarks and write the table of benchmarks/README.md anew: `uv run python benchmarks/run.py [NAME ...]`."""

import importlib
import platform
import sys
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("[a-z]*.py") if path.stem != "run")
BEGIN = "<!-- table: written by run.py -->"


def main(chosen: list[str]) -> None:
    """Measure the named benchmarks, or all; the rows of the others stay as they are."""
    unknown = set(chosen) - set(NAMES)
    if unknown:
        sys.exit(f"no benchmark {', '.join(sorted(unknown))}: take some of {', '.join(NAMES)}")
    sys.path.insert(0, str(HERE))
    readme = HERE / "README.md"
    text, _, table = readme.read_text("utf-8").partition(BEGIN)
    cells = [line.split("|") for line in table.splitlines()]
    rows = {name: ["|".join(c) for c in cells if c[1:] and c[1].strip() == name] for name in NAMES}
    for name in chosen or NAMES:
        print(f"{name}: measuring", flush=True)
        day = f"{date.today()}, Python {platform.python_version()}"
        measured = importlib.import_module(name).measure()
        rows[name] = [f"| {name} | {' | '.join(row)} | {day} |" for row in measured]
        print("\n".join(rows[name]), flush=True)
    head = ["", "", "| script | what | measured | must reach | when |", "|---|---|---|---|---|"]
    lines = [line for name in NAMES for line in rows[name]]
    readme.write_text(text + BEGIN + "\n".join([*head, *lines]) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
