"""How long the Explorer takes: opening it, a change of the selection, counting alone; in Chromium, without a kernel.

    uv run python benchmarks/explorer.py [rows ...]        default: 1332 100000 1000000

The shipped table, and seeded enlargements of it: copies whose events are moved by days drawn at random, so that the
axis, the registers and the reports per event stay as they are. Times are milliseconds, medians of 50 changes by the
controls that a reader uses, from the input event to the end of the code that updated all visible views; "painted" also
waits for the browser to show them.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from pandas import DataFrame
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from conftest import CHROMIUM, QUIET  # noqa: E402
from test_explore_browser import page_of  # noqa: E402

from analysis.clean import load  # noqa: E402
from analysis.explore import Explorer  # noqa: E402

CEILINGS = {1_332: 50, 100_000: 150}  # of a change, in milliseconds
CHANGES = """async (paints) => {
  const { root, handles } = explorer;
  const fire = (target, type) => target.dispatchEvent(new Event(type, { bubbles: true }));
  const clickOn = (view, place) => () => {
    const marks = Array.from(root.querySelectorAll(`section[data-view=${view}] .choice`));
    fire(marks[place] ?? marks.at(-1) ?? root, "click");
  };
  const slide = (value) => () => { handles[0].value = value; fire(handles[0], "input"); };
  const type = (text) => () => { explorer.search.value = text; fire(explorer.search, "input"); };
  const round = [slide(5), clickOn("actors", 2), clickOn("systems", 3), slide(9), type("missile"),
    clickOn("positions", 5), type(""), clickOn("matrix", 1), slide(1), () => explorer.resetButton.click()];
  const took = [];
  for (let n = 0; n < 50; n++) {
    const begun = performance.now();
    round[n % round.length]();
    if (paints) await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    took.push(performance.now() - begun);
    await new Promise((done) => setTimeout(done, 5));
  }
  return took.sort((a, b) => a - b);
}"""
COUNTING = """() => {
  const took = [];
  for (let n = 0; n < 50; n++) {
    const { values } = explorer;
    const systems = [values.system[n % values.system.length], values.system[(n + 7) % values.system.length]];
    explorer.selection = [{}, { system: systems }, { period: ["2023-03-01", "2024-06-30"] },
      { position: ["support", "oppose"], period: ["2022-06-01", null] }][n % 4];
    const begun = performance.now();
    explorer.count();
    for (const key of ["actor", "system", "position"]) explorer.countsOf(key);
    explorer.seriesOf("position");
    for (const { view } of explorer.sections) view.cells?.(explorer); // the matrix
    explorer.rowsOf(0); // the timeline
    took.push(performance.now() - begun);
  }
  explorer.selection = {};
  explorer.update();
  return took.sort((a, b) => a - b);
}"""


def enlarged(statements: DataFrame, rows: int, seed: int = 5) -> DataFrame:
    """A table of `rows` reports: copies of the given one, the events of each moved by up to 200 days."""
    draw = np.random.default_rng(seed)
    copies = -(-rows // len(statements))
    table = pd.concat([statements] * copies, ignore_index=True).head(rows)
    copy = np.arange(rows) // len(statements)
    if copies > 1:
        table = table.assign(**{name: table[name] + "-" + copy.astype(str) for name in ("id", "event")})
        event = pd.factorize(table["event"])[0]
        days = pd.to_timedelta(draw.integers(-200, 201, event.max() + 1)[event], unit="D")
        days = days.where(copy > 0, pd.Timedelta(0))  # the first copy is the table as it is
        first, last = statements["start"].min(), statements["end"].max()
        table = table.assign(**{name: (table[name] + days).clip(first, last) for name in ("start", "end")})
    return table.assign(line=np.arange(2, rows + 2))


def measure(browser, table: DataFrame, folder: Path) -> dict:
    begun = time.perf_counter()
    explorer = Explorer(table)
    python = time.perf_counter() - begun
    mentions = int(table["systems"].map(len).sum() + table["actor"].map(len).sum() + table["mentioned"].map(len).sum())
    place = folder / "page.html"
    place.write_text(page_of(explorer), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.set_default_timeout(300_000)
    begun = time.perf_counter()
    page.goto(place.as_uri(), timeout=300_000)
    page.wait_for_function("globalThis.explorer?.widths.frequency")
    opened = time.perf_counter() - begun
    change, painted, counting = page.evaluate(CHANGES, False), page.evaluate(CHANGES, True), page.evaluate(COUNTING)
    page.close()
    return {
        "rows": f"{len(table):,}",
        "mentions": f"{mentions:,}",
        "MB sent": f"{len(explorer._data) / 1e6:.1f}",
        "s in Python": f"{python:.1f}",
        "s to open": f"{opened:.1f}",
        "change": f"{change[25]:.1f}",
        "worst": f"{change[-1]:.1f}",
        "painted": f"{painted[25]:.1f}",
        "counting": f"{counting[25]:.1f}",
    }


def main(sizes: list[int]) -> None:
    statements = load().statements
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        print(f"Chromium {browser.version}; ceilings of a change: 50 ms at 1,332 rows, 150 ms at 100,000")
        results = []
        for rows in sizes:
            results.append(measure(browser, enlarged(statements, rows), Path(folder)))
            print(results[-1], flush=True)
        browser.close()
    print(DataFrame(results).to_string(index=False))


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1_332, 100_000, 1_000_000])
