"""What officers do with steps: try again, except with a signature, accept evidence."""

import pytest

from audit.actors import Actor
from erasure.errors_engine import (
    EvidenceMalformedError,
    ExceptionReasonError,
    StepEndedError,
    StepNotFailedError,
    StepUnknownError,
)
from erasure.models import Case, Gate, Step
from erasure.selectors_engine import dead_letters, failures, health, unproven
from erasure.services import stepping
from keys import services as keys
from keys.provider import Signature
from tests.erasure.engine.world import marks, work_on
from tests.factories.company import company

OFFICER = Actor("officer", "officer-1")
REASON = "The vendor went out of business in May."


@pytest.fixture
def failed(office, asha):
    """A case with one failed step and one that waits for it."""
    office.system("crm"), office.system("lake")
    case = office.began(asha, "crm", office.planned("lake", after=["crm"]))
    office.cabinets["crm"].mood(act="refused", code="account_locked")
    work_on()
    return office.step(case, "crm")


def do(verb, step, **more):
    return verb(by=OFFICER, controller_id=step.controller_id, step_id=step.id, **more)


class TestRetry:
    def test_a_failed_step_is_told_again_under_its_key(self, office, failed):
        office.cabinets["crm"].mood()

        do(stepping.retry_step, failed)
        work_on()

        failed.refresh_from_db()
        assert (failed.state, failed.round) == ("absent", 1)
        assert Case.objects.get(pk=failed.case_id).state == "closed"

    def test_all_of_a_system_at_once_and_although_it_rests(self, office, failed):
        Gate.objects.update(rests_until_at="2100-01-01T00:00Z")
        office.cabinets["crm"].mood()

        number = stepping.retry_system(
            by=OFFICER, controller_id=failed.controller_id, system_id=failed.system_id
        )
        Gate.objects.exclude(system=failed.system_id).update(rests_until_at=None)
        work_on()

        assert number == 1
        failed.refresh_from_db()
        assert failed.state == "absent"

    def test_only_a_failed_one_is(self, office, failed):
        with pytest.raises(StepNotFailedError):
            do(stepping.retry_step, office.step(failed.case, "lake"))

    def test_another_companys_step_is_unknown(self, failed):
        with pytest.raises(StepUnknownError):
            stepping.retry_step(
                by=OFFICER, controller_id=company("tulip").id, step_id=failed.id
            )  # fmt: skip


class TestExcept:
    @pytest.mark.req("ERA-07")
    def test_an_exception_ends_the_step_and_sets_free_what_waited(self, office, failed):
        step = do(stepping.except_step, failed, reason=REASON)
        work_on()

        assert (step.state, step.excepted_by) == ("excepted", "officer-1")
        assert marks(step)[-1] == ("excepted", 1)
        assert office.step(step.case, "lake").state == "absent"
        assert Case.objects.get(pk=step.case_id).state == "closed"

    def test_it_is_signed_over_its_facts(self, failed):
        step = do(stepping.except_step, failed, reason=REASON)
        signed = step.evidence["exception"]
        signature = Signature(
            signed["key_id"], signed["key_version"], bytes.fromhex(signed["signature"])
        )
        step = Step.objects.get(pk=step.pk)

        assert keys.verify(stepping.exception_bytes(step), signature)
        step.excepted_reason = "Another reason altogether."
        assert not keys.verify(stepping.exception_bytes(step), signature)

    @pytest.mark.parametrize("reason", ["", "short", "x" * 301])
    def test_without_a_reason_there_is_none(self, failed, reason):
        with pytest.raises(ExceptionReasonError):
            do(stepping.except_step, failed, reason=reason)

    def test_what_has_ended_is_not_excepted(self, failed):
        do(stepping.except_step, failed, reason=REASON)

        with pytest.raises(StepEndedError):
            do(stepping.except_step, failed, reason=REASON)


@pytest.mark.req("ERA-07")
class TestExceptAllOfOneCause:
    def end(self, failed, code="account_locked", reason=REASON):
        return stepping.except_failed(
            by=OFFICER, controller_id=failed.controller_id, system_id=failed.system_id,
            verb="erase", code=code, reason=reason,
        )  # fmt: skip

    def test_each_ends_with_a_signature_of_its_own_and_frees_its_case(self, office, failed, ravi):
        office.cabinets["crm"].mood(act="refused", code="account_locked")
        second = office.step(office.began(ravi, "crm"), "crm")
        work_on()

        assert [(one.code, one.number) for one in failures(failed.controller_id)] == [
            ("account_locked", 2)
        ]
        assert self.end(failed) == 2
        work_on()

        signed = [Step.objects.get(pk=one.pk) for one in (failed, second)]
        assert {one.state for one in signed} == {"excepted"}
        assert len({one.evidence["exception"]["signature"] for one in signed}) == 2
        assert {Case.objects.get(pk=one.case_id).state for one in signed} == {"closed"}

    def test_what_failed_from_another_cause_or_elsewhere_stays(self, failed):
        assert self.end(failed, code="timeout") == 0
        tulip = company("tulip").id
        assert stepping.except_failed(
            by=OFFICER, controller_id=tulip, system_id=failed.system_id, verb="erase",
            code="account_locked", reason=REASON,
        ) == 0  # fmt: skip

        failed.refresh_from_db()
        assert failed.state == "failed"

    def test_so_many_at_once_the_oldest_first(self, office, failed, ravi, monkeypatch):
        monkeypatch.setattr(stepping, "MOST_AT_ONCE", 1)
        second = office.step(office.began(ravi, "crm"), "crm")
        work_on()

        assert self.end(failed) == 1
        second.refresh_from_db()
        assert second.state == "failed"

    def test_without_a_reason_there_is_none(self, failed):
        with pytest.raises(ExceptionReasonError):
            self.end(failed, reason="short")


class TestEvidence:
    def test_evidence_ends_what_cannot_be_looked_at(self, office, asha):
        office.system("paper", probes=False)
        case = office.began(asha, "paper")
        work_on()
        assert [one.id for one in unproven(case.controller_id)] == [office.step(case, "paper").id]

        step = do(stepping.note_evidence, office.step(case, "paper"), evidence={"sha256": "ab12"})
        work_on()

        assert (step.state, step.late_at) == ("absent", None)
        assert step.evidence["shown"] == {"sha256": "ab12", "by": "officer-1"}
        assert Case.objects.get(pk=case.pk).state == "closed"

    def test_who_was_to_be_informed_ends_as_confirmed(self, office, asha):
        party = {"party": str(office.company.party.id), "duty": "inform", "verb": "erase"}
        case = office.began(asha, party)

        step = do(
            stepping.note_evidence, Step.objects.get(case=case), evidence={"letter": "2026-11-02"}
        )

        assert step.state == "confirmed"
        assert step.ended_at is not None

    @pytest.mark.parametrize(
        "evidence", [{}, {"Name": "x"}, {"note": "Asha Rao <asha@x.example>"}, {"n": 1.5}]
    )
    def test_evidence_is_codes_and_never_prose(self, failed, evidence):
        with pytest.raises(EvidenceMalformedError):
            do(stepping.note_evidence, failed, evidence=evidence)


class TestHealth:
    def test_it_says_what_waits_failed_and_moved_at_each_system(self, failed):
        crm, lake = health(failed.controller_id)

        assert (crm.code, crm.waiting, crm.failed, crm.due) == ("crm", 1, 1, 0)
        assert (lake.code, lake.waiting, lake.failed, lake.rate) == ("lake", 1, 0, 0.0)
        assert crm.rate == pytest.approx(2 / 5)
        assert [one.id for one in dead_letters(failed.controller_id)] == [failed.id]

    def test_another_company_sees_nothing_of_it(self, failed):
        assert health(company("tulip").id) == []
