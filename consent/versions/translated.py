"""Words of a notice in another language: whether they are built as the English ones, and files.

A file holds drafts for any number of languages. NDJSON has a whole draft a line; CSV, as
translators work, has a text a line with its place in the words as a JSON Pointer (RFC 6901). Pure.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Content = Mapping[str, Any]

CARRIED: Final = frozenset({"purpose", "url", "email"})
"""Members that are no words: a file with a text a line takes them from the English ones."""
HUMAN, MACHINE = "human", "machine"
ORIGINS: Final = (HUMAN, MACHINE)
COLUMNS: Final = ("language", "origin", "place", "text")
MEMBERS: Final = frozenset({"language", "origin", "content"})
MOST_LINES: Final = 20_000


class UnreadableError(ValueError):
    """What is wrong with a file, by its line; never what stands there."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The words of a version in one language, and whether a person or a machine wrote them."""

    language: str
    origin: str
    content: dict[str, Any]


def unlike(english: Any, other: Any, place: str = "") -> list[str]:
    """Where the other words are not built as the English ones, as JSON Pointers.

    They have the same members and as many items, about the same purposes in the same order; a list
    of texts may be longer or shorter, for languages count differently. `*` stands for members that
    the English words lack; their names are not repeated.
    """
    if isinstance(english, Mapping):
        if not isinstance(other, Mapping):
            return [place or "/"]
        odd = [f"{place}/{name}" for name in english if name not in other]
        odd += [f"{place}/*"] if set(other) - set(english) else []
        both = (name for name in english if name in other)
        return odd + [one for name in both for one in _member(english, other, name, place)]
    if isinstance(english, list):
        return _listed(english, other, place)
    if isinstance(english, str):
        is_said = isinstance(other, str) and bool(other.strip()) == bool(english.strip())
        return [] if is_said else [place]
    return [] if english == other else [place]


def texts(content: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text that is to be translated, with its place."""
    if isinstance(content, Mapping):
        for name, value in content.items():
            if name not in CARRIED:
                yield from texts(value, f"{place}/{_escaped(name)}")
    elif isinstance(content, list):
        for number, value in enumerate(content):
            yield from texts(value, f"{place}/{number}")
    elif isinstance(content, str) and content.strip():
        yield place, content


def strings(content: Any) -> Iterator[str]:
    """Every string, member names too."""
    if isinstance(content, Mapping):
        yield from content
        for value in content.values():
            yield from strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from strings(value)
    elif isinstance(content, str):
        yield content


def parsed(lines: str, english: Content) -> list[Draft]:
    """The drafts of a file, CSV or NDJSON. Raises UnreadableError."""
    if not lines.strip():
        raise UnreadableError("The file is empty.")
    if lines.count("\n") > MOST_LINES:
        raise UnreadableError(f"The file has more than {MOST_LINES} lines.")
    is_json = lines.lstrip("\ufeff \r\n\t").startswith("{")
    found = _ndjson(lines) if is_json else _csv(lines, english)
    if len({one.language for one in found}) < len(found):
        raise UnreadableError("A language stands there twice.")
    return found


def as_csv(content: Content) -> list[tuple[str, str, str, str]]:
    """The lines a translator fills: the English texts by their places."""
    return [("", "", place, text) for place, text in texts(content)]


def _member(english: Content, other: Content, name: str, place: str) -> list[str]:
    here = f"{place}/{name}"
    if name == "purpose":
        return [] if english[name] == other[name] else [here]
    return unlike(english[name], other[name], here)


def _listed(english: list[Any], other: Any, place: str) -> list[str]:
    if not isinstance(other, list) or bool(english) != bool(other):
        return [place]
    if all(isinstance(one, str) for one in english):
        is_said = all(isinstance(one, str) and one.strip() for one in other)
        return [] if is_said else [place]
    if len(english) != len(other):
        return [place]
    pairs = enumerate(zip(english, other, strict=True))
    return [one for number, (a, b) in pairs for one in unlike(a, b, f"{place}/{number}")]


def _ndjson(lines: str) -> list[Draft]:
    rows = enumerate(lines.lstrip("\ufeff").splitlines(), start=1)
    return [_draft(number, line) for number, line in rows if line.strip()]


def _draft(number: int, line: str) -> Draft:
    try:
        said = json.loads(line, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise UnreadableError(f"Line {number} is not an object of JSON.") from None
    if not isinstance(said, dict) or set(said) != MEMBERS:
        raise UnreadableError(f"Line {number} has other members than {', '.join(sorted(MEMBERS))}.")
    language, origin, content = said["language"], said["origin"], said["content"]
    if not isinstance(language, str) or origin not in ORIGINS or not isinstance(content, dict):
        raise UnreadableError(f"Line {number}: origin is human or machine, content an object.")
    return Draft(language, origin, content)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _csv(lines: str, english: Content) -> list[Draft]:
    rows = csv.DictReader(io.StringIO(lines.lstrip("\ufeff")), strict=True)
    said: dict[tuple[str, str], dict[str, str]] = {}
    try:
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise UnreadableError(f"The columns are {', '.join(COLUMNS)}.")
        for row in rows:
            _take(rows.line_num, row, said)
    except csv.Error:
        raise UnreadableError(f"Line {rows.line_num} is not CSV.") from None
    return [
        Draft(language, origin, _filled(english, given))
        for (language, origin), given in said.items()
    ]


def _take(
    number: int, row: Mapping[str | None, Any], said: dict[tuple[str, str], dict[str, str]]
) -> None:
    language, origin, place, text = (row.get(name) for name in COLUMNS)
    if None in row or text is None or origin not in ORIGINS:
        raise UnreadableError(f"Line {number} has other cells than {', '.join(COLUMNS)}.")
    given = said.setdefault((str(language), str(origin)), {})
    if place in given:
        raise UnreadableError(f"Line {number} says a text again.")
    given[str(place)] = str(text)


def _filled(english: Content, given: Mapping[str, str]) -> dict[str, Any]:
    """The English words with every text replaced; one that is left out is not carried over."""
    wanted = dict(texts(english)).keys()
    if left_out := sorted(wanted - given.keys()):
        raise UnreadableError(f"A language lacks the texts at {', '.join(left_out[:5])}.")
    if given.keys() - wanted:
        raise UnreadableError("A language has a text at a place that the English words lack.")
    filled: dict[str, Any] = _replaced(english, given, "")
    return filled


def _replaced(content: Any, given: Mapping[str, str], place: str) -> Any:
    if isinstance(content, Mapping):
        return {
            name: value if name in CARRIED else _replaced(value, given, f"{place}/{_escaped(name)}")
            for name, value in content.items()
        }
    if isinstance(content, list):
        return [_replaced(one, given, f"{place}/{n}") for n, one in enumerate(content)]
    return given.get(place, content)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
