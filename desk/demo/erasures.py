"""Requests and erasures of the demo: systems in their order, what may not go, and some cases.

Nothing here calls anybody: two systems are seen to by hand, the newsletter's is paused, and the
loyalty club's stands at an address that may not be called, so that its steps fail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import selectors as accounts
from audit.actors import Actor
from desk.demo import people
from desk.demo.companies import ORDERS, RECOMMENDATIONS, Company
from erasure import selectors_pages as cases
from erasure.services import NewCase, deciding, holding, open_case, retaining, ruling, stepping
from erasure.training import services as training
from registry import selectors_connectors as connectors
from registry import selectors_systems as systems
from registry import services_connectors as ways
from registry import services_systems
from rights import services as rights
from subjects import selectors as subjects

NEWSLETTER, LOYALTY = "newsletter", "loyalty"
CLUB: Final = {
    "url": "https://10.20.30.40/members", "effect": "delete", "schemes": ["email"],
    "tell": {
        verb: {"path": [path], "body": {"email": "{email}"},
               "rules": {"done": [{"at": "/result", "is": [word]}]}}
        for verb, path, word in (
            ("erase", "erasures", "deleted"), ("restrict", "restrictions", "restricted"),
            ("lift", "releases", "released"),
        )
    },
}  # fmt: skip
LAWS: Final = {
    "IN": "Companies Act 2013 s.128(5)", "EU": "Danish Bookkeeping Act (bogføringsloven) s.12"
}  # fmt: skip
YEARS: Final = {"IN": 8, "EU": 5}
TRAINED: Final = 60
WHOLE_STORIES: Final = 8
"""So many people have a case or a request."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Whose erasures, and who sees to them."""

    company: Company
    controller_id: UUID
    author: Actor
    approver: Actor
    today: date


@transaction.atomic
def build(scene: Scene, total: int) -> dict[str, Any]:
    """All of it or nothing; returns what there is to look at, by its kind."""
    everybody = _people(scene, total)
    _systems(scene)
    _rules(scene)
    cases = _cases(scene, everybody[:WHOLE_STORIES])
    return {
        "cases": cases,
        "requests": _requests(scene, everybody[WHOLE_STORIES : 2 * WHOLE_STORIES]),
        "training_sets": [_training(scene, everybody[-TRAINED:])],
    }


def _people(scene: Scene, total: int) -> list[UUID]:
    """Grown-up people of the crowd whose story has nothing else in it, the last ones first."""
    crowd = [
        one.email for one in people.crowd(scene.company, total)
        if not one.then and one.facts["age_state"] == "adult"
    ]  # fmt: skip
    wanted = crowd[::-1][: 2 * WHOLE_STORIES + TRAINED]
    ids = subjects.find_many(scene.controller_id, "email", wanted)
    return [ids[one] for one in wanted if one in ids]


def _systems(scene: Scene) -> None:
    """What the profiles come from is seen to by hand; the newsletter waits for all of it."""
    contact = scene.company.contact_email
    known = [one for one in systems.systems(scene.controller_id) if one.kind == "pushed"]
    new = services_systems.NewSystem(code=NEWSLETTER, name="Newsletter", kind="silent")
    letters = services_systems.record_system(
        by=scene.author, controller_id=scene.controller_id, new=new
    )
    for system in known:
        ways.record_connector(
            by=scene.author, controller_id=scene.controller_id, system_id=system.id,
            kind="manual", settings={"to": contact},
        )  # fmt: skip
        ways.set_wait(
            by=scene.author, controller_id=scene.controller_id, system_id=letters.id,
            after_id=system.id, seconds=3600,
        )  # fmt: skip
    ways.record_connector(
        by=scene.author, controller_id=scene.controller_id, system_id=letters.id,
        kind="mailchimp", settings={"data_center": "us21", "list_id": "a1b2c3d4"},
        secret="a-key-of-nobody-us21",  # noqa: S106 (it opens nothing)
    )  # fmt: skip
    services_systems.set_state(by=scene.author, system=letters, state="paused")
    _club(scene)


def _club(scene: Scene) -> None:
    """Somebody entered an address within the company's own network: an officer has to look."""
    new = services_systems.NewSystem(code=LOYALTY, name="Loyalty club", kind="silent")
    club = services_systems.record_system(
        by=scene.author, controller_id=scene.controller_id, new=new
    )
    ways.record_connector(
        by=scene.author, controller_id=scene.controller_id, system_id=club.id, kind="http",
        settings=CLUB,
    )  # fmt: skip


def _rules(scene: Scene) -> None:
    """The law on books of account, and a policy by which a second person looks at orders.

    Nothing is erased by itself, so that everybody stays in the state in which they are shown.
    """
    retaining.record_rule(
        by=scene.author, controller_id=scene.controller_id,
        new=retaining.NewRule(
            code="books-of-account", counts_from="collected", purpose=ORDERS,
            category="pd:PurchasesAndSpendingHabit", pack=scene.company.pack,
            minimum_days=YEARS[scene.company.pack] * 365 + 2,
            citation=LAWS[scene.company.pack], reviewed_by="The company’s lawyers",
        ),
    )  # fmt: skip
    policy = ruling.draft_policy(
        by=scene.author, controller_id=scene.controller_id,
        content={"approval": ["legal_duty", "unlawful"], "automatic": []},
        note="Two people look at orders.",
    )  # fmt: skip
    ruling.approve_policy(by=scene.approver, policy=policy)


def _cases(scene: Scene, whom: Sequence[UUID]) -> list[dict[str, str]]:
    """Under way, held back, waiting for a second person, of one category, called off, refused."""
    running, held, waiting, partly, mistaken, kept = whom[:6]
    holding.set_hold(
        by=scene.author, controller_id=scene.controller_id,
        new=holding.NewHold(
            matter="Claim 77/2026", authority="Consumer court", citation="DPDP s.17(1)(a)",
            review_on=scene.today + timedelta(days=180), subject_id=held,
        ),
    )  # fmt: skip
    told = [
        _opened(scene, running, "request", "letter-1"),
        _opened(scene, held, "request", "letter-2"),
        _opened(scene, waiting, "legal_duty", "order-12"),
        _opened(scene, partly, "objection", "letter-3", category="pd:Preference"),
        _opened(scene, mistaken, "request", "letter-4"),
        _opened(scene, kept, "unlawful", "complaint-7"),
    ]
    deciding.refuse(
        by=scene.approver, controller_id=scene.controller_id, case_id=UUID(told[5]["id"]),
        ground="unfounded", reason="The notice in force names this use, and it was read out.",
    )  # fmt: skip
    told[5]["state"] = "refused"
    deciding.cancel(
        by=scene.author, controller_id=scene.controller_id, case_id=UUID(told[4]["id"]),
        reason="It was opened for the wrong person.",
    )  # fmt: skip
    told[4]["state"] = "cancelled"
    if told[2]["state"] == "review":
        told[2]["state"] = deciding.decide_review(
            by=scene.author, controller_id=scene.controller_id, case_id=UUID(told[2]["id"]),
            reason="What cannot be parted stays, and the person reads why.", accept=True,
        ).state  # fmt: skip
    return told


def _opened(
    scene: Scene, person: UUID, trigger: str, reference: str, category: str = ""
) -> dict[str, str]:
    new = NewCase(
        subject_id=person, trigger=trigger, trigger_ref=reference,
        scope_type="category" if category else "everything", scope=category,
    )  # fmt: skip
    made = open_case(by=scene.author, controller_id=scene.controller_id, new=new)
    return {"id": str(made.id), "subject": str(person), "state": made.state}


def _requests(scene: Scene, whom: Sequence[UUID]) -> list[dict[str, str]]:
    """By telephone and not identified yet, with a clock that stands, a copy being made, one that
    is late, and an erasure that the suite itself only has to end: its certificate follows.
    """
    unknown, doubted, copied, late, done = whom[:5]
    made = [
        _asked(scene, unknown, "erasure", days=20),
        _asked(scene, doubted, "erasure", days=5),
        _asked(scene, copied, "access", days=2, identified_how="contact"),
        _asked(scene, late, "erasure", days=100),
        _asked(scene, done, "erasure", days=12, identified_how="contact"),
    ]
    _seen_to(scene, made[4])
    paused = rights.pause(
        by=scene.author, controller_id=scene.controller_id, request_id=made[1].id,
        reason="The number that called is not on record.",
    )  # fmt: skip
    made[1] = paused
    return [
        {"id": str(one.id), "subject": str(one.subject_id), "state": str(one.state)}
        for one in made
    ]  # fmt: skip


def _seen_to(scene: Scene, request: Any) -> None:
    """What is done by hand was shown; of whoever cannot be told an officer signed."""
    case = cases.case_at([scene.controller_id], request.case_id)
    hands = {one.system_id for one in connectors.connectors(scene.controller_id)
             if one.kind == "manual"}  # fmt: skip
    for step in cases.steps_of(case) if case else ():
        about = {"controller_id": scene.controller_id, "step_id": step.id}
        if step.ended_at or (step.system and step.system.kind == "own"):
            continue
        if step.party_id or step.system_id in hands:
            stepping.note_evidence(by=scene.approver, **about, evidence={"reference": "letter 12"})
        else:
            stepping.except_step(
                by=scene.approver, **about,
                reason="The account there was closed, and the contract with it has ended.",
            )  # fmt: skip


def _asked(scene: Scene, person: UUID, kind: str, *, days: int, identified_how: str = "") -> Any:
    new = rights.NewRequest(
        subject_id=person, kind=kind, channel="phone", identified_how=identified_how,
        received_at=timezone.now() - timedelta(days=days),
    )  # fmt: skip
    return rights.receive(by=scene.author, controller_id=scene.controller_id, new=new)


def _training(scene: Scene, whom: Sequence[UUID]) -> str:
    """One run of the recommender; who withdrew from it since is counted at once."""
    service = next(
        one for one in accounts.services_of(scene.controller_id) if one.code == "recommender"
    )
    by = Actor("service", str(service.pk))
    found, _ = training.record_set(
        by=by, controller_id=scene.controller_id, service_id=service.pk,
        new=training.NewSet(
            model="recommendations", version="2026.11", purpose=RECOMMENDATIONS,
            reference="run-2026-11", trained_at=timezone.now() - timedelta(days=9),
        ),
    )  # fmt: skip
    training.add_members(by=by, training_set=found, subject_ids=whom)
    return str(found.pk)
