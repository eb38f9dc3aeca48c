"""JSON as RFC 8259 wants it between strangers: one meaning per text, bounded, no surprises."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import IO, Any

from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32


class BodyTooLargeError(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is larger than 1 MiB."
    default_code = "body_too_large"


class MalformedBodyError(ParseError):
    default_detail = "The body is not valid JSON in UTF-8."
    default_code = "malformed_body"


class StrictJSONParser(BaseParser):
    """Refuses what parsers disagree about, and what PostgreSQL or a log cannot hold."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return parsed(stream.read(MAX_BYTES + 1))


def parsed(body: bytes) -> Any:
    """The value of a JSON text. Raises `BodyTooLargeError` or `MalformedBodyError`."""
    if len(body) > MAX_BYTES:
        raise BodyTooLargeError
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=unique,
            parse_constant=refused_constant,
            parse_float=finite,
        )
    except RecursionError:
        raise too_deep() from None
    except ValueError:
        raise MalformedBodyError from None
    check(value)
    return value


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedBodyError("An object names the same member twice.", "duplicate_member")
    return found


def refused_constant(_name: str) -> Any:
    raise MalformedBodyError("NaN and Infinity are not JSON.", "not_a_number")


def finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise MalformedBodyError("A number is too large.", "number_too_large")
    return value


def too_deep() -> MalformedBodyError:
    return MalformedBodyError(f"The body nests deeper than {MAX_DEPTH} levels.", "too_deep")


def check(value: Any) -> None:
    """Walks the value without recursion, so that no depth can exhaust the stack."""
    waiting = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        if isinstance(item, str):
            check_text(item)
        elif isinstance(item, dict | list):
            if depth > MAX_DEPTH:
                raise too_deep()
            waiting += ((child, depth + 1) for child in children(item))


def children(item: dict[str, Any] | list[Any]) -> Iterator[Any]:
    if isinstance(item, dict):
        yield from item.keys()
        yield from item.values()
    else:
        yield from item


def check_text(text: str) -> None:
    if "\0" in text:
        raise MalformedBodyError("A string contains NUL.", "nul_in_string")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise MalformedBodyError("A string contains half a surrogate pair.", "lone_surrogate")
