"""What several browser tests look for."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LANGUAGES = [
    pytest.param("en", marks=pytest.mark.soak), pytest.param("hi", marks=pytest.mark.soak), "ur",
]  # fmt: skip
"""`make test` looks at a page in the language that reads from the right; the others are for longer
runs."""

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],  # every place that passes as well is most of the time it takes
}
MEASURE = """
() => [...document.querySelectorAll('a, button, select, input:not([type=hidden]), summary')]
  .filter(e => e.offsetParent && !e.closest('.skip'))
  .map(e => ({box: e.getBoundingClientRect(), text: e.innerText || e.name, tag: e.tagName}))
  .filter(e => e.box.height < 43.5 || e.box.width < 24)
  .map(e => `${e.tag} ${e.text} ${Math.round(e.box.width)}x${Math.round(e.box.height)}`)
"""


def accessibility_faults(page: Page) -> list[str]:
    """What axe finds, one line a fault."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{page.url} {fault['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for fault in found
        for node in fault["nodes"]
    ]


def small_targets(page: Page) -> list[str]:
    """What is smaller than a thumb: lower than 44 pixels."""
    return page.evaluate(MEASURE)


def overflows(page: Page) -> bool:
    """Whether one must scroll sideways."""
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")
