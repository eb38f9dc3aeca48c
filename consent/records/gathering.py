"""Reads what the record of one ledger line tells, within its controller."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings

from accounts import selectors as accounts
from consent import selectors
from consent.errors import ConsentMissingError
from consent.models import ConsentEvent, NoticeVersion, PurposeVersion
from consent.records.facts import Data, Facts, Line, Notice, Party, Purpose
from consent.versions.vocabulary import basis, is_special
from registry import selectors as registry

Content = Mapping[str, Any]
WITHDRAW_AT = "/privacy/choices/"


def gather(controller_id: UUID, event_id: UUID) -> Facts:
    """The facts about one ledger line: its own, its purpose version's, its notice's.

    Names and contacts of parties are those registered now. Raises ConsentMissingError.
    """
    event = selectors.event(controller_id, event_id)
    if event is None:
        raise ConsentMissingError
    version = PurposeVersion.objects.get(
        controller_id=controller_id, purpose_id=event.purpose_id, number=event.purpose_version
    )
    said = _said(event)
    return Facts(
        line=_line(event), purpose=_purpose(event, version, said), notice=_notice(event, said),
        controller=_controller(controller_id), recipients=_recipients(controller_id, version),
    )  # fmt: skip


def _line(event: ConsentEvent) -> Line:
    return Line(
        id=str(event.id), subject=str(event.subject_id), state=event.state,
        event_at=event.event_at, recorded_at=event.recorded_at, expires_at=event.expires_at,
        language=event.language, method=event.method, channel=event.channel,
        given_by=event.given_by, guardian=str(event.guardian_id or ""),
        is_guardian_verified=event.guardian_verified, is_explicit=event.is_explicit,
        reason=event.reason, actor=event.actor_type, evidence=event.evidence,
    )  # fmt: skip


def _said(event: ConsentEvent) -> Content:
    """The words that the person saw; nothing where the line names none."""
    if event.notice_version_id is None:
        return {}
    found = selectors.words(event.controller_id, event.notice_version_id, event.language)
    return found.content if found else {}


def _purpose(event: ConsentEvent, version: PurposeVersion, said: Content) -> Purpose:
    """The purpose in the words that were shown, where they are known, else in its version's."""
    items = [one for one in said.get("items", ()) if one.get("purpose") == event.purpose.code]
    shown: Content = items[0] if items else {}
    named = {pack: basis(pack, ground) for pack, ground in version.grounds.items()}
    return Purpose(
        code=event.purpose.code, version=version.number,
        title=shown.get("title") or version.title,
        description=shown.get("description") or version.description,
        enables=shown.get("enables") or version.enables, term=version.dpv_purpose,
        bases={pack: term for pack, term in sorted(named.items()) if term},
        data=_data(event.controller_id, version.categories),
        operations=tuple(version.operations), retention_days=version.retention_days,
        service=version.owner, uses_ai=version.uses_ai,
    )  # fmt: skip


def _data(controller_id: UUID, codes: list[str]) -> tuple[Data, ...]:
    known = {one.code: one for one in registry.categories(controller_id, codes)}
    return tuple(
        Data(
            code=code, name=known[code].name if code in known else code.rpartition(":")[2],
            is_special=known[code].is_special if code in known else is_special(code),
            is_criminal=code in known and known[code].is_criminal,
        )
        for code in codes
    )  # fmt: skip


def _notice(event: ConsentEvent, said: Content) -> Notice | None:
    version = event.notice_version
    if version is None:
        return None
    return Notice(
        id=str(version.id), code=version.notice.code, version=version.number,
        law=version.notice.pack, sha256=event.notice_sha256,
        url=_page(event.controller_id, version, event.language),
        withdrawal=_link(said, "withdraw") or _whole(WITHDRAW_AT),
        complaint=_link(said, "grievance"), authority=_link(said, "board"),
    )  # fmt: skip


def _page(controller_id: UUID, version: NoticeVersion, language: str) -> str:
    slug = accounts.controller(controller_id).slug
    query = f"?version={version.id}&language={language}"
    return _whole(f"/privacy/{slug}/notices/{version.notice.code}/{query}")


def _link(said: Content, name: str) -> str:
    part = said.get(name)
    return _whole(str(part.get("url", ""))) if isinstance(part, Mapping) else ""


def _whole(url: str) -> str:
    """An address that also works on paper."""
    return f"{settings.BASE_URL.rstrip('/')}{url}" if url.startswith("/") else url


def _controller(controller_id: UUID) -> Party:
    found = accounts.controller(controller_id)
    return Party(
        id=str(found.id), name=found.name, kind="controller", country=found.country,
        contact=found.contact_name, email=found.contact_email,
        url=_whole(f"/privacy/{found.slug}/"),
    )  # fmt: skip


def _recipients(controller_id: UUID, version: PurposeVersion) -> tuple[Party, ...]:
    wanted = registry.parties(controller_id).filter(code__in=version.recipients)
    return tuple(
        Party(id=str(one.id), name=one.name, kind=one.kind, country=one.country) for one in wanted
    )
