"""What officers read for the codes of consents, outcomes and reasons."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consent import states

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STATES = states.WORDS
OUTCOMES: "dict[str, StrOrPromise]" = {
    **STATES,
    "permit": _("permitted"),
    "deny": _("denied"),
    "found": _("found"),
    "not_found": _("not found"),
}
REVEAL_REASONS: "tuple[tuple[str, StrOrPromise], ...]" = (
    ("rights_request", _("To answer a request of the person")),
    ("grievance", _("To answer a grievance")),
    ("correction", _("To correct the record")),
    ("security_incident", _("To handle a security incident")),
    ("authority_request", _("To answer an authority")),
)
EVIDENCE_REASONS: "tuple[tuple[str, StrOrPromise], ...]" = (
    ("grievance", _("To answer a grievance")),
    ("rights_request", _("To answer a request of the person")),
    ("authority_request", _("To answer an authority")),
    ("court", _("For a court or tribunal")),
    ("audit", _("For an audit")),
)
CHOICE_REASONS: "tuple[tuple[str, StrOrPromise], ...]" = (
    ("person_asked", _("The person asked for it")),
    ("guardian_asked", _("A guardian or nominee asked for it")),
    ("paper_entered", _("A signed paper was entered")),
    ("record_corrected", _("An earlier record was wrong")),
)
METHODS: "tuple[tuple[str, StrOrPromise], ...]" = (
    ("call_centre", _("By telephone")),
    ("paper", _("On paper")),
    ("in_person", _("In person")),
)
WAYS: "dict[str, StrOrPromise]" = {
    **dict(METHODS),
    "portal": _("On the privacy pages"), "checkbox": _("With a checkbox"),
    "button": _("With a button"), "toggle": _("With a switch"), "web_form": _("With a form"),
    "app": _("In an app"), "email": _("By e-mail"), "sms": _("By text message"),
    "signature": _("With a signature"), "kiosk": _("At a kiosk"), "voice": _("In spoken words"),
    "consent_manager": _("Through a consent manager"), "import": _("Imported from earlier records"),
    "api": _("Through a service"), "phone": _("By telephone"), "verbal": _("In spoken words"),
    "chat": _("In a chat"), "written": _("In writing"), "officer": _("By an officer"),
    "merge": _("By joining two records"), "split": _("By parting two records"),
}  # fmt: skip
GIVERS: "dict[str, StrOrPromise]" = {
    "principal": _("the person"), "parent": _("a parent"), "guardian": _("a guardian"),
    "nominee": _("a nominee"), "agent": _("an agent"),
    "consent_manager": _("a consent manager"),
    "operator": _("the person, to an operator"),
}  # fmt: skip
CHANNELS = {"call_centre": "phone", "paper": "post", "in_person": "in_person"}
FILTERS: "tuple[tuple[str, StrOrPromise], ...]" = (
    ("acts", _("Everything but reads")),
    ("choices", _("Choices")),
    ("decisions", _("Decisions")),
    ("reads", _("Who looked")),
    ("uses", _("Who used or saw the data")),
)


def said(words: "dict[str, StrOrPromise]", code: str) -> str:
    """The words of a code; the code itself where this version does not know it."""
    return str(words.get(code, code))


def tail_of(id_: object) -> str:
    """The end of an id as a heading, which reads from the left in every language."""
    return f"\u2066…{str(id_)[-12:]}\u2069"
