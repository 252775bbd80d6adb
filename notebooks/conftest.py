"""Under nbval a chart is compared by its text summary, which holds a digest of all its numbers.

plotly's own JSON is skipped: it holds the whole template, is unreadable in a failure, and changes with plotly.
"""


def pytest_collectstart(collector):
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("application/vnd.plotly.v1+json",)
