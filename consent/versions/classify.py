"""What a change of a purpose or a notice weighs: material, editorial, or unclear. Pure (CON-19).

A material change suspends the consents given before it (GDPR Art 5(1)(b), Art 7; ISO/IEC 29184
5.5.3). What nobody thought of is material; words that became other words are unclear, and count as
material until a person who looked says otherwise.
"""

import string
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

Content = Mapping[str, Any]
SHORTEST: Final = 5
"""A shorter word differs from another word by a letter too easily: "now" is not "not"."""


class Weight(StrEnum):
    EDITORIAL = "editorial"
    UNCLEAR = "unclear"
    MATERIAL = "material"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that two versions do not share. `field` names it, with its language if it has one.

    `old` and `new` are as they stand in the versions.
    """

    field: str
    weight: Weight
    old: Any
    new: Any


_Weigh = Callable[[Any, Any], Weight]


def purpose_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What differs between two versions of a purpose, by column, and what it weighs."""
    return _differences("", old, new, _PURPOSE)


def notice_changes(
    old: Mapping[str, Content], new: Mapping[str, Content], purposes: tuple[set[str], set[str]]
) -> list[Change]:
    """What differs between two versions of a notice: their words by language, their purposes."""
    found = []
    before, after = purposes
    if before != after:
        weight = Weight.MATERIAL if after - before else Weight.EDITORIAL
        found.append(Change("purposes", weight, sorted(before), sorted(after)))
    for language in sorted({*old, *new}):
        if language not in old:
            found.append(Change(language, Weight.EDITORIAL, None, language))
        elif language not in new:
            found.append(Change(language, Weight.UNCLEAR, language, None))
        else:
            found += _words_changes(language, old[language], new[language])
    return found


def is_material(changes: Sequence[Change]) -> bool:
    """Whether consents given before must be asked again, unless somebody who looked says no."""
    return any(one.weight is not Weight.EDITORIAL for one in changes)


def _words_changes(language: str, old: Content, new: Content) -> list[Change]:
    """What differs in one language. Items are matched by the purpose they are about."""
    whole = {**_without_items(old)}, {**_without_items(new)}
    found = _differences(f"{language}: ", *whole, _NOTICE)
    before, after = _items(old), _items(new)
    for code in sorted(before.keys() & after.keys()):
        found += _differences(f"{language}: {code} ", before[code], after[code], _ITEM)
    return found


def _without_items(content: Content) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != "items"}


def _items(content: Content) -> dict[str, Mapping[str, Any]]:
    items = content.get("items")
    listed = items if isinstance(items, list) else []
    return {str(one.get("purpose")): one for one in listed if isinstance(one, Mapping)}


def _differences(
    where: str, old: Mapping[str, Any], new: Mapping[str, Any], weighed: Mapping[str, _Weigh]
) -> list[Change]:
    found = []
    for name in [*old, *(name for name in new if name not in old)]:
        before, after = old.get(name), new.get(name)
        if before != after:
            weigh = weighed.get(name, _always(Weight.MATERIAL))
            found.append(Change(where + name, weigh(before, after), before, after))
    return found


def _always(weight: Weight) -> _Weigh:
    return lambda _old, _new: weight


def _longer(old: Any, new: Any) -> Weight:
    """Of two numbers of days; none at all is without end."""
    is_longer = new is None or (old is not None and new > old)
    return Weight.MATERIAL if is_longer else Weight.EDITORIAL


def _listed(old: Any, new: Any) -> Weight:
    """More of it is material, less of it is not."""
    added = set(new or ()) - set(old or ())
    return Weight.MATERIAL if added else Weight.EDITORIAL


def _described(old: Any, new: Any) -> Weight:
    """A list in words: an entry that is no respelling of one that was there is new."""
    if not (isinstance(old, list) and isinstance(new, list)):
        return _facts(old, new)
    added = [one for one in new if one not in old]
    is_known = all(any(_is_respelt(str(was), str(one)) for was in old) for one in added)
    return Weight.EDITORIAL if is_known else Weight.MATERIAL


def _worded(old: Any, new: Any) -> Weight:
    """Free words: a respelling is editorial, everything else is for a person to weigh."""
    is_same = isinstance(old, str) and isinstance(new, str) and _is_respelt(old, new)
    return Weight.EDITORIAL if is_same else Weight.UNCLEAR


def _facts(old: Any, new: Any) -> Weight:
    """Words that state what the law asks for: anything but a respelling is material."""
    is_same = isinstance(old, str) and isinstance(new, str) and _is_respelt(old, new)
    return Weight.EDITORIAL if is_same else Weight.MATERIAL


def _linked(old: Any, new: Any) -> Weight:
    """Where people turn to: a new address is editorial as long as there is one."""
    return Weight.EDITORIAL if old and new else Weight.MATERIAL


def _is_respelt(old: str, new: str) -> bool:
    before, after = _tokens(old), _tokens(new)
    return len(before) == len(after) and all(map(_is_slip, before, after))


def _tokens(text: str) -> list[str]:
    """Words without case and punctuation; a number keeps its own: 1.5 is not 15."""
    words = unicodedata.normalize("NFKC", text).casefold().split()
    ends = (word.strip(_PUNCTUATION) for word in words)
    return [one if _has_number(one) else one.translate(_INNER) for one in ends if one]


def _is_slip(old: str, new: str) -> bool:
    """The same word, or a long one with one letter added, left out, changed or two swapped."""
    if old == new:
        return True
    short, long = sorted((old, new), key=len)
    if len(short) < SHORTEST or len(long) - len(short) > 1 or _has_number(old + new):
        return False
    start = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b),
                 len(short))  # fmt: skip
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    if short[start + 1 :] == long[start + 1 :]:
        return True
    swapped = short[:start] + short[start + 1 : start + 2] + short[start] + short[start + 2 :]
    return swapped == long


def _has_number(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


_PUNCTUATION: Final = string.punctuation + "।॥،؛؟–—‘’“”…"
_INNER: Final = str.maketrans(dict.fromkeys("-'’"))
_PURPOSE: Mapping[str, _Weigh] = {
    "title": _worded, "description": _worded, "enables": _worded,
    "categories": _listed, "operations": _listed, "recipients": _listed,
    "retention_days": _longer, "valid_days": _longer,
    "owner": _always(Weight.EDITORIAL),
    "parent": _always(Weight.EDITORIAL),  # nothing is inherited from it
}  # fmt: skip
_NOTICE: Mapping[str, _Weigh] = {
    "title": _worded, "introduction": _worded,
    "withdraw": _linked, "rights": _linked, "grievance": _linked, "board": _linked,
    "contact": _linked, "dpo": _linked, "data_rights": _linked,
    "transfers": _facts, "necessity": _facts, "automated": _facts, "source": _facts,
}  # fmt: skip
_ITEM: Mapping[str, _Weigh] = {
    "title": _worded, "description": _worded, "enables": _worded, "data": _described,
    "recipients": _described, "basis": _facts, "interests": _facts, "retention": _facts,
}  # fmt: skip
