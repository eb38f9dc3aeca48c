"""The page that says who used or saw somebody's data, and why."""

import re

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import services as accounts
from audit import services as audit
from audit.actors import Actor, Target
from audit.uses import KINDS
from policies.intake import services as intake
from policies.intake.reports import Model, Report
from policies.texts import CATALOGUES, UNKNOWN_CODE
from portal import reasons
from subjects.naming import Named
from subjects.services import ref
from tests.portal.world import AUTHOR, OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-15", "POR-05")]
USES = "/privacy/uses/"
MODEL = Model(
    name="propensity", version="3", output="send_offer_12", automation_level="full_automation"
)


@pytest.fixture
def mailer(company):
    return accounts.create_service(
        by=AUTHOR, controller_id=company.id, code="mailer", name="E-mail activator",
        purposes=[OFFERS],
    )  # fmt: skip


@pytest.fixture
def olga(db):
    return accounts.create_officer(
        by=AUTHOR, username="olga.ivanova", email="olga@staff.example", password="one-two-3-Aa7!"
    )


@pytest.fixture
def used(company, asha, mailer):
    """Notes uses of Asha's data as those who use them do."""

    def note(event="decision:made", *, by=None, count=1, subject=asha, **more):
        drafts = [
            audit.Draft(
                event=event, by=by or Actor("service", str(mailer.id)), controller_id=company.id,
                target=Target("thing", "1"), subject=ref(subject), **more,
            )
            for _ in range(count)
        ]  # fmt: skip
        with transaction.atomic():
            return audit.record_many(drafts)

    return note


def permit(used, **more):
    return used(outcome="permit", reason_code="PERMIT_IN:consent", purpose=OFFERS, **more)


def deny(used, **more):
    return used(outcome="deny", reason_code="CONSENT_WITHDRAWN", purpose=OFFERS, **more)


def text(answer):
    main = answer.content.decode().split("<main")[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


class TestThePage:
    def test_says_who_what_for_and_why(self, asha_in, used):
        permit(used)
        deny(used)

        page = text(asha_in.get(USES))

        assert "E-mail activator A service of Lotus Bazaar" in page
        assert "Was allowed to use your data for “Offers by e-mail”. You agreed to this." in page
        assert (
            "Asked to use your data for “Offers by e-mail” and was refused. You withdrew your"
            " consent." in page
        )

    def test_never_names_an_officer(self, asha_in, used, olga):
        used("record:viewed", by=Actor("officer", str(olga.id)))

        page = text(asha_in.get(USES))

        assert "An officer of Lotus Bazaar Looked at your page." in page
        assert "olga" not in page
        assert str(olga.id) not in page

    def test_counts_equal_uses_of_a_day(self, asha_in, used):
        permit(used, count=7)

        assert "7 times, " in text(asha_in.get(USES))

    def test_of_nobody_says_so(self, asha_in):
        page = text(asha_in.get(USES))

        assert "Used your address to write to you." in page  # the link to sign in
        assert "E-mail activator" not in page

    @pytest.mark.parametrize("event", sorted(KINDS))
    def test_has_words_for_every_use(self, asha_in, used, event):
        used(event, purpose=OFFERS)

        page = text(asha_in.get(USES))

        assert event not in page
        assert "E-mail activator" in page
        assert "%(" not in page

    @pytest.mark.req("P9")
    def test_shows_nothing_of_others(self, asha_in, company, used):
        permit(used, subject=company.person("ravi@example.in"))

        assert "Was allowed" not in text(asha_in.get(USES))

    def test_comes_in_pages(self, asha_in, used):
        for _ in range(2):
            deny(used, count=60)
        first = asha_in.get(USES)
        older = re.search(r'href="(\?before=[0-9a-f-]+)"', first.content.decode())[1]

        second = asha_in.get(USES + older)

        assert "100 times, " in text(first)
        assert "20 times" in text(second)
        assert "Newest" in text(second)

    @pytest.mark.parametrize("query", ["before=x", "before=%00", "before=", "page=9"])
    def test_survives_any_question(self, asha_in, used, query):
        permit(used)

        answer = asha_in.get(f"{USES}?{query}")

        assert answer.status_code == 200
        assert "Was allowed" in text(answer)

    def test_past_the_end_says_so(self, asha_in, used):
        (oldest,) = permit(used)
        before = f"00000000{str(oldest)[8:]}"

        assert "There is nothing older." in text(asha_in.get(f"{USES}?before={before}"))

    def test_is_for_the_person_alone_and_kept_by_no_browser(self, client, asha_in):
        assert client.get(USES).status_code == 302
        assert "no-store" in asha_in.get(USES)["Cache-Control"]
        assert asha_in.post(USES).status_code == 405

    def test_is_reached_from_the_persons_pages(self, asha_in):
        assert f'href="{USES}"' in asha_in.get("/privacy/choices/").content.decode()

    def test_costs_the_same_however_long_the_list(
        self, asha_in, used, django_assert_max_num_queries
    ):
        permit(used, count=90)

        with django_assert_max_num_queries(18):
            asha_in.get(USES)


class TestTheAccount:
    @pytest.fixture
    def reported(self, company, asha, mailer):
        """Has the service report what it did with somebody's data; gives the entry's id."""

        def report(subject=asha, **more):
            one = Report(
                who=Named(subject_id=subject.id), purpose=OFFERS, started_at=timezone.now(), **more
            )
            (found,) = intake.report(
                by=Actor("service", str(mailer.id)), controller_id=company.id,
                service_id=mailer.id, reports=[one],
            )  # fmt: skip
            return found.entry_id

        return report

    def test_says_how_a_reported_use_came_about(self, asha_in, reported):
        entry = reported()

        page = text(asha_in.get(f"{USES}{entry}/"))

        assert f"{USES}{entry}/" in asha_in.get(USES).content.decode()
        assert "“E-mail activator” of Lotus Bazaar" in page
        assert str(entry) in page

    def test_says_how_a_model_decided_and_how_to_contest_it(self, asha_in, reported):
        entry = reported(model=MODEL)

        page = text(asha_in.get(f"{USES}{entry}/"))

        assert "The model was propensity, version 3." in page
        assert "To contest this, write to Lotus Bazaar." in page

    @pytest.mark.req("P9")
    def test_of_others_is_not_there(self, asha_in, company, reported, used):
        entry = reported(company.person("ravi@example.in"))
        (decision,) = permit(used)

        assert asha_in.get(f"{USES}{entry}/").status_code == 404
        assert asha_in.get(f"{USES}{decision}/").status_code == 404


def test_every_reason_of_the_rules_can_be_translated():
    said = {text.user for text in CATALOGUES["en"].values()}

    assert said | {UNKNOWN_CODE} == reasons.SENTENCES
