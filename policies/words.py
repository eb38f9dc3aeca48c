"""The closed lists of AI decision reports, and what people read for each code."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

AUTOMATION: "dict[str, StrOrPromise]" = {
    "full_automation": _("It was made by the model alone, without a human."),
    "high_automation": _("It was made by the model; humans were involved only on request."),
    "conditional_automation": _("It was made by the model, with a human ready to take over."),
    "partial_automation": _("It was made partly by the model and partly by a human."),
    "assistive_automation": _("It was made by a human, whom the model assisted."),
    "not_automated": _("It was made by a human, without automation."),
    "human_not_involved": _("No human was involved."),
    "human_involved": _("A human was involved."),
    "human_involvement_for_control": _("A human controlled the process."),
    "human_involvement_for_decision": _("A human took the decision itself."),
    "human_involvement_for_input": _("A human gave what was put in."),
    "human_involvement_for_intervention": _("A human could intervene."),
    "human_involvement_for_oversight": _("A human oversaw the process."),
    "human_involvement_for_verification": _("A human verified the outcome."),
}
"""Levels of automation and of human involvement, as the W3C Data Privacy Vocabulary names them."""

RAISED, LOWERED, NEITHER = "raised", "lowered", "neither"
DIRECTIONS: "dict[str, StrOrPromise]" = {
    RAISED: _("%(name)s raised the score"),
    LOWERED: _("%(name)s lowered the score"),
    NEITHER: _("%(name)s left the score as it was"),
}
"""What a factor did to the score."""

REVEAL_REASONS: "tuple[tuple[str, StrOrPromise], ...]" = (
    ("rights_request", _("To answer a request of the person")),
    ("contest", _("To review a decision that was contested")),
    ("grievance", _("To answer a grievance")),
    ("security_incident", _("To handle a security incident")),
    ("authority_request", _("To answer an authority")),
)
