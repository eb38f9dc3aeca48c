"""Systems without an interface: somebody is written to, does it by hand, and shows evidence.

The letter names nobody: its link leads to a page that does, opens once, and is recorded. Nothing
is done because a letter went out; it is done when another person has accepted what was shown.
"""

import asyncio
from collections.abc import Sequence
from smtplib import SMTPException
from typing import Final, Self
from uuid import UUID

import msgspec
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.connectors import ConnectorRow, errands, register
from registry.connectors.contract import (
    Act,
    ConnectorError,
    Declaration,
    Effect,
    Person,
    Probed,
    Reingest,
    Said,
    Verb,
)

__all__ = ["KIND", "ManualConnector", "ManualSettings", "made", "read"]

KIND: Final = "manual"
A_DAY: Final = 86_400.0
BOUNDS: Final = (("batch", 1, 1000), ("remind_days", 1, 30), ("reminders", 0, 10))


class ManualSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`to`: who does it; `ticket`: the address of a ticket system is one, too.

    Who does not answer is written to again every `remind_days`, `reminders` times; then an officer
    is told.
    """

    to: str
    schemes: list[str] = []
    language: str = "en"
    effect: Effect = Effect.DELETE
    batch: int = 200
    holds: list[str] = []
    remind_days: int = 3
    reminders: int = 3

    def fault(self) -> str:
        try:
            validate_email(self.to)
        except ValidationError:
            return "to"
        if self.language not in dict(django_settings.LANGUAGES):
            return "language"
        for name, least, most in BOUNDS:
            if not least <= getattr(self, name) <= most:
                return name
        return ""


def read(settings: object) -> ManualSettings:
    """The settings, if they have the form. Raises ConnectorError `settings_<member>`."""
    try:
        found = msgspec.convert(settings, ManualSettings)
    except msgspec.ValidationError:
        raise ConnectorError("settings_malformed", retry=False) from None
    if fault := found.fault():
        raise ConnectorError(f"settings_{fault}", retry=False)
    return found


class ManualConnector:
    """Writes one letter for a batch."""

    def __init__(self, settings: ManualSettings, system_id: UUID, name: str) -> None:
        self._settings, self._system_id, self._name = settings, system_id, name

    @property
    def declaration(self) -> Declaration:
        given = self._settings
        return Declaration(
            effect=given.effect, verbs=frozenset(Verb), batch=given.batch, probes=False,
            by_category=True, reingest=Reingest.POSSIBLE, schemes=tuple(given.schemes),
            holds=tuple(given.holds), needs_person=True,
        )  # fmt: skip

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        pass

    async def tell(self, verb: Verb, people: Sequence[Person]) -> list[Said]:
        if people:
            await asyncio.to_thread(self._write, people)
        return [self._accepted(one) for one in people]

    def remind(self, number: int) -> None:
        """Write again to whoever does it, with another link; `number` people wait.

        Raises ConnectorError.
        """
        self._send(number, errands.made(self._system_id, []), is_again=True)

    async def status(self, people: Sequence[Person]) -> list[Said]:
        """Nobody is asked: what was done is shown, and until then it is not done."""
        return [self._accepted(one) for one in people]

    async def probe(self, verb: Verb, people: Sequence[Person]) -> list[Probed]:
        raise ConnectorError("no_probe", retry=False)

    async def check(self) -> list[str]:
        return []

    def _accepted(self, person: Person) -> Said:
        return Said(step=person.step, act=Act.ACCEPTED, code="by_hand", wait_seconds=A_DAY)

    def _write(self, people: Sequence[Person]) -> None:
        token = errands.made(self._system_id, [one.key for one in people])
        self._send(len(people), token, is_again=False)

    def _send(self, number: int, token: str, *, is_again: bool) -> None:
        with translation.override(self._settings.language):
            subject = _("Personal data to be erased in %(system)s") % {"system": self._name}
            if is_again:
                subject = _("Reminder: %(subject)s") % {"subject": subject}
            letter = EmailMessage(subject, self._body(number, token), to=[self._settings.to])
        try:
            letter.send()
        except (SMTPException, OSError):  # their words may hold the address
            raise ConnectorError("letter_not_sent", retry=True) from None

    def _body(self, number: int, token: str) -> str:
        what = ngettext(
            "Something is to be done about %(number)s person in %(system)s.",
            "Something is to be done about %(number)s people in %(system)s.",
            number,
        ) % {"number": number, "system": self._name}
        how = _(
            "Open this page to see who and what, and to hand in what shows that it is done. It "
            "opens once, for eight hours, and every look is recorded:"
        )
        then = _("If the link no longer works, ask your privacy officer for another one.")
        return f"{what}\n\n{how}\n\n{django_settings.BASE_URL}/errand/{token}/\n\n{then}\n"


def made(row: ConnectorRow, secret: str) -> ManualConnector:
    """Raises ConnectorError for settings without the form."""
    return ManualConnector(read(row.settings), row.system_id, row.system.name)


register(KIND, made)
