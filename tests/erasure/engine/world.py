"""A company with filing cabinets for systems, and cases whose plans name them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from audit import alarms
from erasure import sealing
from erasure.engine import starting, watching
from erasure.models import Case, Mark, Step
from registry.connectors import ConnectorRow
from registry.models import System
from tests.erasure.filing import KIND, Cabinet
from tests.factories.company import AUTHOR
from work import services as work

LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass
class Office:
    """Where the tests of the engine happen."""

    company: object
    folder: object
    cabinets: dict = field(default_factory=dict)
    systems: dict = field(default_factory=dict)

    def system(self, code, kind=KIND, per_minute=0, **settings):
        """A system and the way into it; its cabinet where it has one."""
        made = System.objects.create(
            controller_id=self.company.id, code=code, name=code.title(), kind="silent",
            created_by="author",
        )  # fmt: skip
        if kind == KIND:
            settings["folder"] = str(self.folder / code)
            self.cabinets[code] = Cabinet(settings["folder"])
        ConnectorRow.objects.create(
            controller_id=self.company.id, system=made, kind=kind, settings=settings,
            per_minute=per_minute, created_by="author",
        )  # fmt: skip
        self.systems[code] = made
        return made

    def planned(self, code, **more):
        after = [str(self.systems[one].id) for one in more.pop("after", ())]
        return {"system": str(self.systems[code].id), "verb": "erase", "after": after, **more}

    def case(self, person, *steps, verb="erase", is_sealed=True, **more):
        """A case of this plan, open; steps are codes, or `planned`."""
        plan = [self.planned(one) if isinstance(one, str) else one for one in steps]
        case = Case(
            controller_id=self.company.id, subject_id=person.id, verb=verb, trigger="request",
            trigger_ref=f"r-{person.id}-{verb}", scope_type="everything", packs=["IN"],
            received_at=LONG_AGO, due_at=timezone.now() + timedelta(days=30), opened_by="author",
            plan={"version": 1, "packs": ["IN"], "policy": 1, "elements": [], "steps": plan},
            plan_sha256="ab" * 32, **more,
        )  # fmt: skip
        if is_sealed:
            known = sealing.seal(case.id, {"email": ["a@people.example"]}, {})
            case.sealed, case.wrapped_key, case.wrapping_version = known
        case.save(force_insert=True)
        return case

    def start(self, *cases):
        return starting.start(by=AUTHOR, case_ids=[case.id for case in cases])

    def began(self, person, *steps, **more):
        """A case that runs, and the people in its cabinets."""
        for cabinet in self.cabinets.values():
            cabinet.put(person.id)
        case = self.case(person, *steps, **more)
        self.start(case)
        return case

    def step(self, case, code):
        return Step.objects.get(case=case, system=self.systems[code])


def work_on(rounds=40):
    """Do what is due, as a worker and a keeper do."""
    for _ in range(rounds):
        ran = work.run_available(worker="test", limit=100, due_by=soon())
        began = watching.begin_due(timezone.now())
        if not ran and not began:
            return


def soon():
    return timezone.now() + timedelta(seconds=2)


def hasten(step, **more):
    """As if the time had come."""
    Step.objects.filter(pk=step.pk).update(next_at=timezone.now() - timedelta(seconds=1), **more)


def marks(step):
    rows = Mark.objects.filter(step=step).order_by("id")
    return [(row.kind, row.round) for row in rows]


def alarms_of(office):
    return set(alarms.open_alarms([office.company.id]).values_list("kind", flat=True))
