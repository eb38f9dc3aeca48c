"""What the suite decides for its own reading is what the decision point answers."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from accounts import services as accounts
from audit.actors import Actor
from audit.models import EntryIndex
from policies import deciding
from policies.caps.models import Counter
from policies.deciding import About, decide_many, decided_many
from policies.pdp import wire
from policies.pdp.model import Question
from tests.factories.company import EVALUATIONS, OFFERS, SURVEYS, company
from tests.factories.policies import in_force, rule
from tests.policies.test_search_agrees import QUESTIONS, World

OFFICER = Actor("officer", str(uuid.UUID(int=9)))


def service(asker):
    return Actor("service", str(asker.service.id))


def decides(asker, person, *, by=None, **asked):
    """The decision about one person."""
    question = Question(**{"purpose": OFFERS, **asked})
    about = About(getattr(person, "id", person), question)
    (found,) = decided_many(controller_id=asker.id, caller=by or service(asker), questions=[about])
    return found


@pytest.fixture(params=range(4))
def world(request, lotus, http):
    return World(lotus, http, request.param)


@pytest.mark.req("P3")
class TestAgreement:
    def test_every_decision_is_the_decision_points(self, world):
        for more in world.dice.sample(QUESTIONS, 6):
            steady = world.steady()
            bodies = [world.lotus.question(one, **more) for one in steady]
            questions = [About(one.id, wire.evaluation(body).question)
                         for one, body in zip(steady, bodies, strict=True)]  # fmt: skip

            found = decide_many(
                controller_id=world.lotus.id, caller=service(world.lotus), questions=questions
            )

            answer = world.post(EVALUATIONS, {"evaluations": bodies})
            expected = [
                (one["decision"], one["context"]["reason_code"]) for one in answer["evaluations"]
            ]
            assert [(one.permit, one.reason_code) for one in found] == expected

    def test_permits_some_and_denies_some(self, world):
        # A channel left unsaid may be any, letters included.
        asked = Question(purpose=OFFERS, channel="sms")
        questions = [About(one.id, asked) for one in world.people]

        found = decide_many(
            controller_id=world.lotus.id, caller=service(world.lotus), questions=questions
        )

        assert {one.permit for one in found} == {True, False}


class TestDecisions:
    def test_a_withdrawal_is_heeded_at_once_and_says_since_when(self, lotus, asha):
        assert decides(lotus, asha).decision.permit

        event = lotus.withdraws(asha)

        found = decides(lotus, asha)
        assert found.decision.reason_code == "CONSENT_WITHDRAWN"
        assert found.since == event.event_at
        assert found.text == "The person withdrew the consent."

    def test_a_standing_says_since_when(self, lotus, asha):
        standing = lotus.stands(asha, "erasing")

        assert decides(lotus, asha).since == standing.since_at

    def test_an_objection_and_an_expiry_say_since_when(self, lotus, asha):
        lotus.yes(asha, expires_at=datetime(2026, 11, 1, tzinfo=UTC))

        found = decides(lotus, asha)

        assert found.decision.reason_code == "CONSENT_EXPIRED"
        assert found.since == datetime(2026, 11, 1, tzinfo=UTC)

    def test_a_permit_has_no_since(self, lotus, asha):
        assert decides(lotus, asha).since is None

    def test_nobody_is_told_without_a_reference(self, lotus):
        found = decides(lotus, uuid.UUID(int=7))

        assert (found.decision.permit, found.subject) == (False, None)

    @pytest.mark.req("P9")
    def test_another_companys_person_is_nobody(self, lotus):
        tulip = company("tulip", name="Tulip Stores")
        theirs = tulip.person("bela@example.in")
        tulip.yes(theirs)

        assert decides(lotus, theirs).subject is None

    def test_questions_about_one_person_keep_their_order(self, lotus, asha):
        asked = [About(asha.id, Question(purpose=one)) for one in (OFFERS, "no.such", OFFERS)]

        found = decide_many(controller_id=lotus.id, caller=service(lotus), questions=asked)

        assert [one.reason_code for one in found][1] == "PURPOSE_UNKNOWN"
        assert [one.permit for one in found] == [True, False, True]

    def test_nothing_asked_is_nothing_decided(self, lotus):
        assert decide_many(controller_id=lotus.id, caller=service(lotus), questions=[]) == []

    def test_more_people_than_one_statement_takes(self, lotus, asha, monkeypatch):
        monkeypatch.setattr(deciding, "AT_ONCE", 2)
        people = [lotus.person(f"person{n}@example.in") for n in range(3)]
        asked = [About(one.id, Question(purpose=OFFERS)) for one in [*people, asha]]

        found = decide_many(controller_id=lotus.id, caller=service(lotus), questions=asked)

        assert [one.permit for one in found] == [False, False, False, True]

    @pytest.mark.req("P4")
    def test_a_bug_denies_its_question_alone(self, lotus, asha, monkeypatch):
        real = deciding.decide

        def broken(facts, policy):
            if facts.question.campaign == "broken":
                raise ZeroDivisionError
            return real(facts, policy)

        monkeypatch.setattr(deciding, "decide", broken)
        asked = [About(asha.id, Question(purpose=OFFERS, campaign=one)) for one in ("broken", "")]

        found = decide_many(controller_id=lotus.id, caller=service(lotus), questions=asked)

        assert [(one.permit, one.reason_code == "ENGINE_ERROR") for one in found] == [
            (False, True), (True, False),
        ]  # fmt: skip


class TestCallers:
    def test_staff_may_ask_about_every_purpose(self, lotus, asha):
        lotus.asks_for("finance.review")
        lotus.yes(asha, purpose="finance.review")

        assert decides(lotus, asha, by=OFFICER, purpose="finance.review").decision.permit
        found = decides(lotus, asha, purpose="finance.review").decision
        assert found.reason_code == "CALLER_NOT_AUTHORISED"

    @pytest.mark.parametrize(
        "by",
        [
            Actor("service", "nobody"), Actor("service", ""), Actor("subject", "x"),
            Actor.system("keeper"),
        ],
    )  # fmt: skip
    def test_a_stranger_is_denied(self, lotus, asha, by):
        assert not decides(lotus, asha, by=by).decision.permit

    @pytest.mark.req("P9")
    def test_another_companys_service_is_denied(self, lotus, asha):
        tulip = company("tulip", name="Tulip Stores")

        assert not decides(lotus, asha, by=service(tulip)).decision.permit

    def test_a_service_without_a_live_key_is_denied(self, lotus, asha):
        accounts.revoke_key(by=OFFICER, key=lotus.key)

        assert not decides(lotus, asha).decision.permit

    def test_staff_of_an_unknown_controller_are_denied(self, lotus, asha):
        about = [About(asha.id, Question(purpose=OFFERS))]

        (found,) = decide_many(controller_id=uuid.UUID(int=8), caller=OFFICER, questions=about)

        assert not found.permit


class TestSideEffects:
    def test_nothing_is_recorded_and_no_cap_counts(self, lotus, asha):
        in_force(lotus.id, rule("once", "cap", limit=1, seconds=60, per=["purpose"]))
        before = EntryIndex.objects.count()

        assert [decides(lotus, asha).decision.permit for _ in range(3)] == [True] * 3
        assert (EntryIndex.objects.count(), Counter.objects.count()) == (before, 0)

    def test_the_transaction_plans_as_it_did_before(self, lotus, asha):
        with transaction.atomic(), connection.cursor() as cursor:
            decides(lotus, asha)
            cursor.execute("SHOW enable_seqscan")
            assert cursor.fetchone() == ("on",)

    def test_a_catalogue_that_was_rolled_back_is_not_met_again(self, lotus, asha):
        with transaction.atomic():
            accounts.create_service(
                by=OFFICER, controller_id=lotus.id, code="other", name="Other", purposes=[SURVEYS]
            )
            decides(lotus, asha)
            transaction.set_rollback(True)

        assert decides(lotus, asha).decision.permit

    def test_one_person_takes_few_statements_however_much_is_asked(
        self, lotus, asha, django_assert_max_num_queries
    ):
        asked = [About(asha.id, Question(purpose=OFFERS, data=(str(n),))) for n in range(20)]
        decide_many(controller_id=lotus.id, caller=service(lotus), questions=asked)

        with django_assert_max_num_queries(6):
            decide_many(controller_id=lotus.id, caller=service(lotus), questions=asked)
