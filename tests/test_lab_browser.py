"""The workbook as a user opens it: JupyterLab in a browser, all cells run, one filter used, nothing from outside."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
START = 60  # seconds for JupyterLab to answer
RUN = 120_000  # milliseconds for a notebook to run


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The `workbook lab` verb as in the README, without opening a window; yields its address."""
    home = tmp_path_factory.mktemp("jupyter")
    command = [sys.executable, "-m", "analysis", "lab", "--no-browser", "--ip=127.0.0.1", "--port=0"]
    places = {f"JUPYTER_{name}_DIR": str(home / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    log = home / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | places, stdout=output, stderr=output, start_new_session=True
        )
    try:
        until = time.monotonic() + START
        while not (found := re.search(r"http://127\.0\.0\.1:\d+/lab/tree/\S*\?token=\w+", log.read_text())):
            assert server.poll() is None and time.monotonic() < until, log.read_text()
            time.sleep(0.2)
        yield found[0]
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


def test_lab_opens_the_overview(lab):
    assert "/lab/tree/notebooks/00-overview.ipynb?token=" in lab


def test_explorer_in_lab_counts_what_a_filter_leaves(lab, browser, tmp_path):
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page, errors, outside = context.new_page(), [], []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "request",
        lambda r: outside.append(r.url) if not re.match(r"(https?|ws)://127\.0\.0\.1|data:|blob:", r.url) else None,
    )
    page.goto(lab.replace("00-overview", "04-explorer"))
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=RUN)
    page.wait_for_selector("text=Python 3", timeout=RUN)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    explorer = page.locator(".jp-OutputArea .explorer").first
    explorer.wait_for(state="attached", timeout=RUN)
    explorer.scroll_into_view_if_needed()
    count = explorer.get_by_role("status").first
    count.wait_for(timeout=RUN)
    before = count.inner_text()
    box = explorer.get_by_label("Actor").first
    box.fill("Kuleba")
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_function("([e, t]) => e.innerText !== t", arg=[count.element_handle(), before], timeout=10_000)
    assert "of" in count.inner_text()
    context.close()
    assert not outside
    assert not errors
