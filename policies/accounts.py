"""The plain-language account of a report, from the record alone (GDPR 15(1)(h), 22; AI Act 86).

Whatever it says stands in the entry: names as they were then, the decision's ground, what the
service told. Values are opened only where the caller asks, who has recorded that reading.
"""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from keys.errors import UnsealError
from policies import texts
from policies.intake.reports import SEALED_AS
from policies.texts import Audience
from policies.words import AUTOMATION, DIRECTIONS
from subjects import sealing
from subjects.errors import KeyDestroyedError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """A report's line of the index with its payload; `body` is None where that has ended."""

    id: UUID
    controller_id: UUID
    subject_id: UUID | None
    body: bytes | None

    @property
    def data(self) -> dict[str, Any]:
        return dict(msgspec.json.decode(self.body)["data"]) if self.body else {}


def text(entry: Entry, *, audience: Audience = "admin", values: bool = False) -> str:
    """The account, a sentence or two a line, in the active language.

    `audience` "user" speaks of the grounds as to the person. `values` opens the sealed values of
    the record; where their key is destroyed it says so.
    """
    data = entry.data
    if not data:
        return _("The record of this has reached the end of its life; only its proof remains.")
    said = _Account(data, audience)
    lines = [*said.lines(), *(_values(entry, data) if values else _about_values(data))]
    return "\n".join([*lines, *(said.contest() if "model" in data else ())])


def what(data: Mapping[str, Any]) -> str:
    """In a few words what was decided or done."""
    if "model" in data:
        return str(data.get("output", ""))
    return ", ".join(data.get("operations", ())) or _("used personal data")


def values_of(entry: Entry) -> dict[str, str]:
    """The values in clear. The caller records the reading first (P11).

    Raises KeyDestroyedError where nothing opens them any more, UnsealError where they were changed.
    """
    sealed = entry.data.get("sealed")
    if not sealed:
        return {}
    if entry.subject_id is None:
        raise KeyDestroyedError
    opened = sealing.unseal(
        entry.controller_id, entry.subject_id, base64.b64decode(sealed), context=SEALED_AS
    )
    return dict(msgspec.json.decode(opened))


class _Account:
    """The sentences of one record."""

    def __init__(self, data: Mapping[str, Any], audience: Audience) -> None:
        self.data = data
        self.names = data["names"]
        self.audience: Audience = audience

    def lines(self) -> Iterator[str]:
        yield self._deed()
        yield _("The purpose was: %(purpose)s.") % {"purpose": self.names["purpose"]}
        yield from self._data()
        if "model" in self.data:
            yield from self._score()
            yield from self._factors()
            yield from self._humans()
        yield from self._permission()

    def contest(self) -> Iterator[str]:
        """How to object, by the laws the decision applied; by all where none is known."""
        basis = self.data["decision"].get("basis") or {"IN": "", "EU": ""}
        company = {"company": self.names["controller"]}
        yield _("To contest this, write to %(company)s.") % company
        if "EU" in basis:
            yield _(
                "One may ask that a human review it, give one’s own view and object to the outcome "
                "(GDPR Art 22(3)), and ask for the logic behind it (GDPR Art 15(1)(h))."
            )
        if "IN" in basis:
            yield _(
                "One may ask for a summary of the data and what was done with them, have wrong "
                "data corrected, and complain (DPDP Act 2023 s.11, s.12, s.13)."
            )

    def _deed(self) -> str:
        parts = {
            "at": _time(self.data["started_at"]), "service": self.names["service"],
            "company": self.names["controller"], "what": what(self.data),
        }  # fmt: skip
        if "model" not in self.data:
            return _("On %(at)s “%(service)s” of %(company)s used data: %(what)s.") % parts
        model = self.data["model"]
        return _(
            "On %(at)s “%(service)s” of %(company)s decided: %(what)s. "
            "The model was %(model)s, version %(version)s."
        ) % {**parts, "model": model["name"], "version": model["version"]}

    def _data(self) -> Iterator[str]:
        if self.data.get("data"):
            yield _("Data used: %(data)s.") % {"data": self._named("data")}
        else:
            yield _("Which data were used was not reported.")
        if "data_as_of" in self.data:
            yield _("The data were those of %(at)s.") % {"at": _time(self.data["data_as_of"])}
        if self.data.get("recipients"):
            yield _("They were given to: %(recipients)s.") % {
                "recipients": self._named("recipients")
            }

    def _score(self) -> Iterator[str]:
        score, threshold = (self.data.get(name) for name in ("score", "threshold"))
        if score is None:
            return
        parts = {"score": score, "threshold": threshold}
        if threshold is None:
            yield _("The score was %(score)s.") % parts
        elif Decimal(score) == Decimal(threshold):
            yield _("The score was %(score)s, exactly the threshold.") % parts
        elif Decimal(score) > Decimal(threshold):
            yield _("The score was %(score)s, above the threshold of %(threshold)s.") % parts
        else:
            yield _("The score was %(score)s, below the threshold of %(threshold)s.") % parts

    def _factors(self) -> Iterator[str]:
        factors = self.data.get("factors")
        if factors:
            said = "; ".join(_factor(one) for one in factors)
            yield _("What weighed most: %(factors)s.") % {"factors": said}

    def _humans(self) -> Iterator[str]:
        level = self.data["automation_level"]
        yield str(AUTOMATION.get(level, level))
        if reviewer := self.data.get("reviewer"):
            yield _("A human reviewed it (reference %(reference)s).") % {"reference": reviewer}
        told = self.data.get("notified")
        if told is not None:
            yield (
                _("The person concerned was told that a model takes part.")
                if told
                else _("The person concerned was not told that a model takes part.")
            )

    def _permission(self) -> Iterator[str]:
        decision = self.data["decision"]
        if gaps := self.data.get("gaps"):
            yield _("No decision allowed it.")
            yield from (self._reason(code) for code in gaps)
            return
        until = decision.get("valid_until")
        yield _("Decision %(id)s of %(at)s allowed it, valid until %(until)s.") % {
            "id": decision["id"], "at": _time(decision["at"]), "until": _time(until),
        }  # fmt: skip
        for reason in decision["reasons"]:
            refs = ", ".join(reason["refs"])
            yield self._reason(reason["code"]) + (f" ({refs})" if refs else "")

    def _reason(self, code: str) -> str:
        return _(texts.reason_text(code, audience=self.audience))

    def _named(self, kind: str) -> str:
        names = self.names.get(kind, {})
        return ", ".join(names.get(code, code) for code in self.data[kind])


def _factor(one: Mapping[str, str]) -> str:
    said = str(DIRECTIONS.get(one["direction"], "%(name)s")) % one
    if "weight" in one:
        return _("%(said)s (weight %(weight)s)") % {"said": said, "weight": one["weight"]}
    return said


def _about_values(data: Mapping[str, Any]) -> Iterator[str]:
    if "sealed" in data:
        yield _("The values used are kept sealed under the person’s own key.")
    elif data.get("lost"):
        yield _("The values used were not kept: the person’s key had been destroyed.")


def _values(entry: Entry, data: Mapping[str, Any]) -> Iterator[str]:
    try:
        opened = values_of(entry)
    except KeyDestroyedError:
        yield _("The values used are gone: the person’s key was destroyed.")
    except UnsealError:
        yield _("The values used cannot be opened: they are not as they were sealed.")
    else:
        names = data["names"].get("data", {})
        said = "; ".join(f"{names.get(code, code)}: {one}" for code, one in sorted(opened.items()))
        if said:
            yield _("The values used were: %(values)s.") % {"values": said}
        yield from (() if "sealed" in data else _about_values(data))


def _time(micros: int) -> str:
    """Its zone is told by the format."""
    local = timezone.localtime(_EPOCH + timedelta(microseconds=micros))
    return date_format(local, "DATETIME_FORMAT")
