"""The settings of each kind of adapter: a closed form, checked when written and when used.

HTTP: `url` (https); the request is a POST, because identifiers have no place in a URL. Its body is
`{"identifiers": {scheme: value}, "attributes": [code]}`, or `body`, in which each text `{scheme}`
becomes the identifier. `fields` leads from our attribute codes to places in the answer (RFC 6901);
`auth` says how the secret is told.

SQL (PostgreSQL; with `engine` "mysql" MySQL and MariaDB): one query that reads at most one row;
`%(scheme)s` stands for an identifier, and its columns bear our attribute codes. A column or place
`observed_at` says as of when; of MySQL, which knows no zones, it is in UTC.
"""

import re
from typing import Any, Final, Literal

import msgspec

from registry.errors_systems import SystemSettingsError
from registry.models_systems import SystemKind

SCHEMES: Final = frozenset({"crm", "email", "phone", "device", "account"})
CODE: Final = re.compile(r"[a-zA-Z0-9_-]{1,60}")
_POINTER: Final = re.compile(r"(/([^~/\x00-\x1f]|~[01]){1,100}){1,10}")
_HEADER: Final = re.compile(r"[A-Za-z0-9-]{1,60}")
_PARAMETER: Final = re.compile(r"%(\((\w+)\)s|.?)", re.DOTALL)
_READS: Final = re.compile(r"\s*(select|with)\b", re.IGNORECASE)


class HttpSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    url: str
    identify_by: list[str]
    fields: dict[str, str]
    observed_at: str = ""
    auth: Literal["none", "bearer", "basic", "header"] = "none"
    header: str = ""
    body: dict[str, Any] | None = None

    def fault(self) -> str:
        if not _schemes(self.identify_by):
            return "identify_by"
        if not self.fields or not all(map(CODE.fullmatch, self.fields)):
            return "fields"
        pointers = [*self.fields.values(), *([self.observed_at] if self.observed_at else [])]
        if not all(map(_POINTER.fullmatch, pointers)):
            return "fields"
        if bool(self.header) != (self.auth == "header") or (
            self.header and not _HEADER.fullmatch(self.header)
        ):
            return "header"
        return ""


class SqlSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    host: str
    database: str
    user: str
    query: str
    identify_by: list[str]
    engine: Literal["postgresql", "mysql"] = "postgresql"
    port: int = 5432
    tls: Literal["verify-full", "require", "disable"] = "verify-full"

    def fault(self) -> str:
        if not _schemes(self.identify_by):
            return "identify_by"
        if not 1 <= self.port <= 65_535:
            return "port"
        if not all(0 < len(one) <= 200 for one in (self.host, self.database, self.user)):
            return "host"
        return "" if self._query_reads() else "query"

    def _query_reads(self) -> bool:
        """The database's own read-only transaction and rights are what holds; this says why."""
        named = {name for _, name in _PARAMETER.findall(self.query)}
        is_one = ";" not in self.query and len(self.query) <= 4000
        return is_one and bool(_READS.match(self.query)) and named == set(self.identify_by)


Settings = HttpSettings | SqlSettings
_FORMS: Final[dict[str, type[Settings]]] = {
    SystemKind.HTTP: HttpSettings,
    SystemKind.SQL: SqlSettings,
}


def checked(kind: str, settings: object, *, refused: Exception | None = None) -> Settings | None:
    """The settings of an adapter, None for a system that is not asked.

    Raises SystemSettingsError naming the member at fault, or `refused` instead.
    """
    form = _FORMS.get(kind)
    if form is None:
        if settings:
            raise refused or SystemSettingsError
        return None
    try:
        found = msgspec.convert(settings, form)
    except msgspec.ValidationError as error:
        place = str(error).rpartition("$.")[2].strip("`") if "$." in str(error) else ""
        raise refused or _fault(place) from None
    if fault := found.fault():
        raise refused or _fault(fault)
    return found


def _fault(member: str) -> SystemSettingsError:
    named = member if re.fullmatch(r"\w{1,20}", member) else ""
    return SystemSettingsError(field=f"settings.{named}" if named else None)


def _schemes(words: list[str]) -> bool:
    return bool(words) and len(set(words)) == len(words) and SCHEMES.issuperset(words)
