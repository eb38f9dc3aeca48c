"""What a service may send: fields and forms that accept one spelling of a value and nothing else.

The framework's own fields are generous (numbers become texts, "yes" becomes true, unknown members
vanish); between strangers that hides mistakes.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
CANONICAL_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class Text(serializers.CharField):
    """A text as it was sent: no other type, no trimming."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, **options})

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return data


class Code(Text):
    """A text of one form. `pattern` is what the whole text must match."""

    def __init__(self, pattern: str, **options: Any) -> None:
        super().__init__(**options)
        self.validators.append(RegexValidator(rf"\A{pattern}\Z", _("This form is not allowed.")))


class Choice(serializers.ChoiceField):
    """One of a few words."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", input="")
        return data


class Flag(serializers.BooleanField):
    """`true` or `false` and no word that might mean them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input="")
        return data


class Id(serializers.UUIDField):
    """A UUID in its usual spelling."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or not CANONICAL_UUID.fullmatch(data):
            self.fail("invalid", value="")
        return UUID(data)


class Moment(serializers.DateTimeField):
    """A time of RFC 3339 with its offset, between 1970 and 2200."""

    default_error_messages = {  # noqa: RUF012 (the framework's own way)
        "form": _("Write a time as RFC 3339 does, with its offset from UTC."),
        "range": _("A time lies between the years 1970 and 2200."),
    }

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str) or not RFC_3339.fullmatch(value):
            self.fail("form")
        try:
            found = datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail("form")
        return self.bounded(found)

    def bounded(self, found: datetime) -> datetime:
        if not EARLIEST <= found < LATEST:
            self.fail("range")
        return found


class Bound(Moment):
    """The end of a stretch of time to look through: one beyond all entries is as good as none."""

    def bounded(self, found: datetime) -> datetime:
        return min(max(found, EARLIEST), LATEST)


class Day(serializers.DateField):
    """A day between 1900 and 2200, as ISO 8601 writes it."""

    default_error_messages = {  # noqa: RUF012
        "form": _("Write a day as YYYY-MM-DD, between the years 1900 and 2200."),
    }

    def to_internal_value(self, value: Any) -> date:
        try:
            found = date.fromisoformat(value) if DAY.fullmatch(value) else None
        except (TypeError, ValueError):
            found = None
        if found is None or not 1900 <= found.year < 2200:
            self.fail("form")
        return found


class Input(serializers.Serializer[Any]):
    """A body. A member that the operation does not know is refused, lest a typing error pass."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := sorted(set(data) - set(self.fields))):
            message = ErrorDetail(str(_("This operation does not know it.")), code="unknown_member")
            raise ValidationError({name: [message] for name in unknown})
        return super().to_internal_value(data)


class Query(Input):
    """The query of a URL: each parameter once."""

    @classmethod
    def read(cls, query: QueryDict) -> dict[str, Any]:
        """The checked parameters. Raises ValidationError."""
        repeated = [name for name, values in query.lists() if len(values) > 1]
        if repeated:
            message = ErrorDetail(str(_("Give it once.")), code="repeated")
            raise ValidationError({name: [message] for name in repeated})
        asked = cls(data=query.dict())
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)


class NothingQuery(Query):
    """An operation without parameters."""
