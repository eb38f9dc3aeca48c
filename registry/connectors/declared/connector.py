"""A connector that a YAML file describes. The file says what is called and what answers mean."""

import asyncio
import re
from collections.abc import Awaitable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, Self
from uuid import UUID

import msgspec

from registry.adapters.settings import CODE
from registry.connectors import templates, web
from registry.connectors.contract import (
    Act,
    ConnectorError,
    Declaration,
    Finding,
    Person,
    Probed,
    Said,
    Verb,
)
from registry.connectors.declared.answers import (
    ACTS,
    LONGEST_REFERENCE,
    Heard,
    heard,
    worst_found,
    worst_told,
)
from registry.connectors.declared.form import Call, Form, Second, Way
from registry.connectors.declared.reading import trapped
from registry.connectors.declared.ways import NO_IDENTIFIER, Target, Ways

TIMEOUT_SECONDS: Final = 20.0
CATEGORY: Final = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_ASIDE: Final = frozenset({"url", "fields", "holds"})


class DeclaredConnector:
    """Made of a file, a company's settings for it, and the secret, which shows nowhere."""

    def __init__(self, form: Form, url: str, settings: Mapping[str, str], secret: str) -> None:
        self._form, self._url, self._settings, self._secret = form, url, dict(settings), secret
        self._ways = Ways(form)
        self._web = web.Web()
        self._controlled: set[bool] = set()

    @property
    def declaration(self) -> Declaration:
        return self._form.declaration()

    async def __aenter__(self) -> Self:
        await self._web.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._web.__aexit__(*error)

    async def tell(self, verb: Verb, people: Sequence[Person]) -> list[Said]:
        """Each way by which somebody is known is told; the worst of the answers counts."""
        self._must_know(verb)
        await self._believe(second=False)
        asked = self._ways.asked(verb, people)
        found: list[tuple[Target, Heard]] = []
        for way, targets in asked.by_way:
            found += await self._first(found, targets, self._told(way, targets))
        by_step = _by_step(found)
        return [
            asked.said(one) or _said(one, by_step.get(one.step, []), one.reference)
            for one in people
        ]  # fmt: skip

    async def status(self, people: Sequence[Person]) -> list[Said]:
        call = self._form.status
        if call is None:
            raise ConnectorError("no_status", retry=False)
        if "reference" not in call.names():
            targets = self._ways.main(people)
            told = _by_step(await self._each(call, targets))
            return [_said(one, told.get(one.step, []), one.reference) for one in people]
        by_reference = await self._states(call, people)
        return [
            _said(one, [by_reference[r] for r in one.reference.split()], one.reference)
            for one in people
        ]

    async def probe(self, verb: Verb, people: Sequence[Person]) -> list[Probed]:
        """Each way by which somebody may be found is looked at."""
        self._must_know(verb)
        if not self.declaration.looks_at(verb):
            raise ConnectorError("no_probe", retry=False)
        await self._believe(second=False)
        asked = self._ways.asked(verb, people)
        seen: list[tuple[Target, Heard]] = []
        for way, targets in asked.by_way:
            for call in way.probe:
                await self._believe(second=call.second)
                seen += await self._first(seen, targets, self._each(call, targets))
        by_step = _by_step(seen)
        return [asked.probed(one) or _probed(one, by_step.get(one.step, [])) for one in people]

    async def check(self) -> list[str]:
        """Whether it can be reached, knows what must be there, and does not know a stranger."""
        try:
            await web.look_up(self._url)
            await self._believe(second=False)
            if not self._form.probe:
                return []
            [seen] = await self.probe(Verb.ERASE, [self._ways.stranger()])
        except ConnectorError as error:
            return [error.code]
        is_gone = seen.finding is Finding.ABSENT
        return [] if is_gone else [seen.code or "stranger_present"]

    def _must_know(self, verb: Verb) -> None:
        if verb not in self.declaration.verbs:
            raise ConnectorError("verb_unknown", retry=False)

    async def _believe(self, *, second: bool) -> None:
        """That somebody is unknown is believed of a system that shows what must be there.

        A wrong list or shop knows nobody either. Raises ConnectorError `control_failed`.
        """
        other = self._form.second.control if self._form.second is not None else None
        control = other if second else self._form.control
        if control is None or second in self._controlled:
            return
        [answer] = heard(control, await self._sent(control, {}, second=second), [""])
        if answer.means != "fine":
            raise ConnectorError("control_failed", retry=answer.means == "retry")
        self._controlled.add(second)

    async def _first(
        self, before: list[tuple[Target, Heard]], targets: list[Target],
        answers: Awaitable[list[tuple[Target, Heard]]],
    ) -> list[tuple[Target, Heard]]:  # fmt: skip
        """What fails before anything was answered fails for all; later, of these alone."""
        try:
            return await answers
        except ConnectorError as error:
            if not before:
                raise
            failed = _failed(error)
            return [(one, failed) for one in targets]

    async def _told(self, way: Way, targets: list[Target]) -> list[tuple[Target, Heard]]:
        """Tell of those whom it knows, by what it calls them; of others it hears nothing."""
        if way.find is None:
            return await self._each(way.tell, targets)
        seen = await self._each(way.find, targets)
        known = [_called(one, answer.found) for one, answer in seen if answer.found]
        rest = [(one, _not_told(answer)) for one, answer in seen if not answer.found]
        return rest + await self._first(rest, known, self._each(way.tell, known))

    async def _each(self, call: Call, targets: list[Target]) -> list[tuple[Target, Heard]]:
        """Some calls side by side. Once some went through, what fails is told of the rest alone."""
        groups = [targets[n : n + call.most] for n in range(0, len(targets), call.most)]
        at_once = self._form.declares.at_once
        found: list[tuple[Target, Heard]] = []
        for first in range(0, len(groups), at_once):
            some = groups[first : first + at_once]
            replies = await asyncio.gather(*(self._asked(call, group) for group in some))
            errors = [one for one in replies if isinstance(one, ConnectorError)]
            if errors and not found and len(errors) == len(replies):
                raise errors[0]
            for group, reply in zip(some, replies, strict=True):
                found += _of_group(call, group, reply)
            if errors:
                failed = _failed(errors[0])
                late = (one for group in groups[first + at_once :] for one in group)
                return found + [(one, failed) for one in late]
        return found

    async def _asked(self, call: Call, group: list[Target]) -> web.Reply | ConnectorError:
        try:
            return await self._sent(call, _values(call, group), second=call.second)
        except ConnectorError as error:
            return error

    async def _states(self, call: Call, people: Sequence[Person]) -> dict[str, Heard]:
        """Of each reference once, however many people it is about."""
        references = list(dict.fromkeys(r for one in people for r in one.reference.split()))
        found: dict[str, Heard] = {}
        for one in references:
            try:
                [found[one]] = heard(call, await self._sent(call, {"reference": one}), [one])
            except ConnectorError as error:
                if not found:
                    raise
                found[one] = _failed(error)
        return found

    async def _sent(
        self, call: Call, values: Mapping[str, Any], *, second: bool = False
    ) -> web.Reply:
        other = self._form.second if second else None
        place = await web.look_up(self._address(other))
        every = self._form.texts | self._settings | dict(values)
        try:
            path, query = templates.fill(call.path, every), templates.fill(call.query, every)
            body = templates.fill(call.body, every)
        except KeyError:
            raise ConnectorError("place_unknown", retry=False) from None
        headers = self._form.headers | self._proof(other)
        if self._form.key_header and "key" in values:
            headers[self._form.key_header] = values["key"]
        reply = await self._web.call(
            call.method, web.at(place, *path, query=query or None), headers, body, TIMEOUT_SECONDS
        )
        named = frozenset(status for one in call.answers for status in one.status)
        return web.checked(reply, fine=named)

    def _address(self, other: Second | None) -> str:
        if other is None or "url" in self._settings:
            return self._url
        return "".join(templates.fill(other.base, self._settings))

    def _proof(self, other: Second | None) -> dict[str, str]:
        """A system with two addresses has two secrets, one after the other."""
        form, words = self._form, self._secret.split()
        if other is not None:
            secret = words[1] if len(words) > 1 else ""
            return web.proof(other.auth, f"{secret}:" if other.auth == "basic" else secret)
        secret = words[0] if form.second is not None and words else self._secret
        return web.proof(form.auth, f"{form.user}:{secret}" if form.user else secret, form.header)


def connector(form: Form, settings: Mapping[str, Any], secret: str) -> DeclaredConnector:
    """With a company's settings: what the file asks for, and `url` where it is reached by another;
    `fields` (what its attributes are called there) and `holds` (which categories lie there).

    Raises ConnectorError `settings_<member>`.
    """
    form = _completed(form, settings)
    values = {name: text for name, text in settings.items() if name not in _ASIDE}
    for name in sorted({*form.settings, *values}):
        text = values.get(name)
        if name not in form.settings or not isinstance(text, str) or (
            not re.fullmatch(form.settings[name], text)
        ):  # fmt: skip
            raise ConnectorError(f"settings_{name}"[:60], retry=False)
    if "url" in settings:
        values["url"] = settings["url"]
    url = settings.get("url") or "".join(templates.fill(form.base, values))
    if not isinstance(url, str):
        raise ConnectorError("settings_url", retry=False)
    if trap := trapped(form, url):
        raise ConnectorError(f"declared_never_{trap}"[:60], retry=False)
    return DeclaredConnector(form, url, values, secret)


def _completed(form: Form, settings: Mapping[str, Any]) -> Form:
    """The file with what only the company knows."""
    fields, holds = settings.get("fields", {}), settings.get("holds", form.declares.holds)
    if not isinstance(fields, dict) or not all(
        isinstance(one, str) and CODE.fullmatch(one) and isinstance(name, str) and name
        for one, name in fields.items()
    ):
        raise ConnectorError("settings_fields", retry=False)
    if not isinstance(holds, list) or not all(
        isinstance(one, str) and CATEGORY.fullmatch(one) for one in holds
    ):
        raise ConnectorError("settings_holds", retry=False)
    declares = msgspec.structs.replace(form.declares, holds=holds)
    return msgspec.structs.replace(form, declares=declares, fields=form.fields | fields)


def _of_group(
    call: Call, group: list[Target], reply: web.Reply | ConnectorError
) -> list[tuple[Target, Heard]]:
    if isinstance(reply, ConnectorError):
        failed = _failed(reply)
        return [(one, failed) for one in group]
    told = group[0].values.get("values")
    answers = heard(call, reply, [one.name for one in group], told)
    return list(zip(group, answers, strict=True))


def _values(call: Call, some: list[Target]) -> dict[str, Any]:
    """What the places of one call stand for."""
    if not call.is_many:
        return dict(some[0].values)
    keys = "".join(one.values["key"] for one in some)
    each = [templates.fill(call.each, one.values) for one in some]
    return {"each": each, "key": sha256(keys.encode()).hexdigest()}


def _called(target: Target, found: str) -> Target:
    return Target(target.step, target.name, {**target.values, "found": found})


def _not_told(seen: Heard) -> Heard:
    """Of somebody whom the system did not show."""
    if seen.means == Finding.ABSENT:
        return Heard("unknown", evidence=seen.evidence)
    if seen.means in ACTS:
        return seen
    return Heard("retry", seen.code or "answer_not_understood", evidence=seen.evidence)


def _failed(error: ConnectorError) -> Heard:
    return Heard("retry" if error.retry else "refused", error.code, error.wait_seconds)


def _by_step(told: list[tuple[Target, Heard]]) -> dict[UUID, list[Heard]]:
    found: dict[UUID, list[Heard]] = {}
    for one, answer in told:
        found.setdefault(one.step, []).append(answer)
    return found


def _said(person: Person, some: list[Heard], before: str) -> Said:
    if not some:
        return Said(step=person.step, act=Act.REFUSED, code=NO_IDENTIFIER)
    one = worst_told(some)
    reference = " ".join(dict.fromkeys(heard.reference for heard in some if heard.reference))
    if len(reference) > LONGEST_REFERENCE:
        return Said(step=person.step, act=Act.REFUSED, code="reference_too_long")
    return Said(
        step=person.step, act=ACTS[one.means], code=one.code, reference=reference or before,
        wait_seconds=one.wait_seconds, evidence=one.evidence,
    )  # fmt: skip


def _probed(person: Person, some: list[Heard]) -> Probed:
    if not some:
        return Probed(step=person.step, finding=Finding.UNSURE, code=NO_IDENTIFIER)
    finding, one = worst_found(some)
    code = one.code if finding is Finding.UNSURE else ""
    return Probed(step=person.step, finding=finding, code=code, evidence=one.evidence)
