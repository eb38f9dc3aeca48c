"""The account of a report: from the record alone, complete, and in words."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from django.utils.formats import date_format

from accounts import selectors as accounts
from accounts.models import Controller
from audit.actors import Actor
from audit.models import EntryIndex
from policies import accounts as texts
from policies import selectors
from policies.accounts import Entry
from policies.intake import services
from policies.intake.reports import Factor, Model, Report
from registry import services as registry
from subjects import services as subjects
from subjects.naming import Named
from tests.factories.company import AUTHOR, OFFERS, company
from tests.factories.decisions import recorded

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-08")]

AT = datetime(2026, 3, 14, 9, 27, 2, tzinfo=UTC)
BEGAN = date_format(AT, "DATETIME_FORMAT")  # which says the zone
UNTIL = date_format(AT + timedelta(seconds=60), "DATETIME_FORMAT")
VALUES = {"pd:City": "Pune", "pd:Orders": "3"}
MODEL = Model(
    name="propensity", version="2026.3", output="send_offer_12", score="0.73", threshold="0.60",
    automation_level="human_involvement_for_intervention", reviewer="staff-17", notified=True,
    factors=(Factor("orders_in_90_days", "raised", "0.41"), Factor("age_of_account", "lowered")),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


@pytest.fixture
def lotus(db):
    found = company()
    registry.record_category(by=AUTHOR, controller_id=found.id, code="pd:City", name="City")
    return found


@pytest.fixture
def asha(lotus):
    return lotus.person()


@pytest.fixture
def tell(lotus, asha):
    """Records a report about Asha, backed unless told otherwise, and gives its id."""

    def record(*, backed=True, **more):
        permit = recorded(lotus.id, lotus.service.id, asha, at=AT) if backed else None
        report = Report(
            who=Named(subject_id=asha.id), purpose=OFFERS, started_at=AT, decision_id=permit, **more
        )
        (found,) = services.report(
            by=Actor("service", str(lotus.service.id)), controller_id=lotus.id,
            service_id=lotus.service.id, reports=[report],
        )  # fmt: skip
        return found.entry_id

    return record


def lines(lotus, entry_id, **options):
    return selectors.account_of(lotus.id, entry_id, **options).split("\n")


def whole(**more):
    return {
        "model": MODEL, "data": ("pd:City", "pd:Orders"), "recipients": ("post",),
        "values": VALUES, "data_as_of": AT, **more,
    }  # fmt: skip


class TestAnAIDecision:
    def test_is_told_from_end_to_end(self, lotus, tell):
        entry_id = tell(**whole())
        decision = EntryIndex.objects.get(id=entry_id).target_id

        assert lines(lotus, entry_id) == [
            f"On {BEGAN} “Mailer” of Lotus Bazaar decided: send_offer_12. "
            "The model was propensity, version 2026.3.",
            "The purpose was: Offers by e-mail.",
            "Data used: City, pd:Orders.",
            f"The data were those of {BEGAN}.",
            "They were given to: Post.",
            "The score was 0.73, above the threshold of 0.60.",
            "What weighed most: orders_in_90_days raised the score (weight 0.41); "
            "age_of_account lowered the score.",
            "A human could intervene.",
            "A human reviewed it (reference staff-17).",
            "The person concerned was told that a model takes part.",
            f"Decision {decision} of {BEGAN} allowed it, valid until {UNTIL}.",
            "Permitted in India on the person's consent. (DPDP Act 2023 s.4, DPDP Act 2023 s.6(1))",
            "The values used are kept sealed under the person’s own key.",
            "To contest this, write to Lotus Bazaar.",
            "One may ask for a summary of the data and what was done with them, have wrong data "
            "corrected, and complain (DPDP Act 2023 s.11, s.12, s.13).",
        ]

    def test_is_told_alike_when_everything_around_it_has_changed(
        self, lotus, asha, tell, superuser
    ):
        entry_id = tell(**whole())
        before = lines(lotus, entry_id)

        lotus.purpose(OFFERS, title="Something else")
        Controller.objects.filter(id=lotus.id).update(name="Renamed")
        accounts.services_of(lotus.id).update(name="Renamed")

        assert lines(lotus, entry_id) == before

    def test_without_a_decision_says_so_and_names_every_way_to_contest(self, lotus, tell):
        said = lines(lotus, tell(backed=False, **whole()))

        at = said.index("No decision allowed it.")
        assert said[at + 1] == "The report names no decision that allowed the use."
        assert "GDPR Art 22(3)" in said[-2]
        assert "DPDP Act 2023" in said[-1]

    @pytest.mark.parametrize(
        ("score", "threshold", "words"),
        [
            ("0.5", "0.60", "below the threshold of 0.60"),
            ("0.6", "0.60", "exactly the threshold"),
            ("-1", "0", "below the threshold of 0"),
            ("7", "", "The score was 7."),
        ],
    )
    def test_weighs_the_score(self, lotus, tell, score, threshold, words):
        model = Model(
            name="m", version="1", output="no", automation_level="full_automation",
            score=score, threshold=threshold,
        )  # fmt: skip

        said = lines(lotus, tell(model=model))

        assert any(words in line for line in said)
        assert "It was made by the model alone, without a human." in said

    def test_speaks_to_the_person_of_the_ground(self, lotus, tell):
        said = lines(lotus, tell(**whole()), audience="user")

        assert any(line.startswith("You agreed to this.") for line in said)


class TestAUse:
    def test_is_told_without_a_model(self, lotus, tell):
        said = lines(lotus, tell(operations=("Use", "Profiling")))

        assert said[0] == (f"On {BEGAN} “Mailer” of Lotus Bazaar used data: Use, Profiling.")
        assert "Which data were used was not reported." in said
        assert not any("contest" in line for line in said)


@pytest.mark.req("P6", "P10")
class TestValues:
    def test_are_not_in_the_account_unless_asked_for(self, lotus, tell):
        entry_id = tell(**whole())

        assert "Pune" not in "\n".join(lines(lotus, entry_id))
        assert "The values used were: City: Pune; pd:Orders: 3." in lines(
            lotus, entry_id, values=True
        )

    def test_are_gone_with_the_persons_key(self, lotus, asha, tell):
        entry_id = tell(**whole())
        subjects.destroy_key(by=AUTHOR, subject=asha)

        said = lines(lotus, entry_id, values=True)

        assert "The values used are gone: the person’s key was destroyed." in said
        assert "Pune" not in "\n".join(said)
        assert "Data used: City, pd:Orders." in said

    def test_that_came_too_late_were_never_kept(self, lotus, asha, tell):
        subjects.destroy_key(by=AUTHOR, subject=asha)

        for asked in (False, True):
            said = lines(lotus, tell(backed=False, **whole()), values=asked)
            assert "The values used were not kept: the person’s key had been destroyed." in said

    def test_that_were_moved_to_another_persons_record_do_not_open(
        self, lotus, asha, tell, superuser
    ):
        """The seal is bound to its person: a record re-pointed by the database's master is none."""
        ravi = lotus.person("ravi@example.in")
        found = selectors.report_entry(lotus.id, tell(**whole()))

        moved = Entry(found.id, found.controller_id, ravi.id, found.body)

        assert "not as they were sealed" in texts.text(moved, values=True)


class TestAboutOnePerson:
    def test_are_listed_newest_first_page_by_page(self, lotus, asha, tell):
        first, second = tell(model=MODEL), tell(backed=False, model=MODEL)
        tell(operations=("Use",))

        newest = selectors.ai_decisions_about(lotus.id, asha.id)
        older = selectors.ai_decisions_about(lotus.id, asha.id, before=second, limit=5)

        assert [(one.entry_id, one.backed) for one in newest] == [(second, False), (first, True)]
        assert [one.entry_id for one in older] == [first]
        assert (newest[0].service, newest[0].purpose) == ("Mailer", "Offers by e-mail")
        assert newest[0].what == "send_offer_12"
        assert [one.what for one in selectors.processing_about(lotus.id, asha.id)] == ["Use"]

    def test_cost_two_queries_however_many(self, lotus, asha, tell, django_assert_num_queries):
        for _ in range(3):
            tell(model=MODEL)

        with django_assert_num_queries(2):
            assert len(selectors.ai_decisions_about(lotus.id, asha.id)) == 3

    @pytest.mark.req("P9")
    def test_are_nobodys_business_at_another_company(self, lotus, asha, tell):
        entry_id = tell(model=MODEL)
        tulip = company("tulip")

        assert selectors.ai_decisions_about(tulip.id, asha.id) == []
        assert selectors.account_of(tulip.id, entry_id) is None

    def test_say_so_when_the_payload_has_ended(self, lotus, asha, tell, superuser):
        found = selectors.report_entry(lotus.id, tell(model=MODEL))

        ended = type(found)(found.id, found.controller_id, found.subject_id, None)
        assert "end of its life" in texts.text(ended)


def test_the_account_is_in_the_readers_language(lotus, tell, monkeypatch):
    entry_id = tell(model=MODEL)
    monkeypatch.setattr("policies.accounts._", lambda text: f"«{text}»")

    with translation.override("de"):
        said = lines(lotus, entry_id)

    of_tables = [line for line in said if line.startswith("A human could")]
    assert len(of_tables) == 1  # the words of codes are translated where they stand
    assert all(line.startswith("«") for line in said if line not in of_tables)
