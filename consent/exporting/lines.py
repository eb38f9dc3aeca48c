"""Lines of the ledger as rows of a file, a page at a time in the order they were made."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from django.db import connection

from audit.exporting.copies import cell
from consent.models.exports import ConsentExport, ExportForm
from keys.ids import uuid7_at

FIRST: Final = UUID(int=0)


class Row(NamedTuple):
    """One line as it leaves: people by our ids, times in UTC, no identifier and no evidence."""

    id: UUID
    subject: UUID
    purpose: str
    sequence: int
    state: str
    event_at: datetime
    recorded_at: datetime
    expires_at: datetime | None
    purpose_version: int
    notice: str | None
    notice_version: int | None
    notice_sha256: str
    language: str
    method: str
    channel: str
    given_by: str
    guardian_verified: bool
    explicit: bool
    reason: str


COLUMNS: Final = Row._fields
_PAGE = """
SELECT e.id, e.subject_id, p.code, e.sequence, e.state, e.event_at, e.recorded_at, e.expires_at,
       e.purpose_version, n.code, v.number, e.notice_sha256, e.language, e.method, e.channel,
       e.given_by, e.guardian_verified, e.is_explicit, e.reason
FROM consent_consentevent e
JOIN consent_purpose p ON p.id = e.purpose_id
LEFT JOIN consent_noticeversion v ON v.id = e.notice_version_id
LEFT JOIN consent_notice n ON n.id = v.notice_id
WHERE e.controller_id = %s AND e.id > %s AND e.id < %s AND (%s OR p.code = ANY(%s))
ORDER BY e.id LIMIT %s
"""


def page(export: ConsentExport, after: UUID | None, limit: int) -> list[Row]:
    """The next lines behind `after`, at most `limit`. A line's id tells when it was recorded."""
    begin = after or (uuid7_at(export.since_at) if export.since_at else FIRST)
    given = [
        export.controller_id, begin, uuid7_at(export.until_at), not export.purposes,
        export.purposes, limit,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, given)
        return [Row(*row) for row in cursor.fetchall()]


def header(form: str) -> bytes:
    """What the file begins with."""
    return _csv([COLUMNS]) if form == ExportForm.CSV else b""


def written(form: str, rows: Sequence[Row]) -> bytes:
    """Rows as the file has them."""
    return _FORMS[form](rows)


def _as_csv(rows: Sequence[Row]) -> bytes:
    return _csv([[cell(_text(value)) for value in row] for row in rows])


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _as_ndjson(rows: Sequence[Row]) -> bytes:
    return b"".join(
        msgspec.json.encode(dict(zip(COLUMNS, map(_value, row), strict=True))) + b"\n"
        for row in rows
    )


def _value(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


_FORMS: Final[dict[str, Callable[[Sequence[Row]], bytes]]] = {
    ExportForm.CSV: _as_csv, ExportForm.NDJSON: _as_ndjson,
}  # fmt: skip
