"""What the answers of a declared system mean. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from registry.adapters.http import found
from registry.connectors.contract import Act, Finding
from registry.connectors.declared.form import Answer, Call, Items, Where
from registry.connectors.web import Reply

LONGEST_REFERENCE: Final = 200
ACTS: Final = {
    "refused": Act.REFUSED, "retry": Act.RETRY, "accepted": Act.ACCEPTED, "done": Act.DONE,
    "unknown": Act.UNKNOWN_PERSON,
}  # fmt: skip
"""The worst first: of several identifiers of a person the worst counts."""
FINDINGS: Final = (
    Finding.PRESENT, Finding.ARCHIVED, Finding.SUPPRESSED, Finding.UNSURE, Finding.ANONYMISED,
    Finding.ABSENT,
)  # fmt: skip
Proof = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Heard:
    """What one answer means for one name: a word of the form, and how it may be shown."""

    means: str
    code: str = ""
    wait_seconds: float = 0.0
    reference: str = ""
    found: str = ""
    evidence: Proof = field(default_factory=dict)


def heard(
    call: Call, reply: Reply, names: Sequence[str], told: Mapping[str, Any] | None = None
) -> list[Heard]:
    """What a reply means for each of the names that the call was about, in their order.

    `told`: the values that it was told to correct, by their names there.
    """
    proof = _proof(call, reply)
    if any(found(reply.said, place) for place in call.errors):
        one = Heard("retry", "answer_says_error", evidence=proof)
        return [_refused_or(call, reply, one)] * len(names)
    answer = next((one for one in call.answers if _holds(one, reply)), None)
    if answer is None:
        return [Heard("retry", "answer_not_understood", evidence=proof)] * len(names)
    if answer.means == "items" and call.items is not None:
        return _listed(call.items, reply.said, names, proof)
    if answer.means == "same":
        is_so = _is_same(found(reply.said, call.same), told or {})
        return [Heard((Finding.ABSENT if is_so else Finding.PRESENT).value, evidence=proof)]
    return [_plain(call, answer, reply.said, proof)] * len(names)


def worst_told(some: Sequence[Heard]) -> Heard:
    """The one that counts of what was heard about a person's names."""
    return min(some, key=lambda one: list(ACTS).index(one.means))


def worst_found(some: Sequence[Heard]) -> tuple[Finding, Heard]:
    """As `worst_told`, of what was found."""
    return min(((finding(one), one) for one in some), key=lambda two: FINDINGS.index(two[0]))


def finding(one: Heard) -> Finding:
    """Whatever is no finding leaves us unsure."""
    return Finding(one.means) if one.means in set(Finding) else Finding.UNSURE


def _refused_or(call: Call, reply: Reply, otherwise: Heard) -> Heard:
    """An error that the file knows by name, among those that come in the body of an answer."""
    for one in call.answers:
        if one.means in {"refused", "retry"} and one.where and _holds(one, reply):
            code = one.code or otherwise.code
            return Heard(one.means, code, one.wait_seconds, evidence=otherwise.evidence)
    return otherwise


def _holds(answer: Answer, reply: Reply) -> bool:
    is_fine = reply.status in answer.status if answer.status else reply.is_fine
    if not is_fine or answer.json == reply.malformed:
        return False
    return all(_is_so(one, reply.said) for one in answer.where)


def _is_so(where: Where, said: Any) -> bool:
    value = found(said, where.at)
    if where.exists is not None:
        return (value is not None) == where.exists
    return any(type(value) is type(one) and value == one for one in where.is_)


def _is_same(shown: Any, told: Mapping[str, Any]) -> bool:
    """Whether it shows all that it was told, as text: systems write numbers down their own way."""
    rows = shown if isinstance(shown, dict) else {}
    return all(_text(rows.get(name)) == _text(value) for name, value in told.items())


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _plain(call: Call, answer: Answer, said: Any, proof: Proof) -> Heard:
    reference = found(said, call.reference) if call.reference else None
    text = "" if reference is None else str(reference)
    is_word = text.isprintable() and " " not in text and len(text) <= LONGEST_REFERENCE
    if answer.means == "accepted" and call.reference and not (text and is_word):
        return Heard("retry", "reference_missing", evidence=proof)
    code = answer.code or ("refused" if answer.means == "refused" else "")
    kept = text if is_word and answer.means == "accepted" else ""
    return Heard(answer.means, code, answer.wait_seconds, kept, evidence=proof)


def _listed(items: Items, said: Any, names: Sequence[str], proof: Proof) -> list[Heard]:
    rows = found(said, items.at)
    if not isinstance(rows, list):
        return [Heard("unsure", "answer_not_understood", evidence=proof)] * len(names)
    if items.key is None:
        by_name = dict.fromkeys((name.casefold() for name in names), rows[0]) if rows else {}
    else:
        by_name = {_key(items.key, row): row for row in rows}
    strangers = by_name.keys() - {name.casefold() for name in names}
    if items.lists_others:
        strangers = set()
    return [_item(items, by_name.get(name.casefold()), bool(strangers), proof) for name in names]


def _key(pointer: str, row: Any) -> str:
    return str(found(row, pointer) if pointer else row).casefold()


def _item(items: Items, row: Any, is_strange: bool, proof: Proof) -> Heard:
    if row is None and is_strange:
        return Heard("unsure", "answer_names_others", evidence=proof)
    if row is None:
        return Heard(items.unlisted.value, evidence=proof)
    state = str(found(row, items.state)) if items.state else ""
    means = items.states.get(state, items.listed)
    value = found(row, items.value) if items.value else None
    return Heard(means.value, found="" if value is None else str(value), evidence=proof)


def _proof(call: Call, reply: Reply) -> Proof:
    """The status, a digest of the answer, and the counts that the file names; no text of theirs."""
    counts = {name: found(reply.said, place) for name, place in call.counts.items()}
    told: dict[str, str | int] = {
        name: value for name, value in counts.items() if type(value) is int
    }
    return told | {"status": reply.status, "answer_sha256": sha256(reply.body).hexdigest()}
