"""Fails a test that touches personal data without a decision (see sammati_client.watch).

Loaded by itself where this package is installed; `-p no:sammati` leaves it out. A test that must
touch data freely says why: `@pytest.mark.undecided("builds the fixtures")`.
"""

from collections.abc import Generator
from typing import Any

import pytest

from sammati_client.watch import Watch, watching

MARKER = "undecided"


def pytest_configure(config: pytest.Config) -> None:
    """Makes the marker known."""
    words = "this test may touch personal data without a decision, for this reason."
    config.addinivalue_line("markers", f"{MARKER}(reason): {words}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Watches the test itself; what its fixtures did before is not its own doing."""
    if (marker := item.get_closest_marker(MARKER)) is not None:
        if not marker.args or not str(marker.args[0]).strip():
            pytest.fail(f"{MARKER} needs a reason", pytrace=False)
        return (yield)
    with watching(Watch()) as watch:
        result = yield
    if watch.faults:
        pytest.fail("\n".join(dict.fromkeys(watch.faults)), pytrace=False)
    return result
