"""The pages on which officers open more than the view, and look at what others opened."""

import pytest
from django.urls import reverse

from audit.actors import Actor
from profiles.models import BreakGlass, ProfileExport, ReadingLimits, Reveal, Seat, UnusualAccess
from subjects import services as subjects
from tests.desk import house
from tests.desk.profiles.conftest import officer
from tests.factories.company import AUTHOR, OFFERS
from tests.factories.profiles import VALUES

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("PRO-02", "ADM-03")]
REASON = "The caller asked us to read it back"


@pytest.fixture
def asha(lotus):
    return lotus.person()


@pytest.fixture
def at(lotus, reader):
    """The address of a page about somebody, from the reader's seat, for offers."""
    seat = Seat.objects.get(controller_id=lotus.id, holder_id=str(reader.pk))

    def address(name, person):
        one = getattr(person, "id", person)
        return f"{reverse(f'admin:{name}', args=[one])}?seat={seat.pk}&purpose={OFFERS}"

    return address


class TestOpeningAField:
    def test_leads_back_to_the_profile_that_shows_it(self, desk, at, asha):
        answer = desk.post(
            at("reveal_field", asha), {"attribute": "email", "minutes": 5, "reason": REASON}
        )

        assert answer.status_code == 303
        assert VALUES["email"] in desk.get(answer.headers["Location"]).content.decode()

    def test_is_offered_beside_each_masked_field(self, desk, at, asha):
        page = desk.get(at("profile", asha)).content.decode()

        assert "attribute=email" in page
        assert "attribute=home" not in page

    def test_says_what_is_wrong_and_opens_nothing(self, desk, at, asha):
        answer = desk.post(
            at("reveal_field", asha), {"attribute": "home", "minutes": 5, "reason": REASON}
        )

        assert answer.status_code == 422
        assert not Reveal.objects.exists()

    @pytest.mark.parametrize("change", [{"reason": ""}, {"minutes": 31}, {"attribute": "nothing"}])
    def test_needs_a_reason_a_time_and_a_field(self, desk, at, asha, change):
        given = {"attribute": "email", "minutes": 5, "reason": REASON, **change}

        assert desk.post(at("reveal_field", asha), given).status_code == 422

    def test_that_cannot_be_recorded_is_a_503(self, desk, at, asha, broken_log):
        broken_log.breaks()

        answer = desk.post(
            at("reveal_field", asha), {"attribute": "email", "minutes": 5, "reason": REASON}
        )

        assert answer.status_code == 503
        assert not Reveal.objects.exists()


class TestBreakingTheGlass:
    GIVEN = {"case": "C-7", "minutes": 30, "reason": REASON}  # noqa: RUF012

    def test_leads_back_to_the_whole_profile(self, desk, at, asha):
        answer = desk.post(at("break_glass", asha), self.GIVEN)

        assert answer.status_code == 303
        assert VALUES["diagnosis"] in desk.get(answer.headers["Location"]).content.decode()
        assert BreakGlass.objects.get().case == "C-7"

    @pytest.mark.req("PRO-06")
    def test_knows_of_restricted_people_as_little_as_of_nobody(self, desk, at, lotus, asha):
        subjects.set_standing(by=AUTHOR, subject=asha, state="restricted", reason="art_18")

        answers = [desk.post(at("break_glass", one), self.GIVEN) for one in (asha, lotus.id)]

        assert [one.status_code for one in answers] == [404, 404]
        assert answers[0].content == answers[1].content

    def test_the_form_says_nothing_of_whether_somebody_is_there(self, desk, at, lotus, asha):
        pages = [desk.get(at("break_glass", one)) for one in (asha, lotus.id)]

        assert [one.status_code for one in pages] == [200, 200]

    def test_from_a_seat_of_somebody_else_is_refused(self, at, lotus, asha):
        other = house.signed_in(officer(lotus, "other", "profile_reader"))

        assert other.post(at("break_glass", asha), self.GIVEN).status_code == 403

    def test_without_the_permission_is_refused(self, at, lotus, asha):
        auditor = house.signed_in(officer(lotus, "ada", "auditor"))

        assert auditor.get(at("break_glass", asha)).status_code == 403


class TestReviewing:
    @pytest.fixture
    def glass(self, desk, at, asha):
        desk.post(at("break_glass", asha), TestBreakingTheGlass.GIVEN)
        return BreakGlass.objects.get()

    def act(self, glass, verb):
        return reverse("admin:profiles_breakglass_act", args=[glass.pk, verb])

    def test_is_an_officers_with_that_duty(self, desk, manager, glass):
        given = {"verdict": "justified", "finding": "Waiting would have done harm"}

        assert desk.post(self.act(glass, "review"), given).status_code in (403, 404)
        assert manager.post(self.act(glass, "review"), given).status_code == 302

        glass.refresh_from_db()
        assert glass.verdict == "justified"

    def test_can_end_it_now(self, manager, glass):
        manager.post(self.act(glass, "close"), {"yes": "1"})

        before = glass.expires_at
        glass.refresh_from_db()
        assert glass.expires_at < before


class TestTheOtherVerbs:
    def test_limits_are_set(self, manager, lotus):
        given = {
            "controller": str(lotus.id), "people_an_hour": 5, "times_usual": 4,
            "service_people_an_hour": 50, "reveals_a_day": 1, "glass_a_day": 0,
            "searches_an_hour": 9, "from_hour": 8, "until_hour": 18, "smallest_group": 7,
        }  # fmt: skip

        manager.post(reverse("admin:profiles_readinglimits_add"), given)

        assert ReadingLimits.objects.get().smallest_group == 7

    def test_a_person_is_put_under_watch_and_a_break_noticed_and_answered(
        self, desk, manager, lotus, at, asha
    ):
        given = {"controller": str(lotus.id), "subject": str(asha.id), "why": "public_figure"}
        manager.post(reverse("admin:profiles_flaggedperson_add"), given)
        desk.post(at("break_glass", asha), TestBreakingTheGlass.GIVEN)
        access = UnusualAccess.objects.get(kind="flagged")

        address = reverse("admin:profiles_unusualaccess_act", args=[access.pk, "answer"])
        manager.post(address, {"answer": "expected"})

        access.refresh_from_db()
        assert access.answer == "expected"

    def test_an_export_is_asked_for_and_refused_by_another(
        self, desk, manager, lotus, asha, settings, tmp_path
    ):
        settings.PROFILE_EXPORT_FOLDER = str(tmp_path / "exports")
        given = {
            "controller": str(lotus.id), "subjects": str(asha.id), "purpose": OFFERS,
            "reason": REASON,
        }  # fmt: skip
        desk.post(reverse("admin:profiles_profileexport_add"), given)
        export = ProfileExport.objects.get()

        manager.post(
            reverse("admin:profiles_profileexport_act", args=[export.pk, "refuse"]), {"yes": "1"}
        )

        export.refresh_from_db()
        assert export.state == "refused"

    def test_an_export_is_asked_for_from_one_of_several_seats(
        self, desk, reader, lotus, asha, settings, tmp_path
    ):
        settings.PROFILE_EXPORT_FOLDER = str(tmp_path / "exports")
        second = lotus.seat(Actor("officer", str(reader.pk)), unit="stores")
        address = reverse("admin:profiles_profileexport_add")
        given = {
            "controller": str(lotus.id), "subjects": str(asha.id), "purpose": OFFERS,
            "reason": REASON,
        }  # fmt: skip

        unsaid = desk.post(address, given)
        not_theirs = desk.post(address, {**given, "seat": "nobodys/"})
        desk.post(address, {**given, "seat": f"{second.role.code}/stores"})

        assert "say in which" in unsaid.content.decode()
        assert not_theirs.status_code == 422
        assert ProfileExport.objects.get().seat_id == second.pk

    def test_ids_that_are_none_are_pointed_at(self, desk, lotus):
        given = {
            "controller": str(lotus.id), "subjects": "asha@example.in", "purpose": OFFERS,
            "reason": REASON,
        }  # fmt: skip

        answer = desk.post(reverse("admin:profiles_profileexport_add"), given)

        assert answer.status_code == 422
        assert not ProfileExport.objects.exists()
