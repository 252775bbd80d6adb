"""What several test files share: the shipped case cleaned once, and one browser."""

import os
import shutil

import hypothesis
import pytest

from analysis.clean import load

hypothesis.settings.register_profile("tests", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("tests")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="session")
def case():
    """The shipped table, cleaned."""
    return load()


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium, started once. Without one the test is skipped; in CI that is a failure."""
    if CHROMIUM is None:
        reason = "no Chromium on this machine: install the package chromium to run the browser tests"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()
