"""The illustration to section 3(c)(ii) of the DPDP Act: what a person published of herself."""

import pytest

from policies.rules.law import act
from registry import services as registry
from tests.factories.company import AUTHOR
from tests.stories.town import opened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("PRO-09")]
AUTHORS = "directory.authors"
VIEWS, ADDRESS = "pd:Opinion", "pd:Contact"
POST = "Her public page, 2026-11-02"
ASIDE = "PERMIT_ACT_NOT_APPLICABLE:published"


@pytest.fixture
def archive(http):
    """A company that lists authors with their views, and asks whoever it needs to ask."""
    archive = opened(http, "archive", AUTHORS)
    for code in (VIEWS, ADDRESS):
        registry.record_category(by=AUTHOR, controller_id=archive.id, code=code, name=code)
    archive.asks_about(AUTHORS, data=(VIEWS, ADDRESS))
    return archive


@pytest.fixture
def x(archive):
    return archive.person()


def published(archive, x, category=VIEWS, **more):
    body = {"subject": str(x.id), "kind": "published", "category": category, "reference": POST}
    return archive.api.post("/provenance", {**body, **more})


def views(archive, x):
    return archive.may(x, AUTHORS, data=[VIEWS])


def reason(answer):
    return answer["context"]["reason_code"]


class TestSection3ClauseC:
    """X, blogging her views, has made personal data of hers public on social media."""

    def test_before_anybody_shows_that_it_was_x_the_act_applies(self, archive, x):
        assert published(archive, x, reference=" ").status_code == 422

        assert reason(views(archive, x)) == "CONSENT_MISSING"

    def test_what_x_published_the_act_leaves_alone(self, archive, x):
        assert published(archive, x).status_code == 201

        answer = views(archive, x)
        assert (answer["decision"], reason(answer)) == (True, ASIDE)
        assert answer["context"]["packs"] == []
        assert set(act("3(c)(ii)")) <= set(answer["context"]["legal_refs"])

    def test_what_x_kept_to_herself_it_does_not(self, archive, x):
        published(archive, x)

        assert archive.why(x, AUTHORS, data=[ADDRESS]) == "CONSENT_MISSING"
        assert archive.why(x, AUTHORS, data=[VIEWS, ADDRESS]) == "CONSENT_MISSING"
        assert archive.why(x, AUTHORS) == "CONSENT_MISSING"

    def test_what_another_published_of_herself_opens_nothing_of_x(self, archive, x):
        published(archive, archive.person("z@example.in"))

        assert reason(views(archive, x)) == "CONSENT_MISSING"

    def test_when_x_takes_it_down_the_act_applies_again(self, archive, x):
        published(archive, x)

        body = {"subject": str(x.id), "kind": "published", "category": VIEWS}
        assert archive.api.post("/provenance/end", body).status_code == 200

        assert reason(views(archive, x)) == "CONSENT_MISSING"


class TestHerNo:
    """Whoever said no is left alone with what is public, too: stricter than the illustration."""

    def test_a_withdrawal_counts_after_the_flag_as_before(self, archive, x):
        archive.says_yes(x, AUTHORS)
        published(archive, x)
        assert reason(views(archive, x)) == ASIDE

        assert archive.withdraws(x, AUTHORS).status_code == 200

        answer = views(archive, x)
        assert (answer["decision"], reason(answer)) == (False, "REFUSAL_STANDS")

    def test_a_flag_set_afterwards_undoes_no_withdrawal(self, archive, x):
        archive.says_yes(x, AUTHORS)
        archive.withdraws(x, AUTHORS)

        published(archive, x)

        assert reason(views(archive, x)) == "REFUSAL_STANDS"

    def test_a_refusal_counts_and_a_later_yes_lifts_it(self, archive, x):
        published(archive, x)
        assert archive.says_yes(x, AUTHORS, state="refused").status_code == 201
        refused = reason(views(archive, x))

        archive.says_yes(x, AUTHORS)

        assert refused == "REFUSAL_STANDS"
        assert archive.permits(x, AUTHORS, data=[VIEWS])
