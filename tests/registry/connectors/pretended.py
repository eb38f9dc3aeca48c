"""A connector that says whatever a test lets it say, for the verbs that need no system."""

from dataclasses import dataclass, field

from registry import services_systems as systems
from registry.connectors.contract import ConnectorError, Declaration, Effect
from tests.subjects.people import BY


@dataclass
class Pretended:
    """`said` is what the system would answer now."""

    shape_is: str = "a" * 64
    faults: list[str] = field(default_factory=list)
    error: ConnectorError | None = None
    declaration: Declaration = field(default_factory=lambda: Declaration(effect=Effect.DELETE))

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        """Nothing is held."""

    async def shape(self):
        if self.error:
            raise self.error
        return self.shape_is

    async def check(self):
        if self.error:
            raise self.error
        return self.faults


def system(controller, code="crm", kind="silent"):
    new = systems.NewSystem(code=code, name=code.upper(), kind=kind)
    return systems.record_system(by=BY, controller_id=controller.id, new=new)
