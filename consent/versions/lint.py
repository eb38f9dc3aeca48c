"""What an Indian notice must contain before it may be published. Pure (CON-04).

Elements N2 to N9 of the Indian notice (DPDP s.5(1), s.6(3); Rules r.3, r.9) and the contact of the
answering person. Each finding names the missing element and its source.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """A missing element: its code, and where the law asks for it."""

    element: str
    reference: str


def lint(content: Content, purposes: set[str]) -> list[Finding]:
    """What is missing from one language's words for a notice about these purpose codes."""
    return [
        Finding(element, reference)
        for element, reference, present in _ELEMENTS
        if not present(content, purposes)
    ]


def whole_text(value: Any) -> bool:
    """Words that say something."""
    return isinstance(value, str) and bool(value.strip())


def items_of(content: Content) -> list[Mapping[str, Any]]:
    """What the words say of each purpose."""
    items = content.get("items")
    return [one for one in items if isinstance(one, Mapping)] if isinstance(items, list) else []


def texts_in(value: Any) -> bool:
    """A list of words that all say something."""
    return isinstance(value, list) and bool(value) and all(whole_text(one) for one in value)


def _each(*names: str) -> Callable[[Content, set[str]], bool]:
    def present(content: Content, purposes: set[str]) -> bool:
        items = items_of(content)
        return bool(items) and all(whole_text(item.get(name)) for item in items for name in names)

    return present


def _data(content: Content, purposes: set[str]) -> bool:
    items = items_of(content)
    return bool(items) and all(texts_in(item.get("data")) for item in items)


def _purposes(content: Content, purposes: set[str]) -> bool:
    return {item.get("purpose") for item in items_of(content)} == purposes and bool(purposes)


def whole_link(part: Any) -> bool:
    """Words that lead somewhere."""
    return isinstance(part, Mapping) and whole_text(part.get("text")) and _url(part.get("url"))


def _link(name: str) -> Callable[[Content, set[str]], bool]:
    return lambda content, _purposes: whole_link(content.get(name))


def _url(value: Any) -> bool:
    if not whole_text(value):
        return False
    parts = urlsplit(value)
    return value.startswith("/") or (parts.scheme in {"https", "http"} and bool(parts.netloc))


def _contact(content: Content, purposes: set[str]) -> bool:
    contact = content.get("contact")
    return (
        isinstance(contact, Mapping)
        and whole_text(contact.get("name"))
        and whole_text(contact.get("email"))
    )


def _heading(content: Content, purposes: set[str]) -> bool:
    return whole_text(content.get("title")) and whole_text(content.get("introduction"))


_ELEMENTS: tuple[tuple[str, str, Callable[[Content, set[str]], bool]], ...] = (
    ("title_and_introduction", "DPDP Rules 2025 r.3(a)-(b)", _heading),
    ("purposes_of_this_notice", "DPDP Act 2023 s.5(1)(i)", _purposes),
    ("itemised_data", "DPDP Rules 2025 r.3(b)(i)", _data),
    ("purpose_description", "DPDP Rules 2025 r.3(b)(ii)", _each("title", "description")),
    ("goods_or_services_enabled", "DPDP Rules 2025 r.3(b)(ii)", _each("enables")),
    ("withdrawal_link", "DPDP Act 2023 s.5(1)(ii), Rules 2025 r.3(c)(i)", _link("withdraw")),
    ("rights_link", "DPDP Rules 2025 r.3(c)(ii)", _link("rights")),
    ("grievance_means", "DPDP Act 2023 s.5(1)(ii), s.13", _link("grievance")),
    ("board_complaint_means", "DPDP Act 2023 s.5(1)(iii), Rules 2025 r.3(c)(iii)", _link("board")),
    ("answering_person", "DPDP Act 2023 s.6(3), Rules 2025 r.9", _contact),
)
ELEMENTS = tuple(element for element, _, _ in _ELEMENTS)
