"""Structured logs on stderr that carry request ids and no personal data.

Three layers, each enough for its own case: values under telling keys are replaced whole; what
looks like an address, a number or a secret is replaced wherever it stands; an exception's own
words are kept only if they come from us or from the system, never from a caller's input.
"""

import datetime as dt
import logging
import re
import sys
import traceback
import uuid
from collections.abc import Iterator, MutableMapping
from decimal import Decimal
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from config import paths
from keys.problems import DomainError

REDACTED = "[redacted]"
NOT_FOUND = 404
KEPT_KEYS = frozenset({"level", "logger", "request_id", "timestamp"})
TELLING_KEYS = frozenset({"key", "name", "user", "username", "useragent"})
TELLING_WORDS = frozenset(
    {
        "address", "agent", "authorization", "birth", "body", "cookie", "cookies",
        "credential", "dob", "email", "fullname", "headers", "identifier", "identifiers",
        "ip", "mail", "mobile", "msisdn", "params", "password", "payload",
        "phone", "query", "recipient", "remote", "secret", "signature", "text",
        "token", "value", "values",
    }
)  # fmt: skip
TELLING_ENDINGS = ("_key", "_name", "_username")
PLAIN_NAMES = frozenset({"event_name", "host_name", "logger_name", "queue_name", "task_name"})

# The kept shapes come first, so that no part of an id or a date is taken for a phone number.
SHAPES = re.compile(
    r"""
    (?P<kept>
        \b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b
      | \b\d{4}-[01]\d-[0-3]\d(?:[T\ ][0-2]\d:[0-5]\d(?::[0-6]\d(?:[.,]\d{1,9})?)?
          (?:Z|[+-][0-2]\d:?[0-5]\d)?)?(?![\d-])
      | (?<![\d.])(?:127(?:\.\d{1,3}){3}|0\.0\.0\.0)(?![\d.])
    )
    | [^\s@<>"'=(),;:/]{1,128}@[^\s@<>"'=(),;/]{1,255}           # e-mail addresses
    | \b(?i:bearer)\s+\S+
    | \b(?:[A-Za-z][a-z0-9]{1,15}[_-])?(?=[A-Za-z0-9_-]*[0-9])(?=[A-Za-z0-9_-]*[a-z])
      (?=[A-Za-z0-9_-]*[A-Z])[A-Za-z0-9_-]{24,}                   # service keys, sign-in tokens
    | \b[0-9a-fA-F]{40,}\b                                        # digests and hexadecimal secrets
    | (?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])                  # IPv4
    | (?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}(?![\w:])
    | (?<![\w:])[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4})*::(?:[0-9a-fA-F]{1,4}:?)*(?![\w:])
    | (?<![\w.])\+?(?:\(\d{1,5}\)[ -]?)?\d(?:[\s().-]{0,2}\d){6,14}(?!\d)  # telephone numbers
    | (?<=/sign-in/)[A-Za-z0-9_-]{20,}                            # tokens without a digit
    | (?<=/followed/)[0-9a-f-]{20,}                               # references of requests
    """,
    re.VERBOSE,
)
QUERY = re.compile(r"(?<=[\w/%.~-])\?[^\s\"'<>]+")
QUOTED = re.compile(r"""'[^']*'|"[^"]*"|“[^”]*”""")
SPOKEN = (DomainError, ImportError, RecursionError, MemoryError, SystemExit)


def redacted_text(text: str) -> str:
    """`text` without what looks like a person's address, number, or a secret, or a query string."""
    text = QUERY.sub("?" + REDACTED, text)
    return SHAPES.sub(lambda found: found[0] if found["kept"] else REDACTED, text)


def is_telling(key: str) -> bool:
    """Whether values under this key name a person or open a door, so that none is written."""
    lower = key.lower().replace("-", "_")
    if lower in KEPT_KEYS or lower in PLAIN_NAMES:
        return False
    if lower in TELLING_KEYS or lower.endswith(TELLING_ENDINGS):
        return True
    return not TELLING_WORDS.isdisjoint(lower.split("_"))


def redacted(value: object) -> Any:
    """A loggable copy of `value`: plain data only, anything unknown shown by its type alone."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, MutableMapping):
        return {redacted_text(str(key)): redacted_field(str(key), value[key]) for key in value}
    if isinstance(value, list | tuple | set | frozenset):
        return [redacted(item) for item in value]
    return redacted_word(value)


def redacted_word(value: object) -> str:
    if isinstance(value, str):
        return redacted_text(value)
    if isinstance(value, uuid.UUID | dt.date | dt.time | dt.timedelta | Decimal):
        return str(value)
    if isinstance(value, BaseException):
        return exception_line(value)
    return f"<{type(value).__name__}>"


def redacted_field(key: str, value: object) -> Any:
    return REDACTED if is_telling(key) and value is not None else redacted(value)


def exception_line(exc: BaseException) -> str:
    """The type and, where no caller's input can be in it, the message of an exception."""
    return f"{type(exc).__module__}.{type(exc).__qualname__}: {exception_message(exc)}"


def exception_message(exc: BaseException) -> str:
    primary = getattr(getattr(exc.__cause__ or exc, "diag", None), "message_primary", None)
    if primary:  # PostgreSQL puts values into DETAIL and, quoted, into some first lines
        return redacted_text(QUOTED.sub(REDACTED, str(primary)))
    if isinstance(exc, OSError) and exc.strerror:
        return exc.strerror
    if isinstance(exc, SPOKEN) or type(exc).__name__ == "ImproperlyConfigured":
        return redacted_text(str(exc))
    return "[message withheld]"


def exception_chain(exc: BaseException) -> Iterator[BaseException]:
    """The exception's causes, oldest first, each once."""
    found: list[BaseException] = []
    current: BaseException | None = exc
    while current is not None and current not in found:
        found.append(current)
        hidden = current.__suppress_context__
        current = current.__cause__ or (None if hidden else current.__context__)
    return reversed(found)


def traceback_text(exc: BaseException) -> str:
    """Frames and source lines, which are ours, and the last line in its safe form."""
    parts: list[str] = []
    for each in exception_chain(exc):
        parts += ["Traceback (most recent call last):\n", *traceback.format_tb(each.__traceback__)]
        parts.append(exception_line(each) + "\n")
        if isinstance(each, BaseExceptionGroup):
            parts += [traceback_text(child) for child in each.exceptions]
    return "".join(parts).rstrip("\n")


def exception_of(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exception_of(exc_info[1])
    return None


def redact(_logger: object, _method: str, event: EventDict) -> EventDict:
    """The last processor before rendering: whatever an event holds, only safe things leave."""
    exc = exception_of(event.pop("exc_info", None))
    event.pop("stack_info", None)
    message = str(event.get("event", ""))
    if exc is not None:
        message = without(message, exc)
    safe = {str(key): value for key, value in event.items() if str(key)[:1] != "_"}
    safe = {key: kept_or_redacted(key, value) for key, value in safe.items()}
    safe["event"] = redacted_text(message)
    if safe.get("code") == NOT_FOUND and isinstance(safe.get("request"), str):
        safe["request"] = known_request(safe["request"])
    if exc is not None:
        safe["exception"] = traceback_text(exc)
    return safe


def known_request(request: str) -> str:
    """Method and address; of an address that leads nowhere only what is ours."""
    method, _, path = request.partition(" ")
    return f"{method} {paths.known(path)}"


def kept_or_redacted(key: str, value: object) -> Any:
    return value if key in KEPT_KEYS else redacted_field(key, value)


def without(message: str, exc: BaseException) -> str:
    """`message` with the exception's own words, as libraries like to repeat them, taken out."""
    for words in (repr(exc), str(exc)):
        if words:
            message = message.replace(words, type(exc).__name__)
    return message


class ExceptionArguments(logging.Filter):
    """Replaces exceptions among a record's arguments before they are formatted into its text."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, BaseException):
            record.msg = exception_line(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(spoken(item) for item in record.args)
        return True


class StderrHandler(logging.StreamHandler[Any]):
    """Standard error; a record that cannot be formatted is not shown in the raw instead."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the library's name)
        sys.stderr.write(f"a log record of {record.name} could not be written\n")


def spoken(item: object) -> object:
    return exception_line(item) if isinstance(item, BaseException) else item


def bound_exception(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Fixes `exc_info=True` to the exception in flight, while it still is."""
    if event.get("exc_info") is True:
        event["exc_info"] = sys.exc_info()[1]
    return event


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def settings(*, json: bool) -> dict[str, Any]:
    """Django's LOGGING: every record, ours or a library's, through one redacting formatter."""
    renderer: Processor = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    )
    quiet = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"exceptions": {"()": ExceptionArguments}},
        "formatters": {
            "redacting": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [redact, renderer],
            }
        },
        "handlers": {
            "stderr": {
                "()": StderrHandler,
                "formatter": "redacting",
                "filters": ["exceptions"],
            }
        },
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django": {**quiet, "level": "INFO"},
            "django.request": {**quiet, "level": "ERROR"},
            "django.server": {**quiet, "level": "WARNING"},
            "gunicorn.access": {**quiet, "level": "WARNING"},  # servers bring handlers of their
            "gunicorn.error": quiet,  # own, which show exceptions as they are
            "httpx": {**quiet, "level": "WARNING"},  # writes every URL it calls
            "uvicorn": quiet,
            "uvicorn.access": {**quiet, "level": "WARNING"},  # writes every URL it serves
            "uvicorn.error": quiet,
        },
    }


def configure() -> None:
    """Sends structlog's loggers into the standard library's, where the formatter above waits."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            bound_exception,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
