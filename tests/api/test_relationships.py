"""Relationships as services report them: by whom, of whom, and what cannot be."""

import pytest

from accounts.models import ServiceClient
from registry.services_systems import NewSystem, record_system, set_state
from subjects.models import Relationship
from tests.api.house import caller, problem
from tests.portal.world import AUTHOR


@pytest.fixture
def ben(lotus):
    return lotus.person("ben@example.in")


@pytest.fixture
def bank(lotus):
    """A service whose system is of the savings unit."""
    found = caller(lotus, code="savings-app")
    service = ServiceClient.objects.get(code="savings-app")
    found.system = record_system(
        by=AUTHOR, controller_id=lotus.id,
        new=NewSystem(
            code="savings", name="Savings", kind="pushed", unit="savings", service_id=service.pk
        ),
    )  # fmt: skip
    return found


def said(one, other, **more):
    return {
        "subject": str(one.id), "related": str(other.id), "kind": "joint_holder",
        "unit": "savings", "verified_by": "account-opening", **more,
    }  # fmt: skip


class TestRecording:
    def test_is_on_record_once_from_whichever_side(self, bank, asha, ben):
        first = bank.post("/relationships", said(asha, ben))
        again = bank.post("/relationships", said(ben, asha))

        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == {
            "kind": "joint_holder", "unit": "savings", "verified_by": "account-opening",
            "ends_on": None,
        }  # fmt: skip
        assert Relationship.objects.count() == 1

    def test_people_may_be_named_by_the_companys_own_identifiers(self, bank, asha, ben):
        who = {"scheme": "email", "value": "ben@example.in"}

        answer = bank.post("/relationships", {**said(asha, ben), "related": who})

        assert answer.status_code == 201, answer.content
        assert Relationship.objects.get().related_id == ben.id

    @pytest.mark.parametrize("unit", ["", "loans"])
    def test_of_another_unit_or_of_all_is_not_theirs_to_say(self, bank, asha, ben, unit):
        problem(bank.post("/relationships", said(asha, ben, unit=unit)), 403, "unit_not_yours")
        problem(
            bank.post("/relationships/end", {
                "subject": str(asha.id), "related": str(ben.id), "kind": "joint_holder",
                "unit": unit,
            }),
            403, "unit_not_yours",
        )  # fmt: skip
        assert not Relationship.objects.exists()

    def test_nor_is_it_once_their_system_is_paused(self, bank, asha, ben):
        set_state(by=AUTHOR, system=bank.system, state="paused")

        problem(bank.post("/relationships", said(asha, ben)), 403, "unit_not_yours")

    def test_no_service_says_who_decides_for_whom(self, bank, asha, ben):
        for kind in ("parent", "guardian", "cousin"):
            answer = bank.post("/relationships", said(asha, ben, kind=kind, unit=""))
            assert answer.status_code == 400

    def test_to_oneself_is_refused(self, bank, asha):
        problem(bank.post("/relationships", said(asha, asha)), 422, "relationship_to_self")

    def test_what_turns_another_round_is_refused(self, bank, asha, ben):
        bank.post("/relationships", said(asha, ben, kind="account_holder"))

        answer = bank.post("/relationships", said(ben, asha, kind="account_holder"))

        problem(answer, 409, "relationship_cycle")
        assert Relationship.objects.count() == 1

    @pytest.mark.req("P9")
    def test_people_of_others_are_unknown(self, bank, asha, bela):
        problem(bank.post("/relationships", said(asha, bela)), 404, "subject_unknown")
        problem(bank.post("/relationships", said(bela, asha)), 404, "subject_unknown")

    @pytest.mark.parametrize("wrong", [
        {"verified_by": ""}, {"verified_by": "Asha Rao said so"}, {"unit": "no unit"},
        {"ends_on": "soon"}, {"related": ""}, {"related": {"scheme": "email"}}, {"surprise": 1},
    ])  # fmt: skip
    def test_bad_input_is_refused_and_leaves_nothing(self, bank, asha, ben, wrong):
        answer = bank.post("/relationships", said(asha, ben, **wrong))

        assert answer.status_code in {400, 404, 422}, answer.content
        assert "Asha" not in answer.content.decode()
        assert not Relationship.objects.exists()


def test_ending_says_how_many_there_were(bank, asha, ben):
    bank.post("/relationships", said(asha, ben))
    tie = {key: one for key, one in said(ben, asha).items() if key != "verified_by"}

    assert bank.post("/relationships/end", tie).json() == {"ended": 1}
    assert bank.post("/relationships/end", tie).json() == {"ended": 0}
