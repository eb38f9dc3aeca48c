"""What the codes of cases and steps mean, for officers. No code is shown alone."""

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from erasure.grounds import REFUSED
from erasure.planning.telling import BY_CALL, BY_HAND, BY_LETTER, NOT_TOLD
from registry.connectors.troubles import trouble_text as code_text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

__all__ = [
    "BECAUSE",
    "CASE_CODES",
    "FATES",
    "FINDINGS",
    "OUTCOMES",
    "WAYS",
    "case_text",
    "citation_text",
    "code_text",
]

BECAUSE: "Final[dict[str, StrOrPromise]]" = {
    "hold": _("a legal hold"),
    "retention": _("a law that has it kept"),
    "purpose": _("another purpose that still needs it"),
    "exemption": _("an exemption of the law"),
}
"""Why something stays."""

FATES: "Final[dict[str, StrOrPromise]]" = {
    "erase": _("goes"),
    "keep": _("stays"),
    "vault": _("kept for the law only"),
    "correct": _("is put right"),
    "restrict": _("stays, and is not used"),
    "lift": _("may be used again"),
}
"""What becomes of data of one category in one system."""

WAYS: "Final[dict[str, StrOrPromise]]" = {
    BY_CALL: _("is told by its connector"),
    BY_LETTER: _("gets a letter"),
    BY_HAND: _("cannot be told from here: an officer does it there, and shows evidence"),
    NOT_TOLD: _("is not told: it keeps what it has"),
}
"""How a system or party of a plan is told."""

FINDINGS: "Final[dict[str, StrOrPromise]]" = {
    "absent": _("The data are gone."),
    "anonymised": _("What is left leads to nobody."),
    "archived": _("The data are archived there, not gone."),
    "present": _("The data are still there."),
    "suppressed": _("The data are suppressed there, not gone."),
    "unsure": _(
        "The system’s answer tells neither that the data are there nor that they are gone."
    ),
}
"""What a look at a system found."""

OUTCOMES: "Final[dict[str, StrOrPromise]]" = {
    "access_asked": _("A copy is asked for: an officer answers."),
    "access_opened": _("The request for a copy is in the queue."),
    "erase": _("It is being looked up."),
    "joined": _("A case about the person was under way."),
    "nothing": _("It asks for nothing."),
    "opened": _("A case was opened."),
    "shop_closed": _("A shop has closed: an officer sees to its people."),
    "shop_erased": _("Cases were opened for the people of the shop."),
    "shop_kept": _("An officer decided that the shop’s people stay."),
    "sign_in_revoked": _("The person signs in with the platform no more."),
    "unknown_person": _("Nobody here is known by the platform’s id."),
    "verified": _("The platform asked whether it reaches us."),
}
"""What followed when a platform passed something on."""

INSEPARABLE: Final = "system_not_by_category"
"""The planner's own citation where a system cannot part with one thing and keep another."""

CASE_CODES: "Final[dict[str, StrOrPromise]]" = {
    "approval": _("The company’s policy asks for a second person."),
    "joined": _("Another case does already what this one asks for."),
    "law_unknown": _("It is not known which law applies to the person."),
    "legal_conflict": _("The laws of India and of the EU both apply, and differ."),
    INSEPARABLE: _("A system cannot part with one thing and keep another."),
    **REFUSED,
}
"""Why a case waits, was refused or cancelled."""


def case_text(code: str) -> str:
    """Why a case is where it is; nothing for no code."""
    if not code or code in CASE_CODES:
        return str(CASE_CODES.get(code, ""))
    return _now("The reason has the code “%(code)s”.") % {"code": code}


def citation_text(citation: str) -> str:
    """The law because of which something stays, or that its system cannot part with it."""
    return str(CASE_CODES[INSEPARABLE]) if citation == INSEPARABLE else citation
