"""Reading profiles: what the service may see of a person for a purpose, each field with its reason.

Nothing is shown that was not said to be shown: an answer about somebody else, for another purpose
or with a value where there should be none is no answer.
"""

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict, Unpack
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from sammati_client.errors import ProfileNotShown
from sammati_client.questions import Call, Subject, write
from sammati_client.replies import BadAnswerError, Failure, Outcome, Reply, parsed

PROFILES = "/api/v1/profiles"
LIST = "/api/v1/profiles/list"
MOST = 100
PROFILE_BYTES = 1_048_576
LIST_BYTES = 16_777_216
MASKED = "masked"
BAD_ANSWER = "CLIENT_BAD_ANSWER"


class Reading(TypedDict, total=False):
    """From which seat, and in what capacity the person is looked at.

    `role` and `unit` where the service has several seats; `relation` (self, holder, joint,
    household, guardian, employer); `case` for purposes of the law itself.
    """

    role: str
    unit: str
    relation: str
    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileField:
    """One field: its value, or why there is none. True where there is a value, masked or whole."""

    code: str
    title: str
    category: str
    sensitivity: str
    treatment: str
    value: Any = field(default=None, repr=False)
    why: str | None = None
    why_text: str = ""
    reason_code: str = ""
    since: datetime | None = None
    source: str = ""
    observed_at: datetime | None = None
    verified_by: str = ""

    def __bool__(self) -> bool:
        return self.value is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSource:
    """A system that may know something; `state` says whether it could be asked."""

    code: str
    name: str
    unit: str
    state: str
    observed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the service may see of one person for one purpose, as of now. Do not keep it."""

    subject_id: UUID = field(repr=False)
    purpose: str
    role: str
    unit: str
    relation: str
    as_of: datetime
    decision: Mapping[str, Any] = field(repr=False)
    fields: tuple[ProfileField, ...] = field(repr=False)
    sources: tuple[ProfileSource, ...] = ()

    def __getitem__(self, code: str) -> ProfileField:
        """The field of this attribute. Raises KeyError for one that the company does not have."""
        for one in self.fields:
            if one.code == code:
                return one
        raise KeyError(code)

    def __iter__(self) -> Iterator[ProfileField]:
        return iter(self.fields)

    def value(self, code: str) -> Any:
        """The value, masked or whole; None where there is none to see."""
        return next((one.value for one in self.fields if one.code == code), None)


def one(subject: Subject, purpose: str, reading: Mapping[str, Any]) -> Call:
    """The request for one profile. Raises ValueError for what is not our subject id.

    An identifier of the company's own (an e-mail address) must not stand in an address.
    """
    query = urlencode({"purpose": purpose, **reading})
    path = f"{PROFILES}/{_id(subject)}?{query}"
    return Call(path, b"", PROFILE_BYTES, "", method="GET", logged_as=PROFILES)


def many(subjects: Sequence[Subject], purpose: str, reading: Mapping[str, Any]) -> Call:
    """The request for 1 to 100 profiles. Raises ValueError."""
    if not 1 <= len(subjects) <= MOST:
        raise ValueError(f"Read between 1 and {MOST} profiles at once.")
    body = {**reading, "purpose": purpose, "subjects": [str(_id(each)) for each in subjects]}
    return write(LIST, body, None, answer_bytes=LIST_BYTES)


def read(call: Call, outcome: Outcome, subject: Subject, purpose: str) -> Profile:
    """The profile that was answered. Raises ProfileNotShown for everything else."""
    return _profile(_answered(call, outcome), {_id(subject)}, purpose)


def read_many(
    call: Call, outcome: Outcome, subjects: Sequence[Subject], purpose: str
) -> list[Profile]:
    """The profiles of those who are there, in the order asked. Raises ProfileNotShown."""
    said = _answered(call, outcome)
    items = said.get("items") if isinstance(said, dict) else None
    if not isinstance(items, list):
        raise ProfileNotShown(BAD_ANSWER, status=200)
    asked = list(dict.fromkeys(map(_id, subjects)))
    found = [_profile(item, set(asked), purpose) for item in items]
    told = [profile.subject_id for profile in found]
    if told != [each for each in asked if each in set(told)]:
        raise ProfileNotShown(BAD_ANSWER, status=200)
    return found


def _answered(call: Call, outcome: Outcome) -> Any:
    if isinstance(outcome, Failure):
        raise ProfileNotShown(outcome.code)
    if outcome.status != 200:
        raise ProfileNotShown(_problem(outcome), status=outcome.status)
    try:
        return parsed(outcome.body)
    except BadAnswerError:
        raise ProfileNotShown(BAD_ANSWER, status=outcome.status) from None


def _profile(said: Any, asked: set[UUID], purpose: str) -> Profile:
    try:
        found = msgspec.convert(said, Profile)
    except (msgspec.ValidationError, RecursionError):
        raise ProfileNotShown(BAD_ANSWER, status=200) from None
    leaks = any(each.value is not None and each.why not in {None, MASKED} for each in found)
    if found.subject_id not in asked or found.purpose != purpose or leaks:
        raise ProfileNotShown(BAD_ANSWER, status=200)
    return found


def _problem(reply: Reply) -> str:
    try:
        said = parsed(reply.body)
    except BadAnswerError:
        return BAD_ANSWER
    code = said.get("code") if isinstance(said, dict) else None
    return code if isinstance(code, str) and code.isidentifier() else BAD_ANSWER


def _id(subject: Subject) -> UUID:
    try:
        return subject if isinstance(subject, UUID) else UUID(subject)
    except (ValueError, AttributeError, TypeError):
        raise ValueError("A profile is read by our subject id alone.") from None


class _NoPeople(logging.Filter):
    """Keeps addresses that name a person out of the HTTP library's own log."""

    def filter(self, record: logging.LogRecord) -> bool:
        return f"{PROFILES}/" not in record.getMessage()


_NO_PEOPLE = _NoPeople()


def _hide_people() -> None:
    """Adding a filter that is there already does nothing."""
    for name in ("httpx", "httpcore.connection", "httpcore.http11"):
        logging.getLogger(name).addFilter(_NO_PEOPLE)


class Profiles:
    """`client.profiles`: what the service may see of people. Every reading is on record."""

    def __init__(self, exchange: Callable[[Call], Outcome]) -> None:
        _hide_people()
        self._exchange = exchange

    def read(self, subject: Subject, purpose: str, **reading: Unpack[Reading]) -> Profile:
        """One person's profile for a purpose. Raises ProfileNotShown, ValueError."""
        call = one(subject, purpose, reading)
        return read(call, self._exchange(call), subject, purpose)

    def list(
        self, subjects: Sequence[Subject], purpose: str, **reading: Unpack[Reading]
    ) -> list[Profile]:
        """The profiles of at most 100 people; who is not there for the service is left out."""
        call = many(subjects, purpose, reading)
        return read_many(call, self._exchange(call), subjects, purpose)


class AsyncProfiles:
    """The same with `await`."""

    def __init__(self, exchange: Callable[[Call], Awaitable[Outcome]]) -> None:
        _hide_people()
        self._exchange = exchange

    async def read(self, subject: Subject, purpose: str, **reading: Unpack[Reading]) -> Profile:
        """One person's profile for a purpose. Raises ProfileNotShown, ValueError."""
        call = one(subject, purpose, reading)
        return read(call, await self._exchange(call), subject, purpose)

    async def list(
        self, subjects: Sequence[Subject], purpose: str, **reading: Unpack[Reading]
    ) -> list[Profile]:
        """The profiles of at most 100 people; who is not there for the service is left out."""
        call = many(subjects, purpose, reading)
        return read_many(call, await self._exchange(call), subjects, purpose)
