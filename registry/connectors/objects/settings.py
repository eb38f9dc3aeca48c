"""The settings of object storage: a closed form, checked when written and when used.

`delete` names objects by templates: `avatars/{crm}.png` is one object, `uploads/{crm}/` all below.
A place fills a part of one segment, and an identifier that could make it more is refused.
`rewrite` names files with rows about people, and in which columns those are named.
"""

import re
from typing import Final, Literal

import msgspec

from registry.adapters.settings import SCHEMES
from registry.connectors.contract import ConnectorError, Declaration, Effect, Reingest

_TEMPLATE: Final = re.compile(r"[A-Za-z0-9!_.*'(){}/=@:+ -]{1,500}")
_PLACE: Final = re.compile(r"\{([a-z]+)\}")
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_POINTER: Final = re.compile(r"(/([^~/\x00-\x1f]|~[01]){1,100}){1,10}")
MOST_BYTES: Final = 2 * 1024**3


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Objects that belong to one person: a key, or a prefix where it ends with a slash."""

    key: str
    categories: list[str] = []

    @property
    def schemes(self) -> list[str]:
        return _PLACE.findall(self.key)

    @property
    def is_prefix(self) -> bool:
        return self.key.endswith("/")

    @property
    def beginning(self) -> str:
        """What all of them begin with."""
        return self.key[: self.key.index("{")]

    def fault(self) -> bool:
        bare = _PLACE.sub("", self.key)
        return (
            not _TEMPLATE.fullmatch(self.key)
            or any(one in bare for one in "{}")
            or len(set(self.schemes)) != 1
            or not SCHEMES.issuperset(self.schemes)
            or any(one in {"", ".", ".."} for one in self.key.rstrip("/").split("/"))
        )


class Rows(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Files below `prefix` with rows about people; `match` leads from schemes to columns (CSV,
    Parquet) or RFC 6901 pointers (NDJSON). `blank` empties columns instead of taking rows out;
    those by which people are found have to be among them.
    """

    prefix: str
    format: Literal["csv", "ndjson", "parquet"]
    match: dict[str, str]
    suffix: str = ""
    blank: list[str] = []
    compression: Literal["none", "gzip"] = "none"
    delimiter: str = ","
    encoding: Literal["utf-8", "utf-8-sig", "latin-1"] = "utf-8"
    categories: list[str] = []

    def fault(self) -> bool:
        columns = [*self.match.values(), *self.blank]
        is_pointed = self.format != "ndjson" or all(map(_POINTER.fullmatch, columns))
        return (
            not self.match
            or not SCHEMES.issuperset(self.match)
            or not all(0 < len(one) <= 200 for one in columns)
            or not is_pointed
            or len(self.delimiter) != 1
            or (self.format == "parquet" and self.compression != "none")
            or self.prefix.startswith("/")
            or (bool(self.blank) and not set(self.match.values()) <= set(self.blank))
        )


class ObjectsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`endpoint` empty: Amazon's own of the region. `versions`: former versions are looked at, too;
    without, a bucket that keeps versions is refused.
    """

    bucket: str
    region: str = "us-east-1"
    endpoint: str = ""
    delete: list[Named] = []
    rewrite: list[Rows] = []
    versions: bool = True
    path_style: bool = False
    batch: int = 1000
    per_minute: int = 0
    probe_after_seconds: int = 0
    most_bytes: int = MOST_BYTES
    holds: list[str] = []

    def fault(self) -> str:
        if not _BUCKET.fullmatch(self.bucket) or ".." in self.bucket:
            return "bucket"
        if not re.fullmatch(r"[a-z0-9-]{1,40}", self.region):
            return "region"
        if any(one.fault() for one in self.delete) or not (self.delete or self.rewrite):
            return "delete"
        if any(one.fault() for one in self.rewrite):
            return "rewrite"
        if not 1 <= self.batch <= 10_000 or min(self.per_minute, self.probe_after_seconds) < 0:
            return "batch"
        return "" if 0 < self.most_bytes <= MOST_BYTES else "most_bytes"

    @property
    def schemes(self) -> list[str]:
        named = [scheme for one in self.delete for scheme in one.schemes]
        return sorted({*named, *(scheme for one in self.rewrite for scheme in one.match)})

    def declaration(self) -> Declaration:
        effect = Effect.ANONYMISE if any(one.blank for one in self.rewrite) else Effect.DELETE
        named = [one.categories for one in self.delete]
        named += [one.categories for one in self.rewrite]
        return Declaration(
            effect=effect, batch=self.batch, per_minute=self.per_minute, honours_key=True,
            probe_after_seconds=self.probe_after_seconds, schemes=tuple(self.schemes),
            by_category=all(named), reingest=Reingest.LIKELY,
            holds=tuple(self.holds),
        )  # fmt: skip


def read(settings: object) -> ObjectsSettings:
    """The settings, if they have the form. Raises ConnectorError `settings_<member>`."""
    try:
        found = msgspec.convert(settings, ObjectsSettings)
    except msgspec.ValidationError:
        raise ConnectorError("settings_malformed", retry=False) from None
    if fault := found.fault():
        raise ConnectorError(f"settings_{fault}", retry=False)
    return found


def key_of(named: Named, text: str) -> str | None:
    """The key or prefix of one identifier; None for one that would be more than a part of a name.

    An empty one would turn `uploads/{crm}/` into everybody's uploads.
    """
    if not text or text in {".", ".."} or "/" in text or not text.isprintable() or len(text) > 200:
        return None
    return _PLACE.sub(lambda _: text, named.key)
