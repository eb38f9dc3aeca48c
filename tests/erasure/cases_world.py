"""A company with systems around it, and people who want to be erased."""

from typing import Any
from uuid import UUID

from audit.actors import Actor
from erasure import services as erasure
from registry import connectors
from registry import services_connectors as ways
from registry import services_systems as systems
from registry.connectors.contract import Declaration, Effect, Verb
from tests.factories.company import Company

OFFICER = Actor("officer", "meera")
SECOND = Actor("officer", "ravi")
EMAIL, PHONE, ADDRESS = "pd:EmailAddress", "pd:TelephoneNumber", "pd:PhysicalAddress"
KIND = "pretended_for_cases"


class Pretended:
    """A connector that is only asked what it declares."""

    def __init__(self, declaration: Declaration) -> None:
        self.declaration = declaration


def made(row: Any, secret: str) -> Any:
    """What the settings of the row say of it."""
    said = dict(row.settings)
    verbs = frozenset(Verb(one) for one in said.pop("verbs", ["erase", "restrict", "correct"]))
    holds = tuple(said.pop("holds", ()))
    return Pretended(Declaration(effect=Effect.DELETE, verbs=verbs, holds=holds, **said))


if KIND not in connectors.kinds():
    connectors.register(KIND, made)


def system(company: Company, code: str, **said: Any) -> Any:
    """A system that declares what is given."""
    new = systems.NewSystem(code=code, name=code.upper(), kind="silent")
    found = systems.record_system(by=OFFICER, controller_id=company.id, new=new)
    ways.record_connector(
        by=OFFICER, controller_id=company.id, system_id=found.id, kind=KIND, settings=said
    )
    return found


def new(person: Any, **more: Any) -> erasure.NewCase:
    """A request to erase everything, unless more says otherwise."""
    given = {"trigger": "request", "trigger_ref": "r-1", **more}
    return erasure.NewCase(subject_id=person.id, **given)


def opened(company: Company, person: Any, by: Actor = OFFICER, **more: Any) -> erasure.Opened:
    """One case."""
    return erasure.open_case(by=by, controller_id=company.id, new=new(person, **more))


def fates(plan: dict[str, Any]) -> dict[tuple[str, str], str]:
    """What happens to which category in which system."""
    return {(one["system"], one["category"]): one["fate"] for one in plan["elements"]}


def step(plan: dict[str, Any], system_id: UUID) -> dict[str, Any] | None:
    """The step of a system or party."""
    found = (
        one for one in plan["steps"] if str(system_id) in (one.get("system"), one.get("party"))
    )
    return next(found, None)


__all__ = [
    "ADDRESS", "EMAIL", "OFFICER", "PHONE", "SECOND", "fates", "new", "opened", "step",
    "system",
]  # fmt: skip
