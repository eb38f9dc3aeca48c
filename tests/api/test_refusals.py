"""Objections and restrictions through the API."""

import pytest

from consent import services as consent
from consent.models import Objection, Restriction
from subjects import selectors as subjects
from tests.api import house
from tests.api.house import pointers, problem
from tests.portal.world import APPROVER, AUTHOR, DELIVERY, MAPS, OFFERS

pytestmark = pytest.mark.req("POR-07")
BY_PHONE = {"method": "phone"}
OBJECTIONS, RESTRICTIONS = "/objections", "/restrictions"


@pytest.fixture
def lena(lotus):
    """A person in Germany: both laws apply."""
    return lotus.person("lena@example.de", residence="DE")


def objecting(person, **more):
    given = {"kind": "particular_situation", "purpose": OFFERS, "method": "phone", **more}
    said = {"subject": str(person.id), **given}
    return {name: value for name, value in said.items() if value is not None}


def to_marketing(person):
    return objecting(person, kind="direct_marketing", purpose=None)


def restricting(person, **more):
    return {"subject": str(person.id), "ground": "accuracy", "method": "email", **more}


class TestObjecting:
    def test_from_a_situation_it_waits_for_an_officer(self, api, lena, entries):
        response = api.post(OBJECTIONS, objecting(lena))

        assert response.status_code == 201, response.content
        body = response.json()
        assert (body["kind"], body["purpose"], body["state"]) == (
            "particular_situation", OFFERS, "pending",
        )  # fmt: skip
        assert response.headers["Location"].endswith(f"{OBJECTIONS}/{body['id']}")
        (entry,) = entries("objection:registered")
        assert (entry.actor_type, entry.subject_id) == ("service", lena.id)
        assert Objection.objects.get().method == "phone"

    def test_to_marketing_it_stands_at_once(self, api, lena):
        body = api.post(OBJECTIONS, to_marketing(lena)).json()

        assert (body["purpose"], body["state"], body["lifted_at"]) == (None, "upheld", None)

    def test_by_the_companys_own_identifier(self, api, lena):
        said = {**to_marketing(lena), "subject": "lena@example.de", "scheme": "email"}

        assert api.post(OBJECTIONS, said).status_code == 201

    def test_twice_answers_with_the_first(self, api, lena):
        first, second = (api.post(OBJECTIONS, objecting(lena)).json() for _ in range(2))

        assert first == second

    def test_a_key_has_one_effect(self, api, lena, entries):
        answers = [api.post(OBJECTIONS, objecting(lena), Idempotency_Key="k-1") for _ in range(2)]

        assert answers[0].json() == answers[1].json()
        assert len(entries("objection:registered")) == 1

    @pytest.mark.parametrize(
        ("more", "pointer"),
        [
            ({"kind": "odd"}, "/kind"),
            ({"kind": None}, "/kind"),
            ({"method": None}, "/method"),
            ({"method": "By Phone"}, "/method"),
            ({"purpose": None}, "/purpose"),
            ({"purpose": "A B"}, "/purpose"),
            ({"kind": "direct_marketing"}, "/purpose"),
            ({"kind": "sale_sharing"}, "/purpose"),
            ({"grounds": "because"}, "/grounds"),
        ],
    )
    def test_of_another_form_it_is_refused(self, api, lena, unchanged, more, pointer):
        unchanged()

        found = pointers(api.post(OBJECTIONS, objecting(lena, **more)))

        assert {where for where, _ in found} == {pointer}
        assert not Objection.objects.exists()

    @pytest.mark.parametrize(
        ("method", "code"),
        [("silence", "method_forbidden"), ("telepathy", "method_unknown")],
    )
    def test_silence_is_no_word(self, api, lena, unchanged, method, code):
        unchanged()

        problem(api.post(OBJECTIONS, objecting(lena, method=method)), 422, code)

    def test_what_the_persons_law_does_not_give_is_not_acknowledged(self, api, asha, unchanged):
        unchanged()

        for said in (to_marketing(asha), objecting(asha)):
            problem(api.post(OBJECTIONS, said), 422, "right_not_given")
        problem(api.post(RESTRICTIONS, restricting(asha)), 422, "right_not_given")
        assert not Objection.objects.exists()

    def test_to_volunteered_data_it_is_indian_law(self, api, asha, lena):
        said = {"kind": "voluntary_use", "purpose": None}

        assert api.post(OBJECTIONS, objecting(asha, **said)).status_code == 201
        assert api.post(OBJECTIONS, objecting(lena, **said)).status_code == 201  # both laws apply

    def test_about_a_purpose_of_others_it_is_refused(self, api, lena, unchanged):
        unchanged()

        answer = api.post(OBJECTIONS, objecting(lena, purpose=DELIVERY))

        problem(answer, 403, "purpose_not_registered")

    @pytest.mark.req("P9")
    def test_of_another_companys_person_finds_nobody(self, api, bela, unchanged):
        unchanged()

        problem(api.post(OBJECTIONS, to_marketing(bela)), 404, "subject_unknown")


class TestReadingObjections:
    def test_shows_what_stands_and_records_it(self, api, lena, entries):
        made = api.post(OBJECTIONS, objecting(lena)).json()

        response = api.get(OBJECTIONS, {"subject": str(lena.id)})

        assert response.json() == {"items": [made]}
        assert entries("record:read")[0].subject_id == lena.id
        assert api.get(f"{OBJECTIONS}/{made['id']}").json() == made

    def test_hides_those_about_purposes_of_others(self, api, lotus, lena):
        other = house.caller(lotus, code="maps", purposes=(MAPS,))
        mine = api.post(OBJECTIONS, objecting(lena)).json()
        marketing = api.post(OBJECTIONS, to_marketing(lena)).json()

        shown = other.get(OBJECTIONS, {"subject": str(lena.id)}).json()

        assert shown == {"items": [marketing]}
        problem(other.get(f"{OBJECTIONS}/{mine['id']}"), 404, "objection_missing")
        lift = other.post(f"{OBJECTIONS}/{mine['id']}/lift", {"method": "phone"})
        problem(lift, 404, "objection_missing")

    @pytest.mark.req("P9")
    def test_of_another_company_finds_nothing(self, api, tulip, lena):
        mine = api.post(OBJECTIONS, objecting(lena)).json()
        stranger = house.caller(tulip)

        problem(stranger.get(f"{OBJECTIONS}/{mine['id']}"), 404, "objection_missing")
        problem(stranger.get(OBJECTIONS, {"subject": str(lena.id)}), 404, "subject_unknown")


class TestLiftingAnObjection:
    def test_on_the_persons_word(self, api, lena, entries):
        made = api.post(OBJECTIONS, objecting(lena)).json()

        response = api.post(f"{OBJECTIONS}/{made['id']}/lift", {"method": "phone"})

        assert response.status_code == 200, response.content
        assert response.json()["lifted_at"] is not None
        again = api.post(f"{OBJECTIONS}/{made['id']}/lift", {"method": "phone"})
        assert again.json() == response.json()
        assert len(entries("objection:lifted")) == 1

    @pytest.mark.parametrize("kind", ["direct_marketing", "sale_sharing"])
    def test_that_reaches_further_is_the_persons_alone(self, api, lena, unchanged, kind):
        made = api.post(OBJECTIONS, objecting(lena, kind=kind, purpose=None)).json()
        unchanged()

        answer = api.post(f"{OBJECTIONS}/{made['id']}/lift", {"method": "phone"})

        problem(answer, 403, "lift_not_open")
        assert Objection.objects.get().lifted_at is None


class TestRestricting:
    def test_counts_at_once(self, api, lena, entries):
        response = api.post(RESTRICTIONS, restricting(lena))

        assert response.status_code == 201, response.content
        body = response.json()
        assert (body["ground"], body["scope_type"], body["scope"]) == ("accuracy", "everything", "")
        assert subjects.standings(lena).filter(state="restricted").exists()
        assert entries("restriction:set")[0].subject_id == lena.id
        listed = api.get(RESTRICTIONS, {"subject": str(lena.id)}).json()
        assert listed == {"items": [body]}
        assert api.get(f"{RESTRICTIONS}/{body['id']}").json() == body

    @pytest.mark.parametrize(
        ("more", "pointer"),
        [
            ({"ground": "odd"}, "/ground"),
            ({"scope": OFFERS}, "/scope"),
            ({"scope_type": "purpose"}, "/scope"),
            ({"scope_type": "odd"}, "/scope_type"),
            ({"scope_type": "purpose", "scope": "a b"}, "/scope"),
        ],
    )
    def test_of_another_form_is_refused(self, api, lena, unchanged, more, pointer):
        unchanged()

        found = pointers(api.post(RESTRICTIONS, restricting(lena, **more)))

        assert {where for where, _ in found} == {pointer}
        assert not Restriction.objects.exists()

    def test_of_an_unknown_category_is_refused(self, api, lena, unchanged):
        unchanged()
        said = restricting(lena, scope_type="category", scope="pd:NoSuch")

        problem(api.post(RESTRICTIONS, said), 422, "restriction_scope_wrong")

    def test_of_a_purpose_of_others_is_refused(self, api, lena, unchanged):
        unchanged()
        said = restricting(lena, scope_type="purpose", scope=DELIVERY)

        problem(api.post(RESTRICTIONS, said), 403, "purpose_not_registered")


class TestLiftingARestriction:
    def made(self, api, person, **more):
        return api.post(RESTRICTIONS, restricting(person, **more)).json()["id"]

    def test_for_the_company_follows_the_notice(self, api, lena):
        path = f"{RESTRICTIONS}/{self.made(api, lena)}"

        problem(api.post(f"{path}/lift", {}), 409, "lifting_not_announced")
        announced = api.post(f"{path}/announce", {"reason": "data_corrected", "days": 5})
        assert announced.status_code == 200, announced.content
        assert announced.json()["lifts_at"] is not None
        problem(api.post(f"{path}/lift", {}), 409, "subject_not_told")
        consent.note_told(by=APPROVER, restriction=Restriction.objects.get(), through="phone")
        problem(api.post(f"{path}/lift", {}), 409, "lifting_too_soon")
        assert Restriction.objects.get().lifted_at is None

    def test_on_the_persons_word_ends_one_of_one_purpose(self, api, lena):
        made = self.made(api, lena, scope_type="purpose", scope=OFFERS)

        response = api.post(f"{RESTRICTIONS}/{made}/lift", {"method": "phone"})

        assert response.status_code == 200, response.content
        assert Restriction.objects.get().is_taken_back

    def test_of_everything_is_the_persons_alone(self, api, lena):
        answer = api.post(f"{RESTRICTIONS}/{self.made(api, lena)}/lift", {"method": "phone"})

        problem(answer, 403, "lift_not_open")

    @pytest.mark.parametrize(
        "said", [{"reason": "They were wrong"}, {"reason": "a", "days": 0}, {}]
    )
    def test_needs_a_code_and_some_days(self, api, lena, said):
        made = self.made(api, lena)

        assert pointers(api.post(f"{RESTRICTIONS}/{made}/announce", said))

    @pytest.mark.req("P9")
    def test_of_another_company_finds_nothing(self, api, tulip, lena):
        made = self.made(api, lena)
        stranger = house.caller(tulip)

        for path, body in (
            ("announce", {"reason": "a"}),
            ("lift", {}),
            ("lift", {"method": "app"}),
        ):
            answer = stranger.post(f"{RESTRICTIONS}/{made}/{path}", body)
            problem(answer, 404, "restriction_missing")
        problem(stranger.get(f"{RESTRICTIONS}/{made}"), 404, "restriction_missing")
        assert Restriction.objects.get().lifted_at is None


@pytest.mark.req("P11")
def test_what_cannot_be_recorded_is_not_shown(api, lena, lotus, broken_log):
    consent.object_to(by=AUTHOR, controller_id=lotus.id, subject_id=lena.id)

    with broken_log:
        answer = api.get(OBJECTIONS, {"subject": str(lena.id)})

    assert answer.status_code == 503
    assert b"direct_marketing" not in answer.content
