"""The pytest plugin: a test that touches personal data without a decision fails."""

import pytest
from sammati_client import personal

from config.places import BASE_DIR

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.req("POL-10")

CODE = """
import pytest
from sammati_client import Sammati, personal, touched
from tests.client.server import serving

PURPOSE = "marketing.email.offers"


@personal(subject="customer", purpose=PURPOSE)
def address_of(customer):
    return "somewhere"


@pytest.fixture
def client():
    with serving() as server, Sammati(server.url, service="s", key="k") as made:
        yield made
"""


@pytest.fixture
def outcomes(pytester, monkeypatch):
    """Runs a test body under the plugin; gives (passed, failed) and what was said."""
    monkeypatch.setenv("PYTHONPATH", f"{BASE_DIR / 'clients/python/src'}:{BASE_DIR}")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(body, head=""):
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        pytester.makepyfile(f"{CODE}\n\n{head}\ndef test_it(client):\n{lines}\n")
        found = pytester.runpytest_subprocess("-p", "sammati_client.pytest_plugin")
        counts = found.parseoutcomes()
        return counts.get("passed", 0), counts.get("failed", 0), found.stdout.str()

    return run


def test_a_touch_after_a_permit_passes(outcomes):
    passed, failed, _ = outcomes("assert client.check('a', PURPOSE)\naddress_of('a')")

    assert (passed, failed) == (1, 0)


@pytest.mark.parametrize(
    "body",
    [
        "address_of('a')",
        "client.check('b', PURPOSE)\naddress_of('a')",
        "client.check('no-a', PURPOSE)\naddress_of('no-a')",
        "client.check('a', 'research.surveys')\naddress_of('a')",
        "touched('a')",
        "try:\n    address_of('a')\nexcept Exception:\n    pass",
        "address_of('a')\nclient.check('a', PURPOSE)",
    ],
    ids=["none", "another person", "a denial", "another purpose", "touched", "caught", "too late"],
)
def test_a_touch_without_one_fails(outcomes, body):
    passed, failed, said = outcomes(body)

    assert (passed, failed) == (0, 1)
    assert "touched personal data without a permit" in said


def test_batches_guards_and_contexts_count_too(outcomes):
    body = """
client.check_many(['a', 'b'], PURPOSE)
address_of('b')
with client.permitted('c', PURPOSE):
    address_of('c')
send = client.requires(purpose=PURPOSE, subject='who')(lambda who: address_of(who))
send('d')
touched('d')
"""

    assert outcomes(body)[:2] == (1, 0)


def test_a_permit_of_one_test_does_not_serve_the_next(outcomes):
    head = "def test_first(client):\n    assert client.check('a', PURPOSE)\n\n"

    assert outcomes("address_of('a')", head)[:2] == (1, 1)


def test_a_test_may_say_why_it_is_exempt_and_must(outcomes):
    assert outcomes("address_of('a')", "@pytest.mark.undecided('makes data')")[:2] == (1, 0)
    assert outcomes("pass", "@pytest.mark.undecided()")[:2] == (0, 1)


def test_without_the_plugin_nothing_is_watched():
    seen = []

    def remember(who):
        seen.append(who)

    personal(subject="who")(remember)("a")

    assert seen == ["a"]


def test_a_guard_on_a_parameter_that_is_not_there_shows_on_import():
    with pytest.raises(TypeError, match="no parameter 'customer'"):
        personal(subject="customer")(lambda who: who)
