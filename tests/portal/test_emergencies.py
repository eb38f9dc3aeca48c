"""Who used my data, in an emergency: the person reads of it once it is over."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.actors import Actor
from policies.emergency import services
from policies.emergency.models import EmergencyUse, Ground, Reason
from portal import emergencies
from tests.portal.test_uses import USES, deny, mailer, olga, text, used
from tests.portal.world import make

__all__ = ["mailer", "olga", "used"]

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-23", "AUD-15")]
SECOND = Actor("officer", "01900000-0000-7000-8000-00000000000b")


@pytest.fixture
def opens(company, asha, mailer, olga):
    """Opens an emergency use about somebody, as an officer does."""

    def opened(person=asha, **more):
        given = {"ground": "7f", "reason": "treatment", "reference": "INC-7", "hours": 4, **more}
        return services.open_emergency(
            by=Actor("officer", str(olga.id)), controller_id=company.id, service_id=mailer.id,
            subject_id=person.id, **given,
        )  # fmt: skip

    return opened


@pytest.fixture
def past(opens):
    """Opens one and ends it."""

    def ended(**more):
        return services.end_emergency(by=SECOND, emergency=opens(**more))

    return ended


class TestAnEmergencyUse:
    def test_is_told_when_it_is_over(self, asha_in, past):
        use = past()

        page = text(asha_in.get(USES))

        assert (
            "Lotus Bazaar allowed its service “E-mail activator” to use your data in an emergency "
            "without asking you, from " in page
        )
        assert "The ground was a medical emergency, a threat to life or health" in page
        assert "It was done to care for you." in page
        assert f"Case {use.id}" in page

    def test_is_not_told_while_it_lasts(self, asha_in, opens):
        opens()

        assert "Emergency use" not in text(asha_in.get(USES))

    def test_is_told_when_its_time_is_over(self, asha_in, opens):
        use = opens()
        EmergencyUse.objects.filter(pk=use.pk).update(
            opened_at=timezone.now() - timedelta(days=3),
            ends_at=timezone.now() - timedelta(days=2),
        )

        assert "Emergency use" in text(asha_in.get(USES))

    def test_never_names_an_officer_nor_their_incident(self, asha_in, past, olga):
        past()

        body = asha_in.get(USES).content.decode()

        assert str(olga.id) not in body
        assert "INC-7" not in body

    def test_says_what_the_review_found(self, asha_in, past):
        use = past()
        before = text(asha_in.get(USES))
        services.review_emergency(by=SECOND, emergency=use, finding="unjustified")

        after = asha_in.get(USES)

        assert "A second person still has to review whether this was justified." in before
        assert re.search(r"reviewed it on .* found that it was not justified\.", text(after))
        assert '<li class="unbacked">' in after.content.decode()

    def test_that_was_justified_says_so(self, asha_in, past):
        services.review_emergency(by=SECOND, emergency=past(), finding="justified")

        assert "found that it was justified." in text(asha_in.get(USES))

    def test_says_whether_the_person_was_written_to(self, asha_in, past):
        use = past()
        before = text(asha_in.get(USES))
        services.note_told(emergency_id=use.id, whom=services.PERSON)

        assert "You have not been written to about it so far." in before
        assert "You were written to about it on " in text(asha_in.get(USES))

    def test_stands_on_the_page_of_its_time_alone(self, asha_in, past, used):
        deny(used, count=60)
        use = past()
        deny(used, count=60)
        first = asha_in.get(USES)
        older = re.search(r'href="(\?before=[0-9a-f-]+)"', first.content.decode())[1]

        assert str(use.id) in text(first)
        assert str(use.id) not in text(asha_in.get(USES + older))

    def test_that_is_older_than_a_page_stands_on_the_next(self, asha_in, past, used):
        use = past()
        deny(used, count=120)
        first = asha_in.get(USES)
        older = re.search(r'href="(\?before=[0-9a-f-]+)"', first.content.decode())[1]

        assert str(use.id) not in text(first)
        assert str(use.id) in text(asha_in.get(USES + older))

    @pytest.mark.req("P9")
    def test_of_others_is_not_there(self, asha_in, company, past):
        past(person=company.person("ravi@example.in"))

        assert "Emergency use" not in text(asha_in.get(USES))

    @pytest.mark.req("P9")
    def test_at_another_company_is_not_there(self, sign_in, past):
        tulip = make("tulip", "Tulip Stores")
        tulip.person()
        her_pages = sign_in(tulip)
        past()

        assert "Emergency use" not in text(her_pages.get(USES))


def test_there_are_words_for_every_ground_and_reason():
    assert emergencies.GROUNDS.keys() == set(Ground.values)
    assert emergencies.REASONS.keys() == set(Reason.values)
