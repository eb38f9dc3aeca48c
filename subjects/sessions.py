"""Where sessions are kept: with the person they are of, so that an erasure ends them."""

from typing import Any, Final

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

from subjects.models import Session

PERSON: Final = "portal"
"""Names in a session who is signed in to the portal: ids of the controller and of the subject."""
AT_ONCE: Final = 5000


class SessionStore(DatabaseStore):
    """Django's, with the columns that say whose a session is."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        made = super().create_model_instance(data)
        if isinstance(made, Session):
            whose = data.get(PERSON) or {}
            made.controller_id, made.subject_id = whose.get("controller"), whose.get("subject")
        return made


def end_old() -> int:
    """Delete sessions whose time is over, a bounded number; returns how many."""
    old = Session.objects.filter(expire_date__lt=timezone.now()).order_by("expire_date")
    deleted, _models = Session.objects.filter(pk__in=old.values("pk")[:AT_ONCE]).delete()
    return deleted
