"""What a notice under the GDPR must contain before it may be published. Pure (CON-05).

The lists of Articles 13 and 14, in the order of the law; ISO/IEC 29184 5.3 asks for the same. Each
finding names the missing element and its source.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from consent.versions.lint import Content, Finding, items_of, texts_in, whole_link, whole_text

RIGHTS: Final = (
    "access", "rectification", "erasure", "restriction", "objection", "portability",
)  # fmt: skip
"""GDPR Art 13(2)(b): each is named, in words."""
CONSENT: Final = "6-1-a"
INTERESTS: Final = "6-1-f"
FROM_THE_PERSON: Final = "person"


@dataclass(frozen=True, slots=True)
class AskedEU:
    """What a notice is about, as far as the elements depend on it."""

    code: str
    ground: str
    uses_ai: bool = False


_Asked = Sequence[AskedEU]


def lint_eu(content: Content, asked: _Asked) -> list[Finding]:
    """What is missing from one language's words for a notice about these purposes."""
    return [
        Finding(element, reference)
        for element, reference, present in _ELEMENTS
        if not present(content, asked)
    ]


def _heading(content: Content, asked: _Asked) -> bool:
    return whole_text(content.get("title")) and whole_text(content.get("introduction"))


def _purposes(content: Content, asked: _Asked) -> bool:
    return bool(asked) and {one.get("purpose") for one in items_of(content)} == {
        one.code for one in asked
    }


def _data(content: Content, asked: _Asked) -> bool:
    items = items_of(content)
    return bool(items) and all(texts_in(item.get("data")) for item in items)


def _controller(content: Content, asked: _Asked) -> bool:
    return _has(content.get("controller"), "name", "contact")


def _officer(content: Content, asked: _Asked) -> bool:
    return _has(content.get("dpo"), "email")


def _each(name: str, when: Callable[[AskedEU], bool] = lambda one: True) -> "_Present":
    """Whether the items of all purposes that it concerns say it."""

    def present(content: Content, asked: _Asked) -> bool:
        items = {item.get("purpose"): item for item in items_of(content)}
        concerned = [items.get(one.code) or {} for one in asked if when(one)]
        return all(_said(item.get(name)) for item in concerned)

    return present


def _top(name: str) -> "_Present":
    return lambda content, _asked: whole_text(content.get(name))


def _link(name: str) -> "_Present":
    return lambda content, _asked: whole_link(content.get(name))


def _rights(content: Content, asked: _Asked) -> bool:
    return whole_link(content.get("rights")) and _has(content.get("data_rights"), *RIGHTS)


def _withdrawal(content: Content, asked: _Asked) -> bool:
    rests_on_consent = any(one.ground == CONSENT for one in asked)
    return not rests_on_consent or whole_link(content.get("withdraw"))


def _automated(content: Content, asked: _Asked) -> bool:
    return not any(one.uses_ai for one in asked) or whole_text(content.get("automated"))


def _source(content: Content, asked: _Asked) -> bool:
    """Data that are not said to come from the person came from somewhere else."""
    return content.get("collected_from") == FROM_THE_PERSON or whole_text(content.get("source"))


def _has(part: Any, *names: str) -> bool:
    return isinstance(part, Mapping) and all(whole_text(part.get(name)) for name in names)


def _said(value: Any) -> bool:
    return whole_text(value) or texts_in(value)


_Present = Callable[[Content, _Asked], bool]
_ELEMENTS: tuple[tuple[str, str, _Present], ...] = (
    ("title_and_introduction", "GDPR Art 12(1)", _heading),
    ("purposes_of_this_notice", "GDPR Art 13(1)(c)", _purposes),
    ("itemised_data", "GDPR Art 14(1)(d)", _data),
    ("controller", "GDPR Art 13(1)(a)", _controller),
    ("data_protection_officer", "GDPR Art 13(1)(b)", _officer),
    ("legal_basis", "GDPR Art 13(1)(c)", _each("basis")),
    (
        "legitimate_interests", "GDPR Art 13(1)(d)",
        _each("interests", lambda one: one.ground == INTERESTS),
    ),
    ("recipients", "GDPR Art 13(1)(e)", _each("recipients")),
    ("transfers", "GDPR Art 13(1)(f)", _top("transfers")),
    ("retention", "GDPR Art 13(2)(a)", _each("retention")),
    ("rights", "GDPR Art 13(2)(b)", _rights),
    ("withdrawal_link", "GDPR Art 13(2)(c)", _withdrawal),
    ("complaint_means", "GDPR Art 13(2)(d)", _link("board")),
    ("necessity", "GDPR Art 13(2)(e)", _top("necessity")),
    ("automated_decisions", "GDPR Art 13(2)(f)", _automated),
    ("source", "GDPR Art 14(2)(f)", _source),
)  # fmt: skip
ELEMENTS = tuple(element for element, _, _ in _ELEMENTS)
