"""Reading profiles: nothing is shown that the server did not say is shown, and nothing leaks."""

import asyncio
import json
import logging
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from sammati_client import AsyncSammati, Options, ProfileNotShown, Sammati

from profiles.fields import DecisionShown, FieldShown, ProfileShown, SourceShown, Why
from tests.client.conftest import KEY, SERVICE
from tests.client.server import half_an_answer, hangs_up, says, waits

ASHA = UUID("01978f7e-0000-7000-8000-00000000cafe")
BEN = UUID("01978f7e-0000-7000-8000-00000000beef")
PURPOSE = "marketing.email.offers"
SECRET = "asha.rao@example.invalid"
AT = datetime(2026, 3, 1, 8, tzinfo=UTC)


def shown(subject=ASHA, purpose=PURPOSE, **field):
    """What the server itself would write."""
    email = {
        "code": "email", "title": "E-mail address", "category": "pd:EmailAddress",
        "sensitivity": "ordinary", "treatment": "show", "value": SECRET, "source": "crm",
        "observed_at": AT, "verified_by": "kyc", **field,
    }  # fmt: skip
    income = {
        "code": "income", "title": "Income", "category": "pd:Income", "sensitivity": "ordinary",
        "treatment": "hide", "why": Why.DENIED, "why_text": "The person withdrew the consent.",
        "reason_code": "CONSENT_WITHDRAWN", "since": AT,
    }  # fmt: skip
    profile = ProfileShown(
        subject_id=subject, purpose=purpose, role="campaign", unit="", relation="self", as_of=AT,
        decision=DecisionShown(
            permit=True, reason_code="PERMIT", text="Permitted.", rule="R95", policy_version="1"
        ),
        fields=(FieldShown(**email), FieldShown(**income)),
        sources=(SourceShown(code="crm", name="CRM", unit=""),),
    )  # fmt: skip
    return json.loads(msgspec.json.encode(profile))


@pytest.fixture(params=[Sammati, AsyncSammati], ids=["sync", "async"])
def profiles(request, server):
    """The client's profiles, through either client."""

    async def ask(name, args, kwargs):
        async with AsyncSammati(server.url, service=SERVICE, key=KEY, **SETTINGS) as client:
            return await getattr(client.profiles, name)(*args, **kwargs)

    def call(name, *args, **kwargs):
        if request.param is AsyncSammati:
            return asyncio.run(ask(name, args, kwargs))
        with Sammati(server.url, service=SERVICE, key=KEY, **SETTINGS) as client:
            return getattr(client.profiles, name)(*args, **kwargs)

    return call


SETTINGS = {"options": Options(total_seconds=0.5)}


class TestRead:
    def test_gives_fields_with_values_or_reasons(self, profiles, server):
        server.otherwise = says(shown())

        found = profiles("read", ASHA, PURPOSE, unit="retail-bank", relation="joint")

        assert found["email"].value == found.value("email") == SECRET
        assert bool(found["email"])
        assert not found["income"]
        assert (found["income"].why, found["income"].reason_code) == (
            "denied", "CONSENT_WITHDRAWN"
        )  # fmt: skip
        assert found["income"].since == AT
        assert found.value("unheard_of") is None
        assert [one.code for one in found] == ["email", "income"]
        (seen,) = server.seen
        assert seen.path == (
            f"/api/v1/profiles/{ASHA}?purpose=marketing.email.offers&unit=retail-bank"
            "&relation=joint"
        )
        assert "Idempotency-Key" not in seen.headers

    def test_a_masked_value_is_a_value(self, profiles, server):
        server.otherwise = says(shown(treatment="partial", why=Why.MASKED, value="a•••@•••.in"))

        assert profiles("read", ASHA, PURPOSE).value("email") == "a•••@•••.in"

    def test_an_attribute_the_company_lacks_is_a_key_error(self, profiles, server):
        server.otherwise = says(shown())

        with pytest.raises(KeyError):
            profiles("read", ASHA, PURPOSE)["unheard_of"]

    @pytest.mark.parametrize("subject", [SECRET, "", "../consents", "1", None])
    def test_only_our_own_id_of_a_person_is_put_into_an_address(self, profiles, server, subject):
        with pytest.raises(ValueError, match="our subject id alone"):
            profiles("read", subject, PURPOSE)

        assert server.seen == []

    @pytest.mark.parametrize(
        ("behaviour", "code", "status"),
        [
            (says({"code": "profile_not_found"}, 404), "profile_not_found", 404),
            (says({"code": "no_seat"}, 403), "no_seat", 403),
            (says({"code": "read_not_recorded"}, 503), "read_not_recorded", 503),
            (says(b"<html>", 500), "CLIENT_BAD_ANSWER", 500),
            (says(b"[]"), "CLIENT_BAD_ANSWER", 200),
            (says(b"{}"), "CLIENT_BAD_ANSWER", 200),
            (says(b'{"subject_id": 1, "subject_id": 2}'), "CLIENT_BAD_ANSWER", 200),
            (says(shown(BEN)), "CLIENT_BAD_ANSWER", 200),
            (says(shown(purpose="other.purpose")), "CLIENT_BAD_ANSWER", 200),
            (says(shown(why=Why.ROLE)), "CLIENT_BAD_ANSWER", 200),
            (says(shown(), 302, Location="/x"), "CLIENT_BAD_ANSWER", 302),
            (waits(1.0, says(shown())), "CLIENT_TIMEOUT", None),
            (hangs_up, "CLIENT_UNREACHABLE", None),
            (half_an_answer, "CLIENT_UNREACHABLE", None),
        ],
    )
    def test_whatever_is_no_profile_shows_nothing(self, profiles, server, behaviour, code, status):
        server.otherwise = behaviour

        with pytest.raises(ProfileNotShown) as refused:
            profiles("read", ASHA, PURPOSE)

        assert (refused.value.code, refused.value.status) == (code, status)
        assert str(ASHA) not in str(refused.value)

    def test_nobody_is_in_a_repr_or_a_log_line(self, profiles, server, caplog):
        caplog.set_level(logging.DEBUG)
        server.script = [says(b"", 503)]
        server.otherwise = says(shown())

        found = profiles("read", ASHA, PURPOSE)

        assert SECRET not in repr(found)
        assert SECRET not in repr(found.fields)
        assert str(ASHA) not in repr(found)
        client_lines = [one for one in caplog.records if one.name in {"sammati_client", "httpx"}]
        assert client_lines
        assert not [one for one in client_lines if str(ASHA) in one.getMessage()]


class TestList:
    def test_gives_those_who_are_there(self, profiles, server):
        server.otherwise = says({"items": [shown(BEN)]})

        (found,) = profiles("list", [str(ASHA), BEN, BEN], PURPOSE, role="campaign")

        assert found.subject_id == BEN
        (seen,) = server.seen
        assert seen.path == "/api/v1/profiles/list"
        assert seen.body == {
            "purpose": PURPOSE, "role": "campaign", "subjects": [str(ASHA), str(BEN), str(BEN)],
        }  # fmt: skip

    def test_nobody_is_an_answer_too(self, profiles, server):
        server.otherwise = says({"items": []})

        assert profiles("list", [ASHA], PURPOSE) == []

    @pytest.mark.parametrize(
        "items",
        [
            [shown(BEN), shown(ASHA)],
            [shown(ASHA), shown(ASHA)],
            [shown(UUID(int=5))],
            [shown(ASHA), {}],
            "many",
        ],
    )
    def test_others_or_another_order_are_no_answer(self, profiles, server, items):
        server.otherwise = says({"items": items})

        with pytest.raises(ProfileNotShown, match="CLIENT_BAD_ANSWER"):
            profiles("list", [ASHA, BEN], PURPOSE)

    @pytest.mark.parametrize("count", [0, 101])
    def test_one_to_a_hundred_people(self, profiles, server, count):
        with pytest.raises(ValueError, match="between 1 and 100"):
            profiles("list", [UUID(int=n) for n in range(count)], PURPOSE)

        assert server.seen == []
