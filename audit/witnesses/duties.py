"""What a keeper does for the witnesses: a duty for each, so that none waits for another.

A changed file counts from the keeper's next start; `audit.witness` notices a new witness at once,
as one that is late.
"""

import structlog

from audit.witnesses import configuration, watching
from audit.witnesses.configuration import Witness
from audit.witnesses.errors import WitnessConfigError
from audit.witnesses.publishing import Publisher
from work.duties import duty

log = structlog.get_logger(__name__)


@duty("audit.witness", every=10)
def judge() -> bool:
    watching.judge()
    return False


def register() -> None:
    """A duty for each witness that is configured now."""
    for witness in _known():
        duty(f"audit.witness.{witness.name}", every=1)(Publisher(witness).step)


def _known() -> tuple[Witness, ...]:
    """None of a wrong file: the system check says why, the judge raises the alarm."""
    try:
        return configuration.configured()
    except WitnessConfigError as error:
        log.error("witnesses_unreadable", error=str(error))
        return ()


register()
