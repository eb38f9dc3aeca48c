"""The Fourth Schedule of the DPDP Rules 2025: where children need no parent, and may be watched.

Pure. Its items lift s.9(1) and (3) for certain fiduciaries (Part A) and purposes (Part B), within
the condition of each; nothing lifts s.9(2). An exemption names its item and how its condition is
met: "Part A, item 3: attendance of enrolled pupils". What does not, exempts from nothing (CON-24).
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One entry, and the bounds within which it exempts. Source: r.12 and the Fourth Schedule."""

    part: str
    number: int
    about: str
    within: str

    @property
    def citation(self) -> str:
        return f"Part {self.part}, item {self.number}"


ITEMS: tuple[Item, ...] = (
    Item("A", 1, "clinical or mental health establishment, healthcare professional",
         "health services to the child, as far as her health needs it"),
    Item("A", 2, "allied healthcare professional",
         "a treatment or referral plan for the child, as far as her health needs it"),
    Item("A", 3, "educational institution",
         "tracking and monitoring for its education, or for the safety of enrolled children"),
    Item("A", 4, "individual who minds children in a creche or day care",
         "tracking and monitoring for the safety of the children in care"),
    Item("A", 5, "carrier of children for a school, creche or day care",
         "their location while they travel there and back, for their safety"),
    Item("B", 1, "powers, functions and duties by law in the interest of a child",
         "as far as the power, function or duty needs it"),
    Item("B", 2, "subsidies, benefits, certificates, licences and permits (s.7(b))",
         "as far as providing it in the interest of the child needs it"),
    Item("B", 3, "a user account for e-mail",
         "creating an account that serves e-mail alone"),
    Item("B", 4, "the child's location in real time",
         "her safety, protection or security"),
    Item("B", 5, "keeping detrimental information from the child",
         "as far as keeping it from her needs it"),
    Item("B", 6, "confirming that somebody is no child, and the diligence of r.10",
         "as far as the confirmation or the diligence needs it"),
)  # fmt: skip
_BY_CITATION = {(item.part, item.number): item for item in ITEMS}
_FORM = re.compile(r"(?:Fourth Schedule, )?Part ([AB]), (?:item )?(\d{1,2}): *(\S.{8,})", re.DOTALL)


def item(text: str) -> Item | None:
    """The item that the text cites with its condition, or None where it does not."""
    found = _FORM.fullmatch(text.strip())
    return _BY_CITATION.get((found[1], int(found[2]))) if found else None


def in_force(text: str | None) -> str:
    """The text if it exempts, else nothing: what cites no item protects like no exemption."""
    return text if text and item(text) else ""
