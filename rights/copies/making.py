"""Making a copy: everything is gathered first and its reading recorded, then written and packed."""

import io
import json
import zipfile
from typing import Any, Final
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts import selectors as accounts
from audit import services as audit
from audit.actors import Target
from rights.copies.gathering import gather
from rights.models import AccessBundle
from rights.services.copying import MAKER
from subjects import selectors as subjects
from subjects import services as subject_services
from subjects.errors import KeyDestroyedError, SubjectUnknownError

SCHEMA: Final = "sammati-copy-1"
FALLBACK: Final = "en"


def make(*, controller_id: UUID, copy_id: UUID) -> bytes | None:
    """The copy as a ZIP of `copy.json` and `copy.html`, in the caller's transaction.

    None where it is not wanted any more, or nothing of the person is left to copy.
    """
    found = AccessBundle.objects.filter(
        controller_id=controller_id, pk=copy_id, made_at=None, ended_at=None
    ).first()
    if found is None:
        return None
    try:
        subject = subjects.subject(controller_id, found.subject_id)
        _note_read(controller_id, subject, found)
        content = gather(controller_id, subject)
    except (SubjectUnknownError, KeyDestroyedError):
        return None
    said = {"schema_version": SCHEMA, "made_at": timezone.now().isoformat(), **content}
    return _packed(said, subject.language, controller_id)


def _note_read(controller_id: UUID, subject: Any, copy: AccessBundle) -> None:
    """That all of it was read, and for whom (P11), before any of it is."""
    audit.record_read(
        by=MAKER, controller_id=controller_id, target=Target("copy", str(copy.id)),
        subjects=[subject_services.ref(subject)], data={"request": str(copy.request_id)},
    )  # fmt: skip


def _packed(said: dict[str, Any], language: str, controller_id: UUID) -> bytes:
    spoken = language or accounts.controller(controller_id).default_language or FALLBACK
    with translation.override(spoken.partition("-")[0]):
        page = render_to_string("rights/copy.html", {"said": said})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("copy.json", json.dumps(said, ensure_ascii=False, indent=2) + "\n")
        file.writestr("copy.html", page)
    return packed.getvalue()
