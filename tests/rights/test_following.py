"""A request's reference, and the answer that follows from a closed case (ERA-09, POR-14)."""

import pytest
from django.core import mail

from audit.actors import Actor
from erasure.models import Case
from erasure.services import deciding
from rights import selectors, services
from rights.errors import RequestStateError
from rights.references import reference, request_of
from rights.services import NewRequest
from subjects import services as subject_services
from tests.erasure.test_cases_deciding import policy
from tests.portal.world import AUTHOR, SURVEYS

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-09", "POR-14")]


def ask(company, subject, **facts):
    facts = {"kind": "erasure", "channel": "portal", "identified_how": "signed_in", **facts}
    new = NewRequest(subject_id=subject.id, **facts)
    by = Actor("subject", str(subject.id))
    return services.receive(by=by, controller_id=company.id, new=new)


def test_a_closed_case_answers_its_request(company, asha, run_jobs, events):
    found = ask(company, asha)

    run_jobs()

    found.refresh_from_db()
    assert Case.objects.get(id=found.case_id).state == "closed"
    assert (found.state, found.answer_code) == ("answered", "done_in_part")  # India's vault
    assert events(company) == ["request:received", "request:answered"]


def test_nothing_stays_where_the_gdpr_alone_applies(european, run_jobs):
    lena = european.person("lena@example.de", residence="DE")
    found = ask(european, lena)

    run_jobs()

    found.refresh_from_db()
    assert (found.state, found.answer_code) == ("answered", "done")


def test_a_request_for_less_is_answered_with_the_case_it_joined(company, asha, run_jobs):
    whole = ask(company, asha)
    part = ask(company, asha, scope_type="purpose", scope=SURVEYS)
    assert Case.objects.get(id=part.case_id).joined_into == whole.case_id

    run_jobs()

    part.refresh_from_db()
    assert part.state == "answered"


def test_who_takes_the_whole_back_has_still_asked_for_the_part(company, asha, run_jobs):
    whole = ask(company, asha)
    part = ask(company, asha, scope_type="purpose", scope=SURVEYS)
    by = Actor("subject", str(asha.id))
    services.take_back(by=by, controller_id=company.id, request_id=whole.id)

    run_jobs()

    part.refresh_from_db()
    assert part.state == "answered"
    assert selectors.case_of(part).state == "closed"


def test_a_case_that_still_runs_answers_nothing(company, asha):
    found = ask(company, asha)

    assert services.cases_closed(controller_id=company.id, case_ids=[found.case_id]) == 0


REASON = "All of it stands in a pending suit."
OFFICER, SECOND = Actor("officer", "meera"), Actor("officer", "ravi")


def call_off(company, found, by=OFFICER):
    deciding.cancel(by=by, controller_id=company.id, case_id=found.case_id, reason=REASON)


@pytest.fixture
def approved(company):
    """A second person looks before a case runs."""
    policy(company, approval=["request"])


@pytest.mark.req("ERA-15", "POR-11")
class TestCasesThatCameToNothing:
    def test_a_refused_case_refuses_its_request_with_reasons_and_remedies(
        self, company, asha, run_jobs, events, approved
    ):
        found = ask(company, asha)
        run_jobs()
        deciding.refuse(
            by=SECOND, controller_id=company.id, case_id=found.case_id, reason=REASON,
            ground="kept_by_law",
        )  # fmt: skip
        mail.outbox.clear()

        run_jobs()

        found.refresh_from_db()
        assert (found.state, found.answer_code) == ("refused", "kept_by_law")
        assert found.answer_text == REASON
        assert events(company)[-1] == "request:refused"
        (letter,) = mail.outbox
        assert REASON in letter.body
        assert "Data Protection Board of India" in letter.body

    def test_what_an_officer_called_off_waits_for_an_officer(
        self, company, asha, run_jobs, events, approved
    ):
        found = ask(company, asha)
        call_off(company, found)

        run_jobs()

        found.refresh_from_db()
        assert found.state == "working"
        assert found in selectors.queue([company.id])
        assert selectors.was_returned(found)
        assert events(company)[-1] == "request:returned"

    def test_it_can_be_begun_anew(self, company, asha, run_jobs):
        policy(company, approval=["request"])
        found = ask(company, asha)
        call_off(company, found)
        run_jobs()
        policy(company)
        given = {"by": OFFICER, "controller_id": company.id, "request_id": found.id}

        services.begin_again(**given)
        with pytest.raises(RequestStateError):
            services.begin_again(**given)
        run_jobs()

        found.refresh_from_db()
        assert (found.state, Case.objects.get(id=found.case_id).state) == ("answered", "closed")

    def test_it_can_be_refused_with_reasons_instead(self, company, asha, run_jobs, approved):
        found = ask(company, asha)
        call_off(company, found)
        run_jobs()

        services.refuse(
            by=OFFICER, controller_id=company.id, request_id=found.id, code="excessive",
            text=REASON,
        )  # fmt: skip

        found.refresh_from_db()
        assert found.state == "refused"

    def test_what_the_person_called_off_is_taken_back(self, company, asha, run_jobs, approved):
        found = ask(company, asha)
        call_off(company, found, Actor("subject", str(asha.id)))

        run_jobs()

        found.refresh_from_db()
        assert found.state == "taken_back"

    def test_who_had_joined_is_not_refused_for_another_wish(
        self, company, asha, run_jobs, approved
    ):
        whole = ask(company, asha)
        part = ask(company, asha, scope_type="purpose", scope=SURVEYS)
        deciding.refuse(
            by=SECOND, controller_id=company.id, case_id=whole.case_id, reason=REASON,
            ground="unfounded",
        )  # fmt: skip

        run_jobs()

        whole.refresh_from_db()
        part.refresh_from_db()
        assert (whole.state, part.state) == ("refused", "working")
        assert selectors.was_returned(part)


def test_the_reference_leads_to_the_request_and_nothing_else_does(company, asha):
    found = ask(company, asha, kind="access")
    text = reference(found)

    assert request_of(text).id == found.id
    for wrong in (
        "", "x", text[:-1], text[:-1] + ("0" if text[-1] != "0" else "1"), text.upper() + "0",
        "0" * 32 + text[32:], found.id.hex, text.replace("-", "9-"),
    ):  # fmt: skip
        assert request_of(wrong) is None


def test_it_leads_there_when_the_persons_key_is_gone(company, asha):
    found = ask(company, asha, kind="access")
    text = reference(found)
    subject_services.destroy_key(by=AUTHOR, subject=asha)

    assert request_of(text).id == found.id


def test_no_line_leads_to_a_person_whose_key_is_gone(company, asha):
    found = ask(company, asha, kind="access")
    subject_services.destroy_key(by=AUTHOR, subject=asha)

    assert services.person_of(found) is None
