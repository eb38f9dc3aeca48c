"""Text messages: for whoever has a number and no address that a letter may go to (POR-13).

A company's provider is reached by a class of the deployment's own, which the settings name;
docs/operations.md shows how to write one.
"""

from dataclasses import dataclass
from typing import Final, Protocol, cast

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

log = structlog.get_logger(__name__)
CHANNEL: Final = "sms"
SCHEME: Final = "phone"


@dataclass(frozen=True, slots=True)
class Text:
    """What goes out. `kind` names the message, for providers that know it as a template.

    The words name no purpose: others may read them on a locked telephone.
    """

    number: str
    words: str
    kind: str
    language: str


class TextSender(Protocol):
    """A provider of text messages."""

    def send(self, text: Text) -> None:
        """Hand it to the network; any exception means that it may be tried again."""


def is_possible() -> bool:
    return bool(settings.TEXT_SENDER)


def send(text: Text) -> bool:
    """Whether the provider took it."""
    try:
        cast("TextSender", import_string(settings.TEXT_SENDER)()).send(text)
    except Exception as error:  # of the provider's library; its words may hold the number
        log.warning("text_not_sent", error=type(error).__name__)
        return False
    return True
