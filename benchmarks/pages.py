"""How large the rendered pages are, and how soon they can be used: opened from file:// in headless Chromium."""

import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from analysis.render import render

ROOT = Path(__file__).parent.parent
ROUNDS = 5
WATCH = """
const seen = (name, selector) => {
  if (!(name in window.seen) && document.querySelector(selector)) window.seen[name] = performance.now();
};
window.seen = {};
new MutationObserver(() => {
  seen("chart", "figure[data-ready]");
  seen("explorer", ".widget[data-ready]");
}).observe(document, { subtree: true, childList: true, attributes: true });
"""


def measure() -> list[tuple[str, str, str]]:
    """Rows of the benchmark table: what, measured, must reach."""
    with tempfile.TemporaryDirectory() as folder:
        pages = render(sorted((ROOT / "notebooks").glob("*.ipynb")), Path(folder), progress=lambda line: None)
        notebooks = [page for page in pages if page.stem[:1].isdigit()]
        largest = max(notebooks, key=lambda page: page.stat().st_size)
        seen = {page.stem: opened(page) for page in notebooks}
        size = largest.stat().st_size
    charts = {name: median(one["chart"] for one in rounds) for name, rounds in seen.items()}
    explorers = {n: median(one["explorer"] for one in rounds) for n, rounds in seen.items() if "explorer" in rounds[0]}
    late, later = max(charts, key=charts.get), max(explorers, key=explorers.get)
    return [
        (f"largest page ({largest.stem})", f"{size / 1e6:.2f} MB", "≤ 2.5 MB"),
        (f"first chart drawn, slowest page ({late})", f"{charts[late] / 1000:.2f} s", "≤ 1.5 s"),
        (f"first Explorer usable, slowest page ({later})", f"{explorers[later] / 1000:.2f} s", "≤ 2.5 s"),
    ]


def opened(page: Path) -> list[dict[str, float]]:
    """When the first chart and the first Explorer stood in the page, in milliseconds from its start, each round."""
    rounds = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for _ in range(ROUNDS):
            context = browser.new_context(viewport={"width": 1400, "height": 1000}, offline=True)
            context.add_init_script(WATCH)
            tab = context.new_page()
            tab.goto(page.as_uri())
            tab.locator("main :is(figure[id], .widget)[data-ready]").last.wait_for()
            count = tab.locator("main :is(figure[id], .widget)").count()
            while tab.locator("main :is(figure[id], .widget)[data-ready]").count() < count:
                tab.wait_for_timeout(50)
            rounds.append(tab.evaluate("() => window.seen"))
            context.close()
        browser.close()
    return rounds


if __name__ == "__main__":
    for row in measure():
        print("  ".join(row))
