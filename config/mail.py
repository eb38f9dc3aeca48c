"""The development mailbox: messages become files, and nothing leaves the machine."""

import datetime as dt
import os
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

ASKED_FOR: Final = ("/privacy/sign-in/", "/privacy/return/")
"""Links somebody at this machine waits for; hundreds of other letters would bury them."""


class MailboxBackend(BaseEmailBackend):
    """Writes every message to `settings.EMAIL_FILE_PATH`; shows those that people sign in with.

    Of what it shows it leaves out addresses; of the others it says once where they are.
    """

    has_told = False

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if settings.PRODUCTION:
            raise ImproperlyConfigured("The development mailbox must not be used in production.")
        for message in email_messages:
            show(write(message.message().as_bytes()), str(message.body))
        sys.stdout.flush()
        return len(email_messages)


def show(path: Path, body: str) -> None:
    if any(link in body for link in ASKED_FOR):
        sys.stdout.write(f"[mail] {path}\n{body}\n")
    elif not MailboxBackend.has_told:
        MailboxBackend.has_told = True
        sys.stdout.write(f"[mail] Letters without a link to sign in are kept in {path.parent}\n")


def write(content: bytes) -> Path:
    """One file per message, readable by its owner alone, named so that they sort by time."""
    folder = Path(settings.EMAIL_FILE_PATH)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    moment = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    path = folder / f"{moment}-{uuid.uuid4().hex[:8]}.eml"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    return path
