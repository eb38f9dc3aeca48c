"""Files of declared connectors: read without surprises, and held against the known traps.

Aliases, tags, and members that are written twice are refused: a file means what it seems to mean.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
import yaml

from registry.connectors import templates
from registry.connectors.contract import ConnectorError
from registry.connectors.declared.faults import fault
from registry.connectors.declared.form import Call, Form

FOLDER: Final = Path(__file__).parent
SHIPPED: Final = (
    "amplitude", "braze", "hubspot", "mailchimp", "segment", "segment_unify", "shopify",
)  # fmt: skip
LONGEST: Final = 64 * 1024


class _Plain(yaml.SafeLoader):
    """YAML as a tree of mappings, lists and plain values."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem_mark=event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        names = [self.construct_object(name, deep=True) for name, _ in node.value]
        if len(set(map(str, names))) != len(names) or not all(isinstance(n, str) for n in names):
            raise yaml.MarkedYAMLError(problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


def read(text: str) -> Form:
    """The form of a file. Raises ConnectorError `declared_<member>` or `declared_line_<n>` where it
    is no plain YAML, `declared_malformed` where nothing can be named.
    """
    if len(text) > LONGEST:
        raise _wrong("malformed")
    try:
        said = yaml.load(text, Loader=_Plain)  # noqa: S506 (a loader of plain values)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise _wrong(f"line_{mark.line + 1}" if mark else "malformed") from None
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        raise _wrong("malformed") from None
    return formed(said)


def formed(said: object) -> Form:
    """What a file says, if it has the form and steps into no known trap. Raises ConnectorError."""
    try:
        form = msgspec.convert(said, Form)
    except msgspec.ValidationError as error:
        raise _wrong(_place(str(error)) or "malformed") from None
    except RecursionError:
        raise _wrong("malformed") from None
    if wrong := fault(form):
        raise _wrong(wrong)
    if trap := trapped(form):
        raise _wrong(f"never_{trap}")
    return form


@cache
def shipped(kind: str) -> Form:
    """The file that comes with the suite."""
    return read((FOLDER / f"{kind}.yaml").read_text(encoding="utf-8"))


def trapped(form: Form, url: str = "") -> str:
    """Why a call of the file that seems to erase does not, empty where none is known.

    At the host of a system whose file comes with the suite, its traps hold for every file.
    """
    host = urlsplit(url).hostname or ""
    known = [
        one for kind in SHIPPED if host and host.endswith(tuple(shipped(kind).hosts))
        for one in shipped(kind).never
    ]  # fmt: skip
    erases = [
        way.tell for way in (*form.whole(), *(w for some in form.parts.values() for w in some))
    ]
    traps = (
        one for one in (*form.never, *known) for tell in erases if _is(tell, one.method, one.path)
    )
    return next((one.because for one in traps), "")


def _is(call: Call, method: str, path: list[str]) -> bool:
    """Whether they are the same call, whatever stands at their places."""
    if call.method != method or len(call.path) != len(path):
        return False
    return all(
        bool(templates.places(known)) or known == one
        for one, known in zip(call.path, path, strict=True)
    )


def _place(said: str) -> str:
    """Where a file has another form: the members that lead there, and the one that is too many or
    missing. Its values are never told.
    """
    _what, _at, path = said.partition(" - at `$")
    field = re.search(r"field `([a-z_]{1,20})`", said)
    return "_".join([*re.findall(r"[a-z_]+", path), *(field.groups() if field else ())])


def _wrong(what: str) -> ConnectorError:
    return ConnectorError(f"declared_{what}"[:60], retry=False)
