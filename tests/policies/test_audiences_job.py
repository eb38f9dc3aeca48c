"""An audience from question to end: decided by a job, recorded in chunks, found by person."""

import hashlib
from datetime import timedelta

import msgspec
import pytest
from django.db import transaction
from django.utils import timezone

from accounts import services as accounts
from audit import members
from audit import selectors as log
from audit import services as audit
from audit.canonical import canonical
from audit.uses import Kind, uses_of
from consent import services as consent
from policies.audiences import chunks, job, selectors, services
from policies.audiences.deciding import cut
from policies.audiences.errors import (
    AudienceFailedError,
    AudienceOverError,
    AudienceUnknownError,
    SegmentUnknownError,
)
from policies.audiences.models import Audience, AudienceState, IdList
from policies.intake import services as intake
from policies.intake.reports import Report
from policies.pdp.model import Question
from portal import uses as uses_page
from portal.people import person
from subjects.models import Subject
from subjects.naming import Named
from tests.factories.company import AUTHOR, OFFERS, company
from tests.factories.policies import in_force, rule
from tests.policies.audience_worlds import populate
from work.services import run_available

QUESTION = Question(purpose=OFFERS, caller="mailer", caller_type="service", campaign="spring")


@pytest.fixture
def people(lotus):
    """Thirteen who said yes, and seven who never did."""
    found = [lotus.person(f"{n}@example.in") for n in range(20)]
    for one in found[:13]:
        lotus.yes(one)
    return found


def asked(company, **more):
    return services.request(
        by=AUTHOR, controller_id=company.id, service_id=company.service.id, question=QUESTION,
        **more,
    )  # fmt: skip


def made(company, **more):
    audience = asked(company, **more)
    run_available(worker="test")
    audience.refresh_from_db()
    return audience


def named(people, strangers=0):
    return services.Named(frozenset(one.id.bytes for one in people), strangers)


def permitted(audience, without=frozenset()):
    return {raw for one in selectors.permits(audience, set(without)) for raw in one.ids}


def ids(people):
    return {one.id.bytes for one in people}


@pytest.mark.req("POL-19")
class TestAnAudience:
    def test_holds_exactly_those_who_are_permitted(self, lotus, people):
        audience = made(lotus)

        assert audience.state == AudienceState.READY
        assert permitted(audience) == ids(people[:13])
        assert (audience.total, audience.decided, audience.permitted) == (20, 20, 13)
        assert audience.excluded == {"CONSENT_MISSING": 7}

    def test_of_a_list_asks_about_those_alone_and_counts_strangers(self, lotus, people):
        audience = made(lotus, people=named(people[10:15], strangers=2))

        assert permitted(audience) == ids(people[10:13])
        assert audience.excluded == {"CONSENT_MISSING": 2, "SUBJECT_UNKNOWN": 2}
        assert (audience.total, audience.decided) == (7, 7)

    @pytest.mark.req("P9")
    def test_never_holds_another_companys_people(self, lotus, people):
        other = company("jasmine", name="Jasmine")
        stranger = other.person("0@example.in")
        other.yes(stranger)

        audience = made(lotus, people=named([stranger, people[0]]))

        assert permitted(audience) == ids(people[:1])
        assert audience.excluded == {"SUBJECT_UNKNOWN": 1}
        with pytest.raises(AudienceUnknownError):
            selectors.audience(other.id, other.service.id, audience.id)

    def test_of_nobody_is_ready_and_empty(self, lotus):
        audience = made(lotus, people=named([]))

        assert (audience.state, audience.permitted) == (AudienceState.READY, 0)

    def test_of_a_segment_keeps_the_people_it_began_with(self, lotus, people):
        put = {"by": AUTHOR, "controller_id": lotus.id, "code": "spring"}
        services.put_segment(**put, people=named(people[:3]))
        audience = asked(lotus, segment="spring")
        services.put_segment(**put, people=named(people[5:6]))
        services.end_old()
        run_available(worker="test")
        audience.refresh_from_db()

        assert permitted(audience) == ids(people[:3])
        assert permitted(made(lotus, segment="spring")) == ids(people[5:6])
        services.end_old()
        assert IdList.objects.count() == 1

    def test_of_an_unknown_segment_is_refused(self, lotus):
        with pytest.raises(SegmentUnknownError):
            asked(lotus, segment="autumn")

    def test_of_a_service_whose_keys_have_ended_fails(self, lotus, people):
        audience = asked(lotus)
        accounts.revoke_key(by=AUTHOR, key=lotus.key)
        run_available(worker="test")
        audience.refresh_from_db()

        assert (audience.state, audience.problem) == (AudienceState.FAILED, "service_without_key")
        with pytest.raises(AudienceFailedError):
            services.take(by=AUTHOR, audience=audience, form="csv", left_out=0)


@pytest.mark.req("POL-19", "P1")
class TestTheRecord:
    def test_names_the_permitted_by_pseudonym_in_chunks_and_holds_their_facts(
        self, lotus, people, monkeypatch
    ):
        monkeypatch.setattr(chunks, "SIZE", 5)

        audience = made(lotus)

        assert [part.count for part in audience.parts.all()] == [5, 5, 3]
        told = b""
        for part in audience.parts.all():
            data = payload(part.id)["data"]
            ((_, of_part),) = members.of(lotus.id, [part.id])
            assert data["sha256"] == hashlib.sha256(of_part).hexdigest()
            assert sorted(cut(of_part)) == cut(of_part)
            for group in data["groups"]:
                told += msgspec.json.decode(f'"{group["people"]}"', type=bytes)
                again = msgspec.to_builtins(chunks.again(group))
                assert canonical(again) == canonical(group["decision"])
        assert set(cut(told)) == {one.pseudonym.bytes for one in people[:13]}
        assert not any(str(one.id) in str(payload(part.id)) for one in people)

    def test_is_found_from_the_person(self, lotus, people):
        audience = made(lotus)

        (use,) = [one for one in uses(lotus, people[3]) if one.kind is Kind.AUDIENCE]
        assert (use.actor_id, use.purpose, use.permit) == (str(lotus.service.id), OFFERS, True)
        assert use.at.date() == audience.ready_at.date()
        assert not [one for one in uses(lotus, people[15]) if one.kind is Kind.AUDIENCE]
        assert [one.id for one in selectors.including(lotus.id, people[3].id)] == [audience.id]
        assert selectors.including(lotus.id, people[15].id) == []

    @pytest.mark.req("P6")
    def test_forgets_a_person_and_keeps_the_others(self, lotus, people):
        audience = made(lotus)
        with transaction.atomic():
            audit.forget(by=AUTHOR, controller_id=lotus.id, subject_id=people[3].id)

        assert not [one for one in uses(lotus, people[3]) if one.kind is Kind.AUDIENCE]
        assert permitted(audience) == ids(people[:13]) - ids(people[3:4])

    def test_forgets_a_person_in_segments_too(self, lotus, people):
        services.put_segment(
            by=AUTHOR, controller_id=lotus.id, code="spring", people=named(people[:3])
        )
        alone = asked(lotus, people=named(people[1:2]))

        found = services.forget(controller_id=lotus.id, subject_id=people[1].id)

        run_available(worker="test")
        alone.refresh_from_db()
        assert found == 2
        assert (alone.state, alone.permitted) == (AudienceState.READY, 0)
        assert permitted(made(lotus, segment="spring")) == ids([people[0], people[2]])

    @pytest.mark.req("POR-05")
    def test_is_told_to_the_person_on_their_page(self, lotus, people):
        made(lotus)

        shown = uses_page.shown(person(lotus.id, people[3].id), "en", None)

        (line,) = [line for day in shown.days for party in day.parties for line in party.lines
                   if "may reach you" in line.sentence]  # fmt: skip
        assert line.sentence == "Was told that it may reach you for “Offers by e-mail”."
        assert shown.days[0].parties[0].name == "Mailer"

    def test_of_a_step_and_its_progress_commit_together(self, lotus, people, monkeypatch):
        monkeypatch.setattr(job, "STEP", 6)
        real = services.finish
        monkeypatch.setattr(services, "finish", broken)
        audience = asked(lotus)
        run_available(worker="test")
        audience.refresh_from_db()
        assert (audience.state, audience.decided) == (AudienceState.MAKING, 18)

        monkeypatch.setattr(services, "finish", real)
        run_available(worker="test", due_by=timezone.now() + timedelta(hours=1))
        audience.refresh_from_db()

        assert (audience.state, audience.decided) == (AudienceState.READY, 20)
        assert permitted(audience) == ids(people[:13])
        assert sum(part.count for part in audience.parts.all()) == 13


@pytest.mark.req("P2")
class TestTakingIt:
    def test_leaves_out_whoever_withdrew_since(self, lotus, people):
        audience = made(lotus)
        lotus.withdraws(people[2])
        lotus.stands(people[4], "erasing")

        ended = selectors.ended_since(audience)

        assert ended == ids([people[2], people[4]])
        assert permitted(audience, ended) == ids(people[:13]) - ended

    def test_leaves_out_everybody_once_the_purpose_is_closed(self, lotus, people):
        audience = made(lotus)
        consent.close_purpose(by=AUTHOR, purpose=lotus.versions[OFFERS].purpose)

        assert selectors.ended_since(audience) == ids(people[:13])

    def test_leaves_out_whom_a_new_rule_denies_and_keeps_the_others(self, lotus, people):
        elsewhere = lotus.person("ka@example.in", region="KA")
        lotus.yes(elsewhere)
        audience = made(lotus)
        in_force(lotus.id, rule("not_mh", regions=["IN-MH"]))  # an unknown region may be that

        ended = selectors.ended_since(audience)

        assert permitted(audience, ended) == {elsewhere.id.bytes}

    def test_keeps_those_whom_a_cap_has_counted_when_something_else_changes(self, lotus, people):
        in_force(lotus.id, rule("once", "cap", limit=1, seconds=3600))
        audience = made(lotus)
        assert audience.permitted == 13
        accounts.issue_key(by=AUTHOR, service=lotus.service)

        assert selectors.ended_since(audience) == set()

    def test_keeps_those_whom_a_cap_has_counted_when_they_do_something_else(self, lotus, people):
        in_force(lotus.id, rule("once", "cap", limit=1, seconds=3600))
        audience = made(lotus)
        lotus.stands(people[2], "restricted", scope_type="purpose", scope="another.purpose")

        assert selectors.ended_since(audience) == set()

    def test_leaves_out_whom_a_new_rule_denies_beside_a_cap(self, lotus, people):
        elsewhere = lotus.person("ka@example.in", region="KA")
        lotus.yes(elsewhere)
        once = rule("once", "cap", limit=1, seconds=3600)
        in_force(lotus.id, once)
        audience = made(lotus)
        in_force(lotus.id, once, rule("not_mh", regions=["IN-MH"]))

        ended = selectors.ended_since(audience)

        assert permitted(audience, ended) == {elsewhere.id.bytes}

    def test_is_over_with_its_permits(self, lotus, people):
        audience = made(lotus)
        Audience.objects.filter(id=audience.id).update(valid_until=timezone.now())
        audience.refresh_from_db()

        with pytest.raises(AudienceOverError):
            services.take(by=AUTHOR, audience=audience, form="csv", left_out=0)

        services.end_old()
        audience.refresh_from_db()
        assert audience.state == AudienceState.EXPIRED
        assert [one for one in uses(lotus, people[3]) if one.kind is Kind.AUDIENCE]

    def test_gives_who_ends_sooner_an_end_of_their_own(self, lotus, people):
        soon = timezone.now() + timedelta(minutes=10)
        lotus.yes(people[19], event_at=timezone.now() - timedelta(days=3), expires_at=soon)

        audience = made(lotus)

        ends = {raw: one.part.valid_until for one in selectors.permits(audience, set())
                for raw in one.ids}  # fmt: skip
        assert ends[people[19].id.bytes] == soon
        assert len(ends) == 14


def test_worlds_are_decided_alike_whatever_the_steps(lotus, monkeypatch):
    populate(lotus, seed=11)
    whole = made(lotus)
    monkeypatch.setattr(job, "STEP", 7)
    in_steps = made(lotus)
    listed = made(lotus, people=services.Named(frozenset(ids(lotus_people(lotus))), 0))

    assert permitted(whole) == permitted(in_steps) == permitted(listed) != set()
    assert whole.excluded == in_steps.excluded == listed.excluded


def lotus_people(company):
    return list(Subject.objects.filter(controller_id=company.id))


def broken(audience, *, problem=""):
    raise RuntimeError("the disk is full")


def payload(entry_id):
    (body,) = log.payloads([entry_id], {"rc2"}).values()
    return msgspec.json.decode(body)


def uses(company, person):
    return uses_of(company.id, person.id).uses


@pytest.mark.req("AUD-08")
class TestAReport:
    def test_is_backed_by_the_chunk_that_names_the_person(self, lotus, people):
        part = made(lotus).parts.get()

        assert gaps(lotus, people[2], part) == ()

    def test_is_not_backed_by_a_chunk_that_names_others(self, lotus, people):
        part = made(lotus, people=named(people[:3])).parts.get()

        assert gaps(lotus, people[5], part) == ("DECISION_OTHER_SUBJECT",)

    def test_is_not_backed_once_the_permit_has_ended(self, lotus, people):
        part = made(lotus).parts.get()

        assert gaps(lotus, people[2], part, part.valid_until + timedelta(seconds=1)) == (
            "DECISION_EXPIRED",
        )

    @pytest.mark.req("P9")
    def test_is_not_backed_by_another_companys_chunk(self, lotus, people):
        part = made(lotus).parts.get()
        other = company("jasmine", name="Jasmine")

        assert gaps(other, other.person(), part) == ("DECISION_UNKNOWN",)


def gaps(company, person, part, started_at=None):
    """Why the chunk does not back a use of the person's data by the company's service."""
    one = Report(
        who=Named(subject_id=person.id),
        purpose=OFFERS,
        started_at=started_at or timezone.now(),
        decision_id=part.id,
    )
    (recorded,) = intake.report(
        by=AUTHOR, controller_id=company.id, service_id=company.service.id, reports=[one]
    )
    return recorded.gaps
