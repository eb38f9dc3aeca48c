"""Parties without a system: a letter that names nobody, and a link that does (GDPR 19)."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from audit.models import EntryIndex
from erasure import selectors_progress as progress
from erasure.engine import late, parties
from erasure.engine.starting import VERB_BY_HAND
from erasure.errors_engine import StepNotFailedError
from erasure.manual import services as by_hand
from erasure.models import Case, Mark, Step
from erasure.services import stepping
from profiles.errors_guarded import DisclosurePlaceError
from profiles.models import Disclosure
from profiles.selectors_recipients import places
from profiles.services import Handed, Told, record_disclosure
from registry import services as registry
from subjects.services import destroy_key
from tests.erasure.cases_world import EMAIL, OFFICER, SECOND, step
from tests.erasure.cases_world import opened as open_case
from tests.erasure.engine.world import alarms_of, hasten, marks, work_on
from tests.factories.company import OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-06")]
PDF = b"%PDF-1.7 done"
ADDRESS = "privacy@partner.example"


def set_contact(party, address=ADDRESS):
    return registry.set_contact(by=OFFICER, party=party, contact_email=address)


@pytest.fixture
def party(office):
    """Somebody who decides for themselves, with an address."""
    made = registry.record_party(
        by=OFFICER, controller_id=office.company.id, code="partner", name="Partner GmbH",
        kind="recipient", country="DE", contract_reference="C-7",
    )  # fmt: skip
    return set_contact(made)


def began(office, person, party, duty="inform", **more):
    told = {"party": str(party.id), "duty": duty, "categories": [EMAIL], "verb": "erase", **more}
    return office.began(person, told)


def tell():
    """As a keeper and a worker do."""
    parties.begin_due(timezone.now())
    work_on()


def token():
    return re.search(r"/errand/([^/\s]+)/", mail.outbox[-1].body)[1]


def opened():
    """Who opens the link sees this."""
    client = Client()
    return client.post(f"/errand/{token()}/", follow=True)


class TestInforming:
    def test_a_letter_that_was_taken_informs_them_and_names_nobody(self, office, asha, party):
        case = began(office, asha, party)

        tell()

        case.refresh_from_db()
        step = Step.objects.get(case=case)
        (letter,) = mail.outbox
        assert letter.to == [ADDRESS]
        assert "a@people.example" not in letter.subject + letter.body
        assert (case.state, step.state) == ("closed", "confirmed")
        assert marks(step) == [("sent", 1), ("confirmed", 1)]
        assert [one.name for one in progress.lines(case.controller_id, case.id)] == [party.name]
        assert all(one.is_informed for one in progress.lines(case.controller_id, case.id))

    def test_its_link_shows_whom_it_is_about_though_the_case_is_closed(self, office, asha, party):
        began(office, asha, party)
        tell()

        page = opened().content.decode()

        assert "a@people.example" in page
        assert EMAIL in page
        assert party.name in page
        assert 'type="file"' not in page
        assert EntryIndex.objects.filter(event="identifier:revealed").exists()

    def test_when_the_links_time_is_over_the_case_forgets_them(self, office, asha, party):
        case = began(office, asha, party)
        tell()
        assert Case.objects.get(pk=case.pk).wrapped_key is not None

        parties.end_links(timezone.now() + timedelta(days=15))
        late.forget_seen()

        assert Case.objects.get(pk=case.pk).wrapped_key is None
        assert "a@people.example" not in opened().content.decode()

    def test_many_people_are_one_letter(self, office, asha, party):
        began(office, asha, party)
        began(office, office.company.person("b@people.example"), party)

        tell()
        tell()

        assert len(mail.outbox) == 1
        assert not Step.objects.exclude(state="confirmed").exists()

    def test_a_letter_that_was_not_taken_is_tried_again(self, office, asha, party, settings):
        settings.EMAIL_BACKEND = "tests.erasure.manual.test_parties.Refusing"
        case = began(office, asha, party)
        tell()
        step = Step.objects.get(case=case)
        assert (step.state, step.code) == ("sent", "letter_not_sent")

        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        hasten(step)
        tell()

        step.refresh_from_db()
        assert (step.state, step.possible_repeats) == ("confirmed", 1)


class Refusing:
    """A mail server that is away."""

    def __init__(self, *args, **options):
        pass

    def send_messages(self, messages):
        raise OSError("away")


class TestWithoutAnAddress:
    def test_an_officer_tells_it_and_notes_so(self, office, asha, party):
        set_contact(party, "")
        case = began(office, asha, party)
        step = Step.objects.get(case=case)
        assert (step.state, step.code) == ("failed", "inform_by_hand")

        stepping.note_evidence(
            by=OFFICER, controller_id=case.controller_id, step_id=step.id,
            evidence={"reference": "Letter 12 of 3 May"},
        )  # fmt: skip
        work_on()

        step.refresh_from_db()
        case.refresh_from_db()
        assert (step.state, case.state) == ("confirmed", "closed")

    def test_an_address_that_came_later_is_used(self, office, asha, party):
        set_contact(party, "")
        case = began(office, asha, party)
        step = Step.objects.get(case=case)
        given = {"by": OFFICER, "controller_id": case.controller_id, "step_id": step.id}
        with pytest.raises(StepNotFailedError):
            stepping.retry_step(**given)

        set_contact(party)
        stepping.retry_step(**given)
        tell()

        step.refresh_from_db()
        assert step.state == "confirmed"

    def test_one_that_was_taken_away_meanwhile_is_an_officers(self, office, asha, party):
        case = began(office, asha, party)
        set_contact(party, "")

        tell()

        step = Step.objects.get(case=case)
        assert (step.state, step.code) == ("failed", "contact_missing")
        assert mail.outbox == []
        assert "erasure_stuck" in alarms_of(office)


class TestProcessors:
    def test_who_works_for_the_company_shows_that_it_is_done(self, office, asha, party):
        case = began(office, asha, party, duty="instruct")
        tell()
        step = Step.objects.get(case=case)
        assert (step.state, step.code, step.ended_at) == ("accepted", "by_hand", None)
        assert 'type="file"' in opened().content.decode()

        shown = by_hand.show(
            by=OFFICER, controller_id=case.controller_id, step_id=step.id, claim="done",
            content=PDF, place_id=party.id,
        )  # fmt: skip
        by_hand.accept(by=SECOND, controller_id=case.controller_id, evidence_id=shown.id)
        work_on()

        step.refresh_from_db()
        case.refresh_from_db()
        assert (step.state, case.state) == ("absent", "closed")


@pytest.mark.req("ERA-10")
class TestMadePublic:
    """What was made public is told to whoever shows it (GDPR 17(2))."""

    PLACE = "https://search.example/people/asha"

    def published(self, office, asha, **more):
        company = office.company
        publisher = registry.record_party(
            by=OFFICER, controller_id=company.id, code="search", name="Search Engine",
            kind="publisher", country="IE",
        )  # fmt: skip
        registry.record_category(by=OFFICER, controller_id=company.id, code=EMAIL, name="E-mail")
        given = {
            "key": "page-1", "recipient": "search", "purpose": OFFERS, "categories": (EMAIL,),
            "described": "The page of members", "ground": "consent", "is_public": True,
            "disclosed_at": timezone.now(), "place": self.PLACE, **more,
        }  # fmt: skip
        record_disclosure(
            by=OFFICER, controller_id=company.id, people=[Handed(asha.id)], told=Told(**given)
        )
        return set_contact(publisher, "removals@search.example")

    def test_the_case_tells_the_publisher_and_its_page_says_where(self, office, asha):
        publisher = self.published(office, asha)

        found = Case.objects.get(pk=open_case(office.company, asha).id)
        assert step(found.plan, publisher.id)["duty"] == "inform"
        tell()

        (letter,) = mail.outbox
        assert letter.to == ["removals@search.example"]
        assert self.PLACE not in letter.body
        page = opened().content.decode()
        assert self.PLACE in page
        assert "asha.rao@example.in" in page

    def test_where_it_is_shown_is_on_record_under_the_persons_own_key(self, office, asha):
        self.published(office, asha)

        row = Disclosure.objects.get()
        assert row.is_public
        assert self.PLACE.encode() not in bytes(row.place)
        assert places(office.company.id, [asha.id]) == {asha.id: {row.recipient_id: (self.PLACE,)}}
        destroy_key(by=OFFICER, subject=asha)
        assert places(office.company.id, [asha.id]) == {}

    @pytest.mark.parametrize("more", [{"is_public": False}, {"place": "the wall"}])
    def test_only_what_is_public_has_a_web_address(self, office, asha, more):
        with pytest.raises(DisclosurePlaceError):
            self.published(office, asha, **more)


@pytest.mark.req("ERA-17")
def test_a_system_that_cannot_be_told_to_correct_is_an_officers(office, asha):
    office.system("crm")
    told = office.planned("crm", declared={"verbs": ["erase"]}) | {"verb": "correct"}

    case = office.began(asha, told, verb="correct")

    step = Step.objects.get(case=case)
    assert (step.state, step.code) == ("failed", VERB_BY_HAND)
    assert not Mark.objects.filter(step=step, kind="sent").exists()
