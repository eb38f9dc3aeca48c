"""What people refuse without being asked: objections, opt-outs, restrictions, and a signal."""

import re

import pytest

from consent import selectors as consent
from consent import services
from consent.models import Restriction
from subjects import selectors as subjects
from tests.portal import world
from tests.portal.world import APPROVER, DELIVERY, OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("POR-07")]
CHOICES, OBJECTIONS, RESTRICTIONS = (
    "/privacy/choices/", "/privacy/objections/", "/privacy/restrictions/",
)  # fmt: skip
SIGNAL = {"Sec-GPC": "1"}
RESEARCH = "research.shops"


@pytest.fixture
def lena(company):
    """A person in Germany: both laws apply."""
    world.purpose(company.controller, RESEARCH, ("Research", "We learn which shops are liked."),
                  {"IN": "consent", "EU": "6-1-f"})  # fmt: skip
    return company.person("lena@example.de", residence="DE")


@pytest.fixture
def lena_in(sign_in, company, lena):
    return sign_in(company, "lena@example.de")


def page_of(client, **more):
    return client.get(CHOICES, **more).content.decode()


def section(client, **more):
    return re.search(r'<section id="rights".*?</section>', page_of(client, **more), re.DOTALL)[0]


def offered(text):
    """What can be done, as (kind, purpose, act)."""
    forms = re.findall(r'<form class="card"[^>]*id="right-.*?</form>', text, re.DOTALL)
    found = []
    for form in forms:
        kind, purpose = (
            re.search(rf'name="{name}" value="([^"]*)"', form)[1] for name in ("kind", "purpose")
        )
        act = re.search(r'name="act" value="(\w+)"', form)
        found.append((kind, purpose, act[1] if act else ""))
    return found


def made(company, person):
    return {
        (one.kind, one.purpose.code if one.purpose else "", one.method, one.state)
        for one in consent.objections(company.id, person.id).select_related("purpose")
    }


def says(client, act, kind, purpose="", **more):
    return client.post(OBJECTIONS, {"act": act, "kind": kind, "purpose": purpose}, **more)


class TestObjecting:
    def test_what_is_offered_is_what_the_law_gives(self, asha_in, lena_in):
        assert offered(section(asha_in)) == [
            ("sale_sharing", "", "object"), ("voluntary_use", DELIVERY, "object"),
        ]  # fmt: skip
        assert set(offered(section(lena_in))) == {
            ("direct_marketing", "", "object"), ("sale_sharing", "", "object"),
            ("particular_situation", RESEARCH, "object"), ("voluntary_use", DELIVERY, "object"),
        }  # fmt: skip

    def test_takes_one_step_there_and_one_back(self, lena_in, company, lena):
        answer = says(lena_in, "object", "direct_marketing")

        assert (answer.status_code, answer["Location"]) == (303, f"{CHOICES}#rights")
        assert made(company, lena) == {("direct_marketing", "", "portal", "upheld")}
        assert ("direct_marketing", "", "lift") in offered(section(lena_in))
        assert "You said no on" in section(lena_in)
        assert says(lena_in, "lift", "direct_marketing").status_code == 303
        assert made(company, lena) == set()

    def test_from_a_situation_says_that_it_is_weighed(self, lena_in, company, lena):
        says(lena_in, "object", "particular_situation", RESEARCH)

        assert made(company, lena) == {("particular_situation", RESEARCH, "portal", "pending")}
        assert "Until this is decided" in section(lena_in)

    @pytest.mark.req("CON-21")
    def test_to_volunteered_data_takes_one_step(self, asha_in, company, asha):
        says(asha_in, "object", "voluntary_use", DELIVERY)

        assert made(company, asha) == {("voluntary_use", DELIVERY, "portal", "upheld")}

    @pytest.mark.parametrize(
        "said",
        [
            {},
            {"act": "object"},
            {"act": "odd", "kind": "direct_marketing"},
            {"act": "object", "kind": "odd"},
            {"act": "object", "kind": "voluntary_use", "purpose": "x" * 101},
        ],
    )
    def test_what_is_unclear_changes_nothing(self, lena_in, company, lena, said):
        answer = lena_in.post(OBJECTIONS, said)

        assert answer.status_code == 422
        assert "We did not understand this answer" in answer.content.decode()
        assert made(company, lena) == set()

    @pytest.mark.parametrize(
        ("kind", "purpose", "status"),
        [
            ("direct_marketing", OFFERS, 422),
            ("particular_situation", "no.such", 422),
            ("particular_situation", "", 422),
        ],
    )
    def test_what_cannot_be_is_refused_in_words(
        self, lena_in, company, lena, kind, purpose, status
    ):
        answer = says(lena_in, "object", kind, purpose)

        assert answer.status_code == status
        assert "This could not be done" in answer.content.decode()
        assert made(company, lena) == set()

    def test_what_the_persons_law_does_not_give_is_refused(self, asha_in, company, asha):
        assert says(asha_in, "object", "direct_marketing").status_code == 422
        assert asha_in.post(RESTRICTIONS, {"ground": "accuracy"}).status_code == 422
        assert made(company, asha) == set()
        assert "Restrict the use" not in section(asha_in)

    def test_strangers_are_shown_the_way_in(self, client):
        assert says(client, "object", "direct_marketing").headers["Location"].endswith("sign-in/")


class TestRestricting:
    def test_takes_one_step_there_and_one_back(self, lena_in, lena):
        answer = lena_in.post(RESTRICTIONS, {"ground": "accuracy", "purpose": ""})

        assert (answer.status_code, answer["Location"]) == (303, f"{CHOICES}#rights")
        assert subjects.standings(lena).filter(state="restricted").exists()
        assert "Restricted since" in section(lena_in)
        (found,) = Restriction.objects.all()
        assert lena_in.post(RESTRICTIONS, {"restriction": str(found.pk)}).status_code == 303
        assert not subjects.standings(lena).exists()

    def test_of_one_purpose(self, lena_in, lena):
        lena_in.post(RESTRICTIONS, {"ground": "claims", "purpose": OFFERS})

        (standing,) = subjects.standings(lena)
        assert (standing.scope_type, standing.scope) == ("purpose", OFFERS)

    @pytest.mark.req("ERA-17")
    def test_an_announced_end_is_shown_before(self, lena_in, lena):
        lena_in.post(RESTRICTIONS, {"ground": "accuracy"})
        services.announce_lifting(
            by=APPROVER, restriction=Restriction.objects.get(), reason="Put right."
        )

        assert "may lift this restriction" in section(lena_in)

    @pytest.mark.parametrize("said", [{}, {"ground": "odd"}, {"restriction": "1"}])
    def test_what_is_unclear_changes_nothing(self, lena_in, said):
        assert lena_in.post(RESTRICTIONS, said).status_code == 422
        assert not Restriction.objects.exists()

    @pytest.mark.req("P9")
    def test_nobody_ends_the_restriction_of_another(self, asha_in, company, lena):
        found = services.restrict(
            by=APPROVER, controller_id=company.id, subject_id=lena.id, ground="claims"
        )

        answer = asha_in.post(RESTRICTIONS, {"restriction": str(found.pk)})

        assert answer.status_code == 404
        found.refresh_from_db()
        assert found.lifted_at is None


@pytest.mark.req("POL-20", "POR-15")
class TestASignal:
    def test_is_recorded_when_the_page_is_opened_and_shown(self, asha_in, company, asha):
        text = section(asha_in, headers=SIGNAL)

        assert "Global Privacy Control" in text
        assert ("sale_sharing", "", "") in offered(text)
        assert made(company, asha) == {("sale_sharing", "", "signal", "upheld")}

    def test_that_stays_away_takes_nothing_back(self, asha_in, company, asha):
        page_of(asha_in, headers=SIGNAL)

        text = section(asha_in, headers={"Sec-GPC": "0"})

        assert "Global Privacy Control" not in text
        assert ("sale_sharing", "", "lift") in offered(text)
        assert made(company, asha) == {("sale_sharing", "", "signal", "upheld")}

    def test_outweighs_the_button_while_it_lasts(self, asha_in, company, asha):
        answer = says(asha_in, "lift", "sale_sharing", headers=SIGNAL)

        assert answer.status_code == 409
        assert "Your browser still tells us" in answer.content.decode()
        assert says(asha_in, "lift", "sale_sharing").status_code == 303
        assert made(company, asha) == set()

    @pytest.mark.parametrize("value", ["0", "true", ""])
    def test_is_exactly_one(self, asha_in, company, asha, value):
        page_of(asha_in, headers={"Sec-GPC": value})

        assert made(company, asha) == set()

    def test_that_it_is_heeded_is_published(self, client):
        answer = client.get("/.well-known/gpc.json")

        assert answer.json() == {"gpc": True, "lastUpdate": "2026-11-22"}
        assert answer["Content-Type"] == "application/json"
