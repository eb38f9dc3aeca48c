"""What a rule would come to, told in its form before it is in the draft: nothing is stored."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from audit import selectors as log
from audit.catalogue import EVENTS
from keys.ids import uuid7_at
from policies.guardrails.compiled import compiled
from policies.guardrails.model import Guardrail, parse
from policies.pdp.model import Facts
from policies.pdp.record import EVENT
from policies.rehearsal.recorded import UnreadableDecisionError, read
from policies.versions import selectors, words
from policies.versions.models import PolicyVersion

TRIED: Final = 500
SINCE: Final = timedelta(days=7)
KEPT: Final = (EVENTS[EVENT].retention.value, "held")


def preview(version: PolicyVersion, guardrail: dict[str, Any]) -> list[str]:
    """Sentences about a rule: what it does, what stands in its way, and whom it would concern.

    Raises RulesError where it is no rule.
    """
    (rule,) = parse([guardrail])
    others = [one for one in selectors.rules(version) if one.code != rule.code]
    told = [words.rule(rule)]
    if len(others) < len(selectors.rules(version)):
        told.append(_("It takes the place of the rule of this code."))
    found = selectors.faults_among(version.controller_id, [*others, rule])
    told += [_("It will be refused: %(why)s") % {"why": words.fault(one)} for one in found]
    return [*told, _tried(version.controller_id, rule)]


def _tried(controller_id: UUID, rule: Guardrail) -> str:
    """How many of the newest permits it concerns. Whom it denies, the rehearsal tells."""
    ruled = compiled((rule,))
    tried = list(_permitted(controller_id))
    if not tried:
        return _("Nothing was permitted in the last seven days that it could be tried on.")
    concerned = sum(bool(ruled.concerning(facts)) for facts in tried)
    return _(
        "It concerns %(concerned)d of the newest %(tried)d permits. Whom it would deny, the "
        "rehearsal of the draft tells."
    ) % {"concerned": concerned, "tried": len(tried)}


def _permitted(controller_id: UUID) -> Iterator[Facts]:
    rows = log.entries([controller_id]).filter(
        id__gte=uuid7_at(timezone.now() - SINCE), event=EVENT, outcome="permit",
        retention_class__in=KEPT,
    )  # fmt: skip
    ids = list(rows.values_list("id", flat=True)[:TRIED])
    for body in log.payloads(ids, KEPT).values():
        try:
            facts = read(body).facts
        except UnreadableDecisionError:
            continue
        if facts is not None:
            yield facts
