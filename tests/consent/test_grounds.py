"""Grounds other than consent: none is active without the evidence its law asks for (CON-21)."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import EntryIndex
from consent import grounds as rules
from consent import services
from consent.admin.forms import grounds_eu, grounds_in
from consent.errors import (
    EventTimeError,
    GroundDecidedError,
    GroundEvidenceError,
    GroundMissingError,
    GroundNotDeclaredError,
    GroundTakenError,
    GroundUnknownError,
    PurposeUnknownError,
)
from consent.models import PersonalGround
from consent.services import Evidence
from registry import services as registry
from subjects.errors import SubjectUnknownError
from subjects.news import PERMITS_ENDED
from tests.portal import world
from tests.portal.world import APPROVER, AUTHOR, DELIVERY, OFFERS
from work.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-21")]
GIVEN_AT = datetime(2026, 3, 14, 9, tzinfo=UTC)
WHOLE = {
    "provided_at": GIVEN_AT, "reference": "contract-77", "citation": "Income-tax Act 1961 s.285BA",
}  # fmt: skip


def finding(company, kind="lia", purpose="p.six_f", *, approve=True):
    found = registry.Finding(
        kind=kind, purpose=purpose, citation="GDPR Art 6(1)(f)", conclusion="Balanced.",
        valid_until=timezone.now().date() + timedelta(days=9),
    )  # fmt: skip
    made = registry.record_assessment(by=AUTHOR, controller_id=company.id, finding=found)
    return registry.approve_assessment(by=APPROVER, assessment=made) if approve else made


@pytest.fixture
def resting(company):
    """The code of a purpose that rests on a ground."""

    def make(ground):
        if ground in rules.CONDITIONS:
            return OFFERS
        code = "p." + ground.replace("6-1-", "six_")
        pack = rules.pack_of(ground)
        world.purpose(company.controller, code, ("T", "D"), {pack: ground})
        return code

    return make


@pytest.fixture
def put(company, asha):
    def record(ground, purpose=DELIVERY, evidence=None, **more):
        return services.record_ground(
            by=AUTHOR, controller_id=company.id, subject_id=more.pop("subject_id", asha.id),
            purpose=purpose, ground=ground, evidence=Evidence(**(evidence or {})), **more,
        )  # fmt: skip

    return record


def test_every_ground_a_purpose_may_rest_on_has_its_evidence():
    declared = {code for code, _ in (*grounds_in(), *grounds_eu())} - {"", "consent", "6-1-a"}

    assert declared == set(rules.NEEDS) - rules.CONDITIONS
    assert all(rules.NEEDS.values())


@pytest.mark.parametrize("ground", sorted(rules.NEEDS))
def test_with_its_evidence_a_ground_is_active(company, put, resting, ground):
    purpose = resting(ground)
    evidence = dict(WHOLE)
    if ground == "6-1-f":
        evidence["assessment_id"] = finding(company, purpose=purpose).id

    row = put(ground, purpose, evidence)

    assert (row.state, row.pack) == ("active", rules.pack_of(ground))
    assert EntryIndex.objects.filter(event="ground:activated").count() == 1


@pytest.mark.parametrize(
    ("ground", "missing"), [(code, name) for code, needs in rules.NEEDS.items() for name in needs]
)
def test_without_any_part_of_it_none_is_recorded(put, resting, ground, missing):
    evidence = {name: value for name, value in WHOLE.items() if name != missing}

    with pytest.raises(GroundEvidenceError) as caught:
        put(ground, resting(ground), evidence)

    assert missing in caught.value.message
    assert not PersonalGround.objects.exists()


@pytest.mark.parametrize("ground", ["s7a", "s7b", "6-1-b", "6-1-c", "6-1-f"])
def test_the_database_refuses_to_activate_a_mere_claim(put, resting, ground):
    row = put(ground, resting(ground), is_claim=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        PersonalGround.objects.filter(pk=row.pk).update(
            state="active", activated_at=timezone.now(), activated_by="somebody"
        )


class TestClaims:
    def test_a_claim_counts_once_its_evidence_came(self, company, put):
        row = put("s7a", is_claim=True)

        found = services.activate_ground(
            by=APPROVER, controller_id=company.id, ground_id=row.id,
            evidence=Evidence(provided_at=GIVEN_AT),
        )  # fmt: skip

        assert (row.state, found.state, found.provided_at) == ("claimed", "active", GIVEN_AT)

    def test_and_not_before(self, company, put):
        row = put("s7a", is_claim=True)

        with pytest.raises(GroundEvidenceError):
            services.activate_ground(
                by=APPROVER, controller_id=company.id, ground_id=row.id,
                evidence=Evidence(reference="x"),
            )  # fmt: skip

        row.refresh_from_db()
        assert (row.state, row.reference) == ("claimed", "")

    def test_what_is_active_is_not_decided_again(self, company, put):
        row = put("s7a", evidence=WHOLE)

        with pytest.raises(GroundDecidedError):
            services.activate_ground(
                by=APPROVER, controller_id=company.id, ground_id=row.id, evidence=Evidence()
            )


class TestBadInput:
    def test_a_ground_no_law_knows(self, put):
        with pytest.raises(GroundUnknownError):
            put("s7z", evidence=WHOLE)

    def test_consent_is_none_of_these(self, put):
        with pytest.raises(GroundUnknownError):
            put("6-1-a", OFFERS, WHOLE)

    def test_a_ground_the_purpose_does_not_rest_on(self, put):
        with pytest.raises(GroundNotDeclaredError):
            put("6-1-b", OFFERS, WHOLE)

    def test_an_unknown_purpose(self, put):
        with pytest.raises(PurposeUnknownError):
            put("6-1-b", "no.such", WHOLE)

    def test_a_provision_in_the_future(self, put):
        with pytest.raises(EventTimeError):
            put("s7a", evidence={"provided_at": timezone.now() + timedelta(days=1)})

    @pytest.mark.req("P9")
    def test_a_person_of_another_company(self, other, put):
        with pytest.raises(SubjectUnknownError):
            put("s7a", evidence=WHOLE, subject_id=other.person("b@example.in").id)

    @pytest.mark.parametrize("which", ["unapproved", "another_purpose", "another_kind", "nothing"])
    def test_a_balancing_test_that_is_none(self, company, put, resting, which):
        purpose = resting("6-1-f")
        found = {
            "unapproved": lambda: finding(company, purpose=purpose, approve=False).id,
            "another_purpose": lambda: finding(company, purpose=OFFERS).id,
            "another_kind": lambda: finding(company, "dpia", purpose).id,
            "nothing": uuid4,
        }[which]()

        with pytest.raises(GroundEvidenceError):
            put("6-1-f", purpose, {"assessment_id": found})

    @pytest.mark.req("P9")
    def test_another_companys_balancing_test(self, other, put, resting):
        purpose = resting("6-1-f")

        with pytest.raises(GroundEvidenceError):
            put("6-1-f", purpose, {"assessment_id": finding(other, purpose=purpose).id})


def test_the_same_again_changes_nothing(put):
    assert put("s7a", evidence=WHOLE) == put("s7a", evidence=WHOLE)

    assert EntryIndex.objects.filter(event="ground:recorded").count() == 1


def test_other_evidence_needs_the_old_one_ended(company, put):
    row = put("s7a", evidence=WHOLE)

    with pytest.raises(GroundTakenError):
        put("s7a", evidence={**WHOLE, "reference": "other"})

    services.end_ground(by=AUTHOR, controller_id=company.id, ground_id=row.id, reason="replaced")
    assert put("s7a", evidence={**WHOLE, "reference": "other"}).pk != row.pk


class TestTheSignal:
    """In one step the person says that what they volunteered is not to be used (s.7(a))."""

    def say_no(self, company, asha, **more):
        return services.object_to(
            by=AUTHOR, controller_id=company.id, subject_id=asha.id, kind="voluntary_use", **more
        )

    @pytest.mark.parametrize("about", [{"purpose": DELIVERY}, {}])
    def test_ends_the_ground(self, company, asha, put, about):
        row = put("s7a", evidence=WHOLE)

        self.say_no(company, asha, **about)

        row.refresh_from_db()
        assert (row.state, row.end_reason) == ("ended", "person_said_no")

    def test_leaves_what_it_is_not_about(self, company, asha, put):
        row = put("s7a", evidence=WHOLE)
        other = put("6-1-b", evidence=WHOLE)

        self.say_no(company, asha, purpose=OFFERS)

        assert {one.state for one in PersonalGround.objects.all()} == {"active"}
        self.say_no(company, asha)
        row.refresh_from_db()
        other.refresh_from_db()
        assert (row.state, other.state) == ("ended", "active")


class TestEnding:
    def test_it_ends_once_and_recalls_what_rested_on_it(self, company, put):
        row = put("s7a", evidence=WHOLE)

        for _ in range(2):
            ended = services.end_ground(
                by=AUTHOR, controller_id=company.id, ground_id=row.id, reason="contract_ended"
            )

        assert (ended.state, ended.end_reason) == ("ended", "contract_ended")
        assert EntryIndex.objects.filter(event="ground:ended").count() == 1
        assert Job.objects.filter(kind=PERMITS_ENDED).count() == 1

    @pytest.mark.req("P9")
    def test_another_company_finds_none(self, other, put):
        row = put("s7a", evidence=WHOLE)

        with pytest.raises(GroundMissingError):
            services.end_ground(by=AUTHOR, controller_id=other.id, ground_id=row.id)
