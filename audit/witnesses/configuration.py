"""Which witnesses there are: the TOML file that SAMMATI_WITNESSES names. Without one, none.

[[witness]]
name = "witness.example/w1"
kind = "http"
url = "https://witness.example/"
vkey = "witness.example/w1+..."
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from cryptography import x509
from django.conf import settings

from audit.tlog.notes import COSIGNATURE, NoteError, Vkey
from audit.witnesses.errors import WitnessConfigError
from keys.ids import SYSTEM_ID

EVERY: Final = {"file": 1, "http": 10, "rfc3161": 3600}
"""The kinds, and how many seconds after an acknowledgement the next checkpoint is due."""

NEEDED: Final = {
    "file": {"path"},
    "http": {"url", "vkey"},
    "rfc3161": {"url", "roots"},
}
COMMON: Final = {"name", "kind", "logs", "every", "timeout", "patience"}
OPTIONAL: Final = {"http": {"monitoring"}}
LONGEST_NAME: Final = 100
DAY: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """One witness. `logs` are the ids of the logs it sees; None: all. Times are in seconds."""

    name: str
    kind: str
    path: Path | None = None
    url: str = ""
    monitoring: str = ""
    vkey: Vkey | None = None
    roots: tuple[x509.Certificate, ...] = ()
    logs: tuple[UUID, ...] | None = None
    every: int = 10
    timeout: int = 10
    patience: int = 600

    @property
    def lease(self) -> int:
        """Longer than all requests for one log can take."""
        return 5 * self.timeout + 30


def configured() -> tuple[Witness, ...]:
    """The witnesses, in the file's order. Raises WitnessConfigError."""
    if not settings.WITNESSES:
        return ()
    path = Path(settings.WITNESSES)
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise WitnessConfigError(
            f"SAMMATI_WITNESSES names {path}, which cannot be read: {error.strerror}."
        ) from None


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> tuple[Witness, ...]:
    try:
        document = tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WitnessConfigError(f"{path} is not TOML: {error}.") from None
    tables = document.pop("witness", [])
    if document or not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise WitnessConfigError(f"{path} holds [[witness]] tables and nothing else.")
    found = tuple(_witness(table, path.parent) for table in tables)
    names = [one.name for one in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise WitnessConfigError(f"Two witnesses have the name {twice[0]!r}.")
    return found


def _witness(table: Mapping[str, Any], folder: Path) -> Witness:
    name, kind = table.get("name"), table.get("kind")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise WitnessConfigError("Every witness needs a name of at most 100 characters.")
    if not isinstance(kind, str) or kind not in EVERY:
        raise WitnessConfigError(f"Witness {name!r}: kind must be one of {', '.join(EVERY)}.")
    _only_known(name, kind, set(table))
    vkey, roots = table.get("vkey"), table.get("roots")
    url = _url(name, table["url"]) if "url" in table else ""
    return Witness(
        name=name,
        kind=kind,
        path=_folder(name, folder, table["path"]) if kind == "file" else None,
        url=url,
        monitoring=_url(name, table.get("monitoring", url)) if kind == "http" else "",
        vkey=_vkey(name, vkey) if kind == "http" else None,
        roots=_roots(name, folder, roots) if kind == "rfc3161" else (),
        logs=_logs(name, table.get("logs", "*")),
        every=_seconds(name, "every", table.get("every", EVERY[kind]), DAY),
        timeout=_seconds(name, "timeout", table.get("timeout", 10), 60),
        patience=_seconds(name, "patience", table.get("patience", 600), DAY),
    )


def _only_known(name: str, kind: str, given: set[str]) -> None:
    if missing := NEEDED[kind] - given:
        raise WitnessConfigError(f"Witness {name!r}: {sorted(missing)[0]} is missing.")
    if unknown := given - COMMON - NEEDED[kind] - OPTIONAL.get(kind, set()):
        raise WitnessConfigError(
            f"Witness {name!r}: a witness of kind {kind} has no {sorted(unknown)[0]!r}."
        )


def _url(name: str, value: object) -> str:
    wrong = WitnessConfigError(
        f"Witness {name!r}: url must be http:// or https:// with a host, without a user or a query."
    )
    if not isinstance(value, str):
        raise wrong
    try:
        parts = urlsplit(value)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise wrong from None
    if parts.scheme not in {"http", "https"} or not has_host or parts.username is not None:
        raise wrong
    if parts.query or parts.fragment or not value.isprintable() or " " in value:
        raise wrong
    return value


def _vkey(name: str, value: object) -> Vkey:
    try:
        found = Vkey.parse(value if isinstance(value, str) else "")
    except NoteError:
        found = None
    if found is None or found.kind != COSIGNATURE:
        raise WitnessConfigError(
            f"Witness {name!r}: vkey must be the witness's Ed25519 cosignature key, name+id+key."
        )
    return found


def _folder(name: str, folder: Path, value: object) -> Path:
    found = folder / value if isinstance(value, str) and value else None
    if found is None or not found.is_dir():
        raise WitnessConfigError(f"Witness {name!r}: path must name a folder that exists.")
    return found


def _roots(name: str, folder: Path, value: object) -> tuple[x509.Certificate, ...]:
    try:
        raw = (folder / value).read_bytes() if isinstance(value, str) else b""
        found = x509.load_pem_x509_certificates(raw)
    except (OSError, ValueError):
        found = []
    if not found:
        raise WitnessConfigError(
            f"Witness {name!r}: roots must name a PEM file of the authority's root certificates."
        )
    return tuple(found)


def _logs(name: str, value: object) -> tuple[UUID, ...] | None:
    if value == "*":
        return None
    try:
        if not isinstance(value, list) or not value:
            raise ValueError
        return tuple(SYSTEM_ID if one == "system" else UUID(one) for one in value)
    except (ValueError, TypeError, AttributeError):
        raise WitnessConfigError(
            f'Witness {name!r}: logs must be "*" or a list of controller ids and "system".'
        ) from None


def _seconds(name: str, key: str, value: object, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise WitnessConfigError(
            f"Witness {name!r}: {key} must be a whole number of seconds from 1 to {most}."
        )
    return value
