"""Global Privacy Control as HTTP brings it, and which law gives which right."""

import pytest

from consent.rights import GIVEN_BY, has
from consent.signals import is_signalled


@pytest.mark.req("POL-20")
@pytest.mark.parametrize(
    ("values", "is_heard"),
    [
        (["1"], True),
        ([" 1\t"], True),
        (["1, 1"], True),
        (["0", "1"], True),
        (["0, 1"], True),
        ([], False),
        ([""], False),
        (["0"], False),
        (["true"], False),
        (["11"], False),
        (["1;q=1"], False),
        (["１"], False),
        (["+1"], False),
    ],
)
def test_only_exactly_one_says_anything(values, is_heard):
    assert is_signalled(values) is is_heard


@pytest.mark.req("POR-07")
@pytest.mark.parametrize("right", GIVEN_BY)
def test_while_no_law_is_known_every_right_is_taken(right):
    assert has(right, ())


@pytest.mark.req("POR-07")
def test_a_right_needs_the_law_that_gives_it():
    assert has("restriction", ("IN", "EU"))
    assert not has("restriction", ("IN",))
    assert not has("direct_marketing", ("IN",))
    assert has("voluntary_use", ("IN",))
    assert not has("voluntary_use", ("EU",))
    assert has("sale_sharing", ("EU",))
