"""Page tokens: they say nothing, and serve only the search, caller and time they are for."""

import base64
from uuid import UUID

import pytest

from keys import services as keys
from policies.pdp import tokens
from policies.pdp.tokens import TokenError

NOW = 1_795_305_600.5
PERSON = UUID("0192f6a0-1111-7222-8333-444455556666").bytes
LOTUS, RIVAL = UUID(int=1).bytes, UUID(int=2).bytes
BINDING = b"b" * 32


@pytest.fixture
def token():
    return tokens.seal(PERSON, controller=LOTUS, binding=BINDING, now=NOW)


def opened(token, **changes):
    given = {"controller": LOTUS, "binding": BINDING, "now": NOW + 1, **changes}
    return tokens.open_sealed(token, **given)


@pytest.mark.req("POL-03")
class TestAPageToken:
    def test_opens_for_what_it_was_made_for(self, token):
        assert opened(token) == PERSON

    def test_says_nothing_about_the_person(self, token):
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))

        assert PERSON not in raw
        assert tokens.seal(PERSON, controller=LOTUS, binding=BINDING, now=NOW) != token

    @pytest.mark.parametrize(
        "changes",
        [
            {"controller": RIVAL}, {"binding": b"c" * 32}, {"binding": b""},
            {"now": NOW + tokens.SECONDS}, {"now": NOW + 10 * tokens.SECONDS},
        ],
        ids=["another company", "another question", "no question", "ended", "long ended"],
    )  # fmt: skip
    def test_opens_for_nothing_else(self, token, changes):
        with pytest.raises(TokenError):
            opened(token, **changes)

    def test_holds_to_its_last_second(self, token):
        assert opened(token, now=NOW + tokens.SECONDS - 1) == PERSON

    def test_opens_with_no_character_changed(self, token):
        for place, old in enumerate(token):
            new = "A" if old != "A" else "B"

            with pytest.raises(TokenError):
                opened(token[:place] + new + token[place + 1 :])

    @pytest.mark.parametrize(
        "wrong",
        ["", "A", "AAAA", "AAAAAA", "x" * 86, "é" * 10, "\x00", "0" * 10_000, "//++", "AAAAAQ"],
    )
    def test_is_no_other_text(self, wrong):
        with pytest.raises(TokenError):
            opened(wrong)

    def test_is_not_one_that_is_cut_or_longer(self, token):
        for wrong in (
            token[:-1],
            token[:-4],
            token + "A",
            token + "AAAA",
            token + "=",
            " " + token,
        ):
            with pytest.raises(TokenError):
                opened(wrong)


@pytest.mark.req("POL-03")
def test_a_derived_key_is_another_for_each_use_and_owner():
    made = {
        keys.derived_key(use=use, owner=owner).value
        for use in ("page-token", "other")
        for owner in (LOTUS, RIVAL)
    }

    assert len(made) == 4
    assert {len(each) for each in made} == {32}
