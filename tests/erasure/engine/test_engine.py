"""One case from its start to its certificate, and the ways on which it may not get there."""

import pytest

from erasure.engine.settling import note_said
from erasure.models import Certificate, Step
from registry.connectors.contract import Act, Said
from subjects.models import Standing
from tests.erasure.engine.world import alarms_of, hasten, marks, work_on


class TestEnding:
    @pytest.mark.req("ERA-07", "ERA-08")
    def test_a_case_is_told_probed_and_closed_with_a_certificate(self, office, asha):
        office.system("crm")
        office.company.stands(asha, "erasing")
        case = office.began(asha, "crm")

        work_on()

        case.refresh_from_db()
        step = office.step(case, "crm")
        assert (case.state, step.state) == ("closed", "absent")
        assert marks(step) == [("sent", 1), ("confirmed", 1), ("absent", 1)]
        assert office.cabinets["crm"].left == set()
        assert office.cabinets["crm"].journal() == [str(step.id)]
        assert Certificate.objects.filter(case=case).count() == 1
        states = Standing.objects.filter(subject=asha, ended_at=None).values_list(
            "state", flat=True
        )
        assert list(states) == ["erased"]

    @pytest.mark.req("ERA-07")
    def test_what_waits_for_another_system_is_told_after_it_has_ended(self, office, asha):
        for code in ("crm", "mail", "lake"):
            office.system(code)
        last = office.planned("lake", after=["crm", "mail"])
        case = office.began(asha, "crm", "mail", last)
        assert office.step(case, "lake").next_at is None

        work_on()

        case.refresh_from_db()
        ends = {code: office.step(case, code) for code in office.systems}
        assert case.state == "closed"
        assert ends["lake"].sent_at > max(ends["crm"].ended_at, ends["mail"].ended_at)

    def test_what_waits_some_seconds_after_another_is_not_told_before(self, office, asha):
        office.system("crm"), office.system("lake")
        last = office.planned("lake", after=["crm"], after_seconds=3600)
        case = office.began(asha, "crm", last)

        work_on()

        step = office.step(case, "lake")
        assert (step.state, step.sent_at) == ("planned", None)
        assert (step.next_at - office.step(case, "crm").ended_at).total_seconds() == 3600

    @pytest.mark.req("ERA-04")
    def test_a_step_whose_data_are_all_kept_ends_as_exempt_and_tells_nobody(self, office, asha):
        office.system("ledger")
        kept = [{"category": "pd:Transaction", "because": "retention", "citation": "s.128(5)"}]
        case = office.began(asha, office.planned("ledger", exempt=True, kept=kept))

        work_on()

        case.refresh_from_db()
        assert (case.state, office.step(case, "ledger").state) == ("closed", "exempt")
        assert office.cabinets["ledger"].journal("call") == []

    def test_a_recipient_who_decides_for_themselves_is_told_and_not_looked_at(self, office, asha):
        office.system("partner")
        office_case = office.began(asha, office.planned("partner", duty="inform"))
        office.cabinets["partner"].mood(found="present")

        work_on()

        office_case.refresh_from_db()
        step = office.step(office_case, "partner")
        assert (office_case.state, step.state) == ("closed", "confirmed")
        assert step.ended_at is not None

    def test_a_party_without_a_system_waits_for_somebody_who_tells_it(self, office, asha):
        party = {"party": str(office.company.party.id), "duty": "inform", "verb": "erase"}
        case = office.began(asha, party)

        work_on()

        case.refresh_from_db()
        step = Step.objects.get(case=case)
        assert (case.state, step.state, step.code) == ("running", "failed", "inform_by_hand")

    def test_starting_twice_lays_out_steps_once(self, office, asha):
        office.system("crm")
        case = office.began(asha, "crm")

        assert office.start(case) == 0
        assert Step.objects.filter(case=case).count() == 1


class TestNotEnding:
    @pytest.mark.req("ERA-09")
    def test_a_system_that_lies_is_told_anew_under_another_key_and_alarms(self, office, asha):
        office.system("crm")
        case = office.began(asha, "crm")
        office.cabinets["crm"].mood(lies=True)

        work_on()

        step = office.step(case, "crm")
        assert (step.state, step.round, step.ended_at) == ("planned", 2, None)
        assert marks(step) == [("sent", 1), ("confirmed", 1), ("reopened", 1)]
        assert alarms_of(office) == {"erasure_undone"}

        office.cabinets["crm"].mood()
        hasten(step)
        work_on()

        case.refresh_from_db()
        assert case.state == "closed"
        assert office.cabinets["crm"].journal() == [str(step.id)] * 2

    def test_one_that_never_obeys_is_an_officers_after_five_rounds(self, office, asha):
        office.system("crm")
        case = office.began(asha, "crm")
        office.cabinets["crm"].mood(lies=True)

        for _ in range(5):
            work_on()
            hasten(office.step(case, "crm"))

        step = office.step(case, "crm")
        assert (step.state, step.round, step.code) == ("failed", 5, "still_there")

    @pytest.mark.req("ERA-09")
    @pytest.mark.parametrize(
        ("effect", "code"), [("suppress", "only_suppresses"), ("archive", "only_archives")]
    )
    def test_what_only_puts_data_aside_never_ends_a_step(self, office, asha, effect, code):
        office.system("crm", effect=effect)
        case = office.began(asha, "crm")
        office.cabinets["crm"].mood(found="absent")

        work_on()

        step = office.step(case, "crm")
        assert (step.state, step.code) == ("failed", code)
        assert step.ended_at is None

    @pytest.mark.parametrize("found", ["suppressed", "archived"])
    def test_data_found_put_aside_are_an_officers(self, office, asha, found):
        office.system("crm")
        case = office.began(asha, "crm")
        office.cabinets["crm"].mood(found=found)

        work_on()

        step = office.step(case, "crm")
        assert (step.state, step.code, step.ended_at) == ("failed", f"only_{found}", None)

    def test_a_system_that_cannot_be_looked_at_waits_for_evidence(self, office, asha):
        office.system("crm", probes=False)
        case = office.began(asha, "crm")

        work_on()

        step = office.step(case, "crm")
        assert (step.state, step.code, step.ended_at) == ("confirmed", "needs_evidence", None)

    def test_one_that_is_not_sure_is_looked_at_again_and_told_no_second_time(self, office, asha):
        office.system("crm")
        case = office.began(asha, "crm")
        office.cabinets["crm"].mood(found="unsure")

        work_on()

        step = office.step(case, "crm")
        assert step.state == "confirmed"
        assert step.attempts == 2
        assert office.cabinets["crm"].journal("call") == [str(step.id)]

    @pytest.mark.req("ERA-07")
    def test_a_refusal_is_an_officers_at_once(self, office, asha):
        office.system("crm")
        case = office.began(asha, "crm")
        office.cabinets["crm"].mood(act="refused", code="account_locked")

        work_on()

        step = office.step(case, "crm")
        assert (step.state, step.code) == ("failed", "account_locked")
        assert alarms_of(office) == {"erasure_stuck"}

    def test_a_system_that_asks_for_patience_gets_it(self, office, asha):
        office.system("crm")
        case = office.began(asha, "crm")
        office.cabinets["crm"].mood(act="retry", wait=7200)

        work_on()

        step = office.step(case, "crm")
        assert step.state == "planned"
        assert 7190 < (step.next_at - step.sent_at).total_seconds() < 7210

    def test_after_eight_tries_a_step_is_an_officers(self, office, asha):
        office.system("crm")
        case = office.began(asha, "crm")
        office.cabinets["crm"].mood(act="retry")

        for _ in range(8):
            work_on()
            hasten(office.step(case, "crm"))

        step = office.step(case, "crm")
        assert (step.state, step.attempts) == ("failed", 8)

    def test_a_person_whose_identifiers_are_gone_is_never_taken_for_unknown(self, office, asha):
        office.system("crm")
        case = office.began(asha, "crm", is_sealed=False)

        work_on()

        step = office.step(case, "crm")
        assert (step.state, step.code) == ("failed", "identifiers_gone")
        assert office.cabinets["crm"].journal("call") == []

    def test_an_answer_that_leaves_somebody_out_says_nothing_about_them(self, office, asha):
        office.system("crm")
        case = office.began(asha, "crm")
        office.cabinets["crm"].mood(forgets=True)

        work_on()

        step = office.step(case, "crm")
        assert (step.state, step.code) == ("sent", "unanswered")


class TestAccepted:
    def test_a_system_that_takes_its_time_is_asked_for_its_state(self, office, asha):
        office.system("crm")
        case = office.began(asha, "crm")
        office.cabinets["crm"].mood(act="accepted", reference="r-77")
        work_on()
        step = office.step(case, "crm")
        assert (step.state, step.reference) == ("accepted", "r-77")

        hasten(step)
        work_on()

        case.refresh_from_db()
        assert case.state == "closed"
        assert marks(step)[1] == ("accepted", 1)

    def test_its_callback_counts_once(self, office, asha):
        office.system("crm")
        case = office.began(asha, "crm")
        office.cabinets["crm"].mood(act="accepted")
        work_on()
        step = office.step(case, "crm")
        said = [Said(step=step.id, act=Act.DONE, evidence={"signature": "ab12"})]

        first, again = [
            note_said(
                controller_id=office.company.id, system_id=office.systems["crm"].id, said=said
            )
            for _ in range(2)
        ]  # fmt: skip

        assert (first, again) == (1, 0)
        work_on()
        case.refresh_from_db()
        assert case.state == "closed"

    def test_a_callback_of_another_system_or_company_says_nothing(self, office, asha):
        office.system("crm"), office.system("mail")
        case = office.began(asha, "crm", "mail")
        for cabinet in office.cabinets.values():
            cabinet.mood(act="accepted")
        work_on()
        said = [Said(step=office.step(case, "crm").id, act=Act.DONE)]

        number = note_said(
            controller_id=office.company.id, system_id=office.systems["mail"].id, said=said
        )

        assert number == 0
        assert office.step(case, "crm").state == "accepted"
