"""What the ledger can prove about one person and one purpose: the lines, their words, receipts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from audit.canonical import canonical
from consent import selectors
from consent.errors import NeverAskedError
from consent.models import ConsentEvent
from consent.receipts import Receipt, receipt
from consent.selectors import NoticeWords

WordsKey = tuple[UUID, str]
"""A notice version and a language."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Everything a person was asked and answered about one purpose, oldest first.

    `words` holds the notices exactly as they were shown; `receipts` go by the line's id.
    """

    purpose: str
    title: str
    lines: tuple[ConsentEvent, ...]
    words: Mapping[WordsKey, NoticeWords]
    receipts: Mapping[UUID, Receipt]

    def shown(self, line: ConsentEvent) -> NoticeWords | None:
        """The words that the person saw or heard at this line, if it names any."""
        if line.notice_version_id is None:
            return None
        return self.words.get((line.notice_version_id, line.language))


def chain(controller_id: UUID, controller_name: str, subject_id: UUID, purpose: str) -> Chain:
    """The chain of one person and one purpose. Raises NeverAskedError where there is none."""
    found = selectors.history(controller_id, subject_id, purpose)
    lines = tuple(found.order_by("sequence"))
    if not lines:
        raise NeverAskedError
    title = selectors.purpose_titles(controller_id).get(purpose, purpose)
    receipts = {line.id: receipt(controller_id, controller_name, line.id) for line in lines}
    return Chain(purpose, title, lines, _words(controller_id, lines), receipts)


def words_bytes(words: NoticeWords) -> bytes:
    """The canonical bytes whose SHA-256 a line names as `notice_sha256`."""
    content: dict[str, Any] = dict(words.content)
    return canonical(content)


def _words(controller_id: UUID, lines: tuple[ConsentEvent, ...]) -> dict[WordsKey, NoticeWords]:
    keys = {(one.notice_version_id, one.language) for one in lines if one.notice_version_id}
    found = {key: selectors.words(controller_id, *key) for key in keys}
    return {key: words for key, words in found.items() if words is not None}
