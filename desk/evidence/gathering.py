"""What a pack is made of: the chain of one person and purpose, and the log's entries about it."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from audit import proving
from audit.canonical import canonical
from audit.proving import Proved, Proving, Stamp
from consent import evidence
from consent.evidence import Chain
from consent.selectors import NoticeWords
from desk.people import Person
from keys import services as keys


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the chain with everything about it: its words, its receipt, its entry."""

    line: Any
    words: NoticeWords | None
    receipt: Mapping[str, Any]
    entry: Proved | None


@dataclass(frozen=True, slots=True)
class Gathered:
    """The contents of a pack before it is written.

    `published` are the entries that put words before people, by version and language: the
    publication of the notice, or the later approval of a language that was added to it.
    """

    person: Person
    chain: Chain
    links: tuple[Link, ...]
    published: Mapping[tuple[UUID, str], Proved]
    proving: Proving

    @property
    def notices(self) -> list[NoticeWords]:
        """The words that were shown, each once, in the order of the chain."""
        shown = [one.words for one in self.links if one.words]
        return list({(one.version_id, one.language): one for one in shown}.values())


def gather(person: Person, purpose: str) -> Gathered:
    """The chain of a person and purpose with its proofs.

    Raises NeverAskedError, and EntryPendingError while a record waits for its place in the log.
    """
    chain = evidence.chain(person.controller_id, person.controller, person.id, purpose)
    by_line = {line.id: _entry_of(person, line) for line in chain.lines}
    by_notice = {
        (words.version_id, words.language): _published(person, words)
        for words in chain.words.values()
    }
    ids = [one for one in (*by_line.values(), *by_notice.values()) if one is not None]
    proved = proving.prove(person.controller_id, ids)
    entries: dict[UUID | None, Proved] = {one.id: one for one in proved.entries}
    links = tuple(
        Link(line, chain.shown(line), chain.receipts[line.id].as_dict(),
             entries.get(by_line[line.id]))
        for line in chain.lines
    )  # fmt: skip
    published = {one: entries[entry] for one, entry in by_notice.items() if entry in entries}
    return Gathered(person, chain, links, published, proved)


def files(gathered: Gathered) -> dict[str, bytes]:
    """The pack's files for readers and for receipts, by name; the log's own are not among them."""
    found = {
        "chain.json": pretty(_told(gathered)),
        "keys.json": pretty(
            {str(one.key_id): {"ed25519": one.raw.hex()} for one in keys.public_keys()}
        ),
    }
    for link in gathered.links:
        found[f"receipts/{link.line.id}.json"] = canonical(link.receipt)
    for words in gathered.notices:
        found[notice_file(words)] = evidence.words_bytes(words)
    for number, stamp in enumerate(gathered.proving.stamps, 1):
        found |= _stamped(f"timestamps/{number}", stamp)
    for entry in gathered.proving.entries:
        found[f"records/{entry.id}.tlog-proof"] = str(gathered.proving.file(entry)).encode()
        if entry.body:
            found[f"records/{entry.id}.json"] = entry.body
    return found


def _stamped(name: str, stamp: Stamp) -> dict[str, bytes]:
    """A token, what it stamps, and how that belongs to the pack's checkpoint."""
    body = stamp.checkpoint.note.partition("\n\n")[0] + "\n"
    hashes = [base64.b64encode(one).decode() for one in stamp.consistency]
    told = {"authority": stamp.authority, "at": stamp.at.isoformat(), "size": stamp.checkpoint.size}
    return {
        f"{name}.tsr": stamp.token, f"{name}.body": body.encode(),
        f"{name}.checkpoint": stamp.checkpoint.note.encode(),
        f"{name}.consistency": pretty(hashes), f"{name}.json": pretty(told),
    }  # fmt: skip


def notice_file(words: NoticeWords) -> str:
    return f"notices/{words.code}-{words.number}-{words.language}.json"


def pretty(value: Any) -> bytes:
    """JSON for people and programs alike."""
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _entry_of(person: Person, line: Any) -> UUID | None:
    return proving.find(
        person.controller_id, str(line.id), line.recorded_at, event="consent:",
        subject_id=person.id,
    )  # fmt: skip


def _published(person: Person, words: NoticeWords) -> UUID | None:
    if words.published_at is None:
        return None
    if words.approved_at is not None and words.approved_at > words.published_at:
        return proving.find(
            person.controller_id, str(words.id), words.approved_at, event="translation:approved"
        )
    return proving.find(
        person.controller_id, str(words.version_id), words.published_at, event="notice:published"
    )


def _told(gathered: Gathered) -> dict[str, Any]:
    """The chain as data: which line, which words, which receipt and which entry belong together."""
    person, chain = gathered.person, gathered.chain
    return {
        "controller": {"id": str(person.controller_id), "name": person.controller},
        "person": {"id": str(person.id), "pseudonym": pseudonym(gathered)},
        "purpose": {"code": chain.purpose, "title": chain.title},
        "lines": [_told_line(link) for link in gathered.links],
        "notices": [
            {"file": notice_file(one), "sha256": one.sha256,
             "published_entry": _id(gathered.published.get((one.version_id, one.language)))}
            for one in gathered.notices
        ],
    }  # fmt: skip


def _told_line(link: Link) -> dict[str, Any]:
    line = link.line
    return {
        "id": str(line.id), "sequence": line.sequence, "state": line.state,
        "event_at": line.event_at.isoformat(), "recorded_at": line.recorded_at.isoformat(),
        "expires_at": line.expires_at.isoformat() if line.expires_at else "",
        "purpose_version": line.purpose_version, "method": line.method, "channel": line.channel,
        "given_by": line.given_by, "is_explicit": line.is_explicit,
        "notice": notice_file(link.words) if link.words else "",
        "notice_sha256": line.notice_sha256, "receipt": f"receipts/{line.id}.json",
        "entry": _id(link.entry), "index": link.entry.index if link.entry else None,
    }  # fmt: skip


def _id(entry: Proved | None) -> str:
    return str(entry.id) if entry else ""


def pseudonym(gathered: Gathered) -> str:
    """How the records name the person, as long as one of them is there."""
    bodies = (one.entry.body for one in gathered.links if one.entry and one.entry.body)
    return next((str(json.loads(body).get("subject", "")) for body in bodies), "")
