"""What may stand in the addresses of the log's read interface. One spelling of each value."""

import re
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from audit.api.errors import OutOfRangeError
from keys.ids import SYSTEM_ID

SYSTEM = "system"
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"0|[1-9][0-9]*")
MOST_DIGITS = 18
"""No log grows longer: a larger number is a number all the same, only not one of ours."""


def log_id(name: str) -> UUID | None:
    """The log an address names: `system`, or a controller's id; None for what can be neither."""
    if name == SYSTEM:
        return SYSTEM_ID
    found = UUID(name) if _ID.fullmatch(name) else None
    return None if found == SYSTEM_ID else found


def numbers(query: QueryDict, *names: str) -> list[int]:
    """The values of these parameters, each given once, and no other.

    Raises ValidationError, OutOfRangeError.
    """
    faults = {name: [_unknown()] for name in query if name not in names}
    faults |= {name: [fault] for name in names if (fault := _fault(query.getlist(name)))}
    if faults:
        raise ValidationError(faults)
    if any(len(str(query[name])) > MOST_DIGITS for name in names):
        raise OutOfRangeError
    return [int(str(query[name])) for name in names]


def nothing(query: QueryDict) -> None:
    """An address without parameters. Raises ValidationError."""
    numbers(query)


def _unknown() -> ErrorDetail:
    return ErrorDetail(str(_("This operation does not know it.")), code="unknown_member")


def _fault(values: list[str]) -> ErrorDetail | None:
    if not values:
        return ErrorDetail(str(_("This parameter is required.")), code="required")
    if len(values) > 1:
        return ErrorDetail(str(_("Give it once.")), code="repeated")
    if not _NUMBER.fullmatch(values[0]):
        return ErrorDetail(str(_("Write a whole number without leading zeros.")), code="invalid")
    return None
