"""A permit of an audience is made again like any other: for one person, or for all of a part."""

import base64
from io import StringIO

import msgspec
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction

from audit import selectors as log
from audit import services as audit
from audit.actors import Target
from audit.models import EntryIndex
from keys.ids import uuid7
from policies.audiences import services
from policies.audiences.deciding import cut
from policies.audiences.spans import UndecidedError
from policies.pdp.model import Question
from policies.rehearsal import parts
from policies.rehearsal.replaying import Finding
from policies.rules.version import POLICY_VERSION
from tests.factories.company import AUTHOR, OFFERS, company
from tests.factories.policies import in_force, rule
from work.services import run_available

QUESTION = Question(purpose=OFFERS, caller="mailer", caller_type="service", campaign="spring")

pytestmark = pytest.mark.req("P3", "POL-19", "POL-22")


@pytest.fixture
def people(lotus):
    """Eight who said yes at different times, and two who never did."""
    found = [lotus.person(f"{n}@example.in") for n in range(10)]
    for one in found[:8]:
        lotus.yes(one)
    return found


def made(company):
    """The one part of a new audience."""
    audience = services.request(
        by=AUTHOR, controller_id=company.id, service_id=company.service.id, question=QUESTION
    )
    run_available(worker="test")
    return audience.parts.get()


def told(*arguments):
    out = StringIO()
    call_command("replay", *map(str, arguments), stdout=out)
    return out.getvalue()


def forged(lotus, part, **decision):
    """The same entry with another answer, as whoever could write into the log would leave it."""
    (body,) = log.payloads([part.id], {"rc2"}).values()
    data = msgspec.json.decode(body)["data"]
    for group in data["groups"]:
        group["decision"] |= decision
    with transaction.atomic():
        return audit.record(
            event="audience:recorded", by=AUTHOR, controller_id=lotus.id, purpose=OFFERS,
            target=Target("audience", data["audience"]), outcome="permit", data=data,
        )  # fmt: skip


class TestTheDecisionAboutOnePerson:
    def test_is_found_in_the_part_and_comes_out_the_same(self, lotus, people):
        part = made(lotus)

        for one in people[:8]:
            found = parts.replayed([lotus.id], part.id, one.id)
            assert found.replay.finding == Finding.SAME
            assert (found.subject_id, found.outcome) == (one.id, "permit")
            assert found.replay.computed.permit

    def test_by_bounds_says_how_many_share_them(self, lotus, people):
        found = parts.replayed([lotus.id], made(lotus).id, people[0].id)

        assert found.alike == 7

    def test_under_a_cap_is_made_from_facts_of_their_own(self, lotus, people):
        in_force(lotus.id, rule("twice", "cap", limit=2, seconds=3600))

        found = parts.replayed([lotus.id], made(lotus).id, people[0].id)

        assert (found.alike, found.replay.finding) == (0, Finding.SAME)
        assert found.replay.recorded.facts.counts == {"twice": 0}
        assert found.replay.computed.policy_version == f"{POLICY_VERSION}+1"

    def test_of_whom_the_part_does_not_name_there_is_none(self, lotus, people):
        part = made(lotus)
        other = company("jasmine", name="Jasmine")

        assert parts.replayed([lotus.id], part.id, people[9].id) is None
        assert parts.replayed([lotus.id], part.id, uuid7()) is None
        assert parts.replayed([lotus.id], uuid7(), people[0].id) is None
        assert parts.replayed([other.id], part.id, people[0].id) is None

    def test_that_was_changed_afterwards_is_told(self, lotus, people):
        entry = forged(lotus, made(lotus), reason_code="PERMIT_EU:consent")

        found = parts.replayed([lotus.id], entry, people[0].id)

        assert found.replay.finding == Finding.DIFFERENT
        assert [one.name for one in found.replay.differences] == ["reason_code"]

    def test_that_bounds_leave_open_now_is_not_called_the_same(self, lotus, people, monkeypatch):
        part = made(lotus)
        monkeypatch.setattr(parts, "replay", undecided)

        assert parts.replayed([lotus.id], part.id, people[0].id).replay.finding == (
            Finding.DIFFERENT
        )


class TestAWholePart:
    def test_is_made_again_group_by_group(self, lotus, people):
        found = parts.part([lotus.id], made(lotus).id)

        assert (found.people, found.groups, found.others) == (8, 1, 0)
        assert found.finding == Finding.SAME

    def test_tells_how_many_groups_were_changed(self, lotus, people):
        entry = forged(lotus, made(lotus), permit=False)

        found = parts.part([lotus.id], entry)

        assert (found.finding, found.others) == (Finding.DIFFERENT, 1)

    def test_names_the_people_it_was_made_for_and_no_others(self, lotus, people):
        part = made(lotus)
        (body,) = log.payloads([part.id], {"rc2"}).values()
        (group,) = msgspec.json.decode(body)["data"]["groups"]

        assert set(cut(base64.b64decode(group["people"]))) == {
            one.pseudonym.bytes for one in people[:8]
        }

    def test_whose_record_is_gone_says_so(self, lotus, people, monkeypatch):
        part = made(lotus)
        monkeypatch.setattr(log, "payloads", lambda *_: {})

        assert parts.part([lotus.id], part.id).finding == Finding.GONE


class TestTheCommand:
    def test_proves_the_decision_about_one_person_and_records_the_look(self, lotus, people):
        part = made(lotus)

        said = told(part.id, "--person", people[2].id, "--steps")

        assert "recorded: permit" in said
        assert "together with 7 others of the same facts" in said
        assert "The same answer, byte for byte." in said
        look = EntryIndex.objects.get(event="record:viewed", target_id=str(part.id))
        assert (look.actor_id, look.subject_id) == ("replay", people[2].id)

    def test_proves_a_whole_part_and_says_how_to_ask_about_one(self, lotus, people):
        part = made(lotus)

        said = told(part.id)

        assert "permits for 8 people" in said
        assert "groups of like facts: 1; not as recorded: 0" in said
        assert "--person" in said

    def test_fails_for_a_part_that_was_changed(self, lotus, people):
        entry = forged(lotus, made(lotus), permit=False)

        with pytest.raises(CommandError, match="could not be proven"):
            told(entry)

    def test_of_whom_it_does_not_name_says_so(self, lotus, people):
        with pytest.raises(CommandError, match="about that person"):
            told(made(lotus).id, "--person", people[9].id)


def undecided(*_):
    raise UndecidedError
