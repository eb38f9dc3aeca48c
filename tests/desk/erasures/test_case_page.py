"""A case's page: words and no codes, systems in their order, ours behind all others."""

import pytest

from desk.erasures import casework, gathering
from erasure import selectors_engine as engine
from erasure.models import Case, Step
from registry.connectors import ConnectorRow
from registry.models import System
from tests.erasure import ended

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-06")]
KEPT = {
    "category": "", "because": "purpose", "citation": "system_not_by_category", "until": "",
}  # fmt: skip


@pytest.fixture
def own(lotus):
    made = System.objects.create(
        controller_id=lotus.id, code="sammati", name="Sammati", kind="own", created_by="author"
    )
    ConnectorRow.objects.create(
        controller_id=lotus.id, system=made, kind="own", created_by="author"
    )
    return made


def boxes(drawn):
    return {box.node.name: box for box in drawn.boxes}


def test_our_own_system_stands_behind_all_others(lotus, own):
    drawn = boxes(gathering.overview(lotus.id).drawn)

    assert drawn["Sammati"].x > max(box.x for name, box in drawn.items() if name != "Sammati")


def test_it_says_who_waits_for_whom(lotus, own):
    case = ended.case(lotus, lotus.twins[0], ref="r-9", state="running")
    first = ended.step(case, system=ended.system(lotus, "crm", "CRM"), ends=None)
    second = Step.objects.create(
        controller_id=lotus.id, case=case, subject_id=case.subject_id, verb="erase",
        system=ended.system(lotus, "ledger", "Accounts"), after=[first.id], after_seconds=3600,
    )  # fmt: skip

    drawn = casework.shown(case).drawn

    assert boxes(drawn)["Accounts"].node.text == "Waits for others"
    assert [(one.text, one.state) for one in drawn.arrows] == [("1 h", "planned")]
    assert second.after == [first.id]


def test_before_it_runs_a_case_shows_what_is_planned(lotus, own):
    crm = ended.system(lotus, "crm", "CRM")
    plan = {"steps": [
        {"system": str(crm.id), "after": [], "exempt": True},
        {"system": str(own.id), "after": [str(crm.id)], "exempt": False},
    ]}  # fmt: skip
    case = ended.case(lotus, lotus.twins[0], ref="r-9", state="review", plan=plan)

    drawn = casework.shown(case).drawn

    assert [(one, box.node.text) for one, box in boxes(drawn).items()] == [
        ("CRM", "Keeps what it has"), ("Sammati", "Will be told"),
    ]  # fmt: skip
    assert len(drawn.arrows) == 1


def test_no_code_of_the_planner_is_shown(desk, lotus):
    element = {"system": "crm", "category": "", "fate": "keep", **KEPT}
    case = ended.case(
        lotus, lotus.twins[0], ref="r-9", state="review", code="system_not_by_category",
        plan={"elements": [element], "steps": []},
    )  # fmt: skip
    step = ended.step(case, system=ended.system(lotus, "crm", "CRM"), ends=None)
    Step.objects.filter(pk=step.pk).update(state="failed", code="no_identifier")

    page = desk.get(f"/admin/erasures/{case.pk}/").content.decode()
    listed = desk.get("/admin/erasure/case/").content.decode()

    assert "system_not_by_category" not in page + listed
    assert "A system cannot part with one thing and keep another." in page
    assert "no_identifier" not in page


def test_categories_that_fare_alike_stand_in_one_row(lotus):
    case = Case.objects.get(pk=lotus.rows["Case"])
    gone = {"system": "crm", "fate": "erase"}
    kept = {"system": "crm", "category": "pd:Transaction", "fate": "keep", "because": "retention"}
    case.plan = {"elements": [{**gone, "category": "a"}, {**gone, "category": "b"}, kept]}

    rows = casework.shown(case).elements

    assert [one["categories"] for one in rows] == [["a", "b"], ["pd:Transaction"]]


def test_a_live_page_says_so_and_can_be_stopped(desk, lotus):
    page = desk.get(f"/admin/erasures/{lotus.rows['Case']}/", {"live": "1"}).content.decode()

    assert "Stop renewing" in page
    assert "Keep this page fresh" not in page


def test_the_oldest_that_waits_is_named_by_its_system(lotus):
    [(_id, name, _since)] = engine.oldest_waiting(lotus.id, 8)

    assert name == "CRM"
