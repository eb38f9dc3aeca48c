"""Searches as messages: read strictly, and told apart by what they ask."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.pdp.model import Decision, Obligation
from policies.pdp.wire import WireError
from policies.pdp.wire_search import KINDS, LIMIT, MOST, Entity, answer, parse_search
from tests.policies.searches import SOMETHING

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda deeper: st.lists(deeper, max_size=3)
    | st.dictionaries(
        st.sampled_from(["subject", "action", "resource", "context", "page", "type", "id", "name"]),
        deeper, max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip


def read(body, kind="resource"):
    return parse_search(json.dumps(body).encode(), kind)


@pytest.mark.req("POL-03", "POL-05")
class TestReadingASearch:
    @settings(max_examples=400, deadline=None)
    @given(ANYTHING, st.sampled_from(KINDS))
    def test_ends_in_a_search_or_in_a_refusal(self, body, kind):
        try:
            found = read(body, kind)
        except WireError:
            return  # the one way to refuse; any other is a fault
        assert 1 <= found.limit <= MOST

    @settings(max_examples=200, deadline=None)
    @given(st.binary(max_size=40), st.sampled_from(KINDS))
    def test_of_any_bytes_ends_in_a_refusal(self, body, kind):
        with pytest.raises(WireError):
            parse_search(body, kind)

    @pytest.mark.parametrize(
        ("page", "limit"), [({}, LIMIT), ({"limit": 7}, 7), ({"limit": 10**12}, MOST)]
    )
    def test_takes_a_limit_within_bounds(self, page, limit):
        assert read({**SOMETHING, "page": page}).limit == limit


@pytest.mark.req("POL-03")
class TestWhatATokenIsBoundTo:
    def test_is_what_is_asked_however_it_is_written(self):
        shuffled = {name: SOMETHING[name] for name in reversed(SOMETHING)}
        spaced = json.dumps({**shuffled, "page": {"token": "x"}, "extra": 1}, indent=3).encode()

        assert parse_search(spaced, "resource").asked == read(SOMETHING).asked

    @pytest.mark.parametrize(("kind", "member"), [("resource", "resource"), ("subject", "subject")])
    def test_is_not_the_id_that_is_ignored(self, kind, member):
        changes = [{"type": SOMETHING[member]["type"], **one} for one in ({}, {"id": "z"})]

        assert len({read({**SOMETHING, member: one}, kind).asked for one in changes}) == 1

    def test_is_each_part_of_the_question(self):
        changes = [
            {}, {"resource": {"type": "parcel", "id": "x"}}, {"action": {"name": "sell"}},
            {"subject": {"type": "user", "id": "mailer"}}, {"context": {"campaign": "c-9"}},
            {"subject": {"type": "service", "id": "other"}}, {"context": {"unheard": [1]}},
        ]  # fmt: skip

        assert len({read({**SOMETHING, **one}).asked for one in changes}) == len(changes)
        assert len({read(SOMETHING, kind).asked for kind in KINDS}) == len(KINDS)


@pytest.mark.req("POL-03", "POL-11")
class TestAnAnswer:
    def permit(self, *codes, until=1_800_000_000_000_000):
        duties = tuple(Obligation(code) for code in codes)
        return Decision(
            permit=True, reason_code="P", rule="R95", valid_until=until, obligations=duties,
            policy_version="v",
        )  # fmt: skip

    def write(self, *decisions):
        results = [(Entity(type="customer", id=str(n)), one) for n, one in enumerate(decisions)]
        return json.loads(answer(results, search_id="s", next_token="t"))  # noqa: S106

    def test_holds_until_the_first_of_its_results_ends(self):
        written = self.write(self.permit(), self.permit(until=1_700_000_000_000_000))

        assert written["context"]["valid_until"] == "2023-11-14T22:13:20Z"
        assert written["page"] == {"next_token": "t", "count": 2}

    def test_tells_each_obligation_once_with_its_results(self):
        written = self.write(self.permit("a", "b"), self.permit(), self.permit("a"))

        told = {one["id"]: one["results"] for one in written["context"]["obligations"]}
        assert told == {"a": [0, 2], "b": [0]}

    def test_of_nothing_says_nothing_about_time(self):
        assert self.write() == {
            "results": [], "page": {"next_token": "t", "count": 0}, "context": {"search_id": "s"},
        }  # fmt: skip
