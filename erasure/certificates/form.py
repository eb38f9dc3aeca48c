"""What a certificate says. Pure.

It names nobody: neither the person, nor an officer, nor any reference another system gave. Its
sentences are English, so that its bytes depend on nothing but the case; pages say the same by the
outcomes' codes in the reader's language.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

SCHEMA: Final = "sammati-erasure-certificate-1"
SAFE_INTEGER: Final = 2**53 - 1
ABSENT, EXEMPT, EXCEPTED, INFORMED = "absent", "exempt", "excepted", "informed"
OUTCOMES: Final = (ABSENT, EXEMPT, EXCEPTED, INFORMED)

FOUND: Final = {
    "erase": "was told to erase, was looked at afterwards, and holds nothing of it any more",
    "correct": "was told to correct, was looked at afterwards, and holds what is right",
    "restrict": "was told to restrict, was looked at afterwards, and uses nothing of it",
    "lift": "was told that the restriction has ended, and was looked at afterwards",
}
SHOWN: Final = {
    "erase": "was to erase; evidence was shown that it did, and an officer accepted that",
    "correct": "was to correct; evidence was shown that it did, and an officer accepted that",
    "restrict": "was to restrict; evidence was shown that it did, and an officer accepted that",
    "lift": "was to be told that the restriction has ended; evidence of that was accepted",
}
"""Of what nobody could look into: no word of a look."""

SAID: Final = {
    EXEMPT: "keeps what it holds, because the law says so",
    EXCEPTED: "was not found to have obeyed; an officer signed for this exception",
    INFORMED: "decides for itself about its data, and was informed",
}


OFFICERS: Final = frozenset({"by", "shown_by"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """One system or party of a case, as its step ended. `evidence` is codes, counts and digests."""

    code: str
    name: str
    is_party: bool
    duty: str
    verb: str
    state: str
    round: int
    possible_repeats: int
    categories: Sequence[str] = ()
    kept: Sequence[Mapping[str, Any]] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    sent_at: datetime | None = None
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    looked_again_at: datetime | None = None
    found_again: str = ""

    @property
    def outcome(self) -> str:
        """How it ended; empty where it has not."""
        if self.ended_at is None:
            return ""
        return INFORMED if self.state == "confirmed" else self.state

    @property
    def is_shown(self) -> bool:
        """Whether it ended by evidence that somebody showed, and by no look of ours."""
        return self.outcome == ABSENT and "shown" in self.evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All that a certificate is made of."""

    id: UUID
    number: int
    replaces: str
    issued_at: datetime
    controller: Mapping[str, str]
    case: Mapping[str, Any]
    ended: Sequence[Ended]


def content(account: Account) -> dict[str, Any]:
    """The content of a certificate, ready for its canonical form."""
    counted = Counter(one.outcome for one in account.ended)
    systems = [_system(one) for one in account.ended]
    return {
        "schema_version": SCHEMA,
        "certificate_id": str(account.id),
        "number": account.number,
        "replaces": account.replaces,
        "issued_at": moment(account.issued_at),
        "controller": dict(account.controller),
        "case": _case(account.case),
        "systems": systems,
        "stays": _stays(account.case.get("plan") or {}),
        "exceptions": [line for one in account.ended for line in exceptions(one)],
        "counts": {outcome: counted[outcome] for outcome in OUTCOMES},
        "statement": statement(counted, sum(one.is_shown for one in account.ended)),
    }


def statement(counted: Mapping[str, int], shown: int = 0) -> str:
    """One sentence over all systems; so many of the absent ones ended by what was shown."""
    total = sum(counted.values())
    if not total:
        return "No system holds anything that this case is about."
    looked = counted[ABSENT] - shown
    found = f"{looked} of {total} were looked at after they had been told, and had obeyed"
    more = [
        f"{number} {words}"
        for number, words in (
            (shown, "were shown to have obeyed, by evidence that an officer accepted"),
            (counted[EXEMPT], "keep data because the law says so"),
            (counted[EXCEPTED], "are excepted by an officer's signature"),
            (counted[INFORMED], "decide for themselves and were informed"),
        )
        if number
    ]
    return "; ".join([found, *more]) + "."


def exceptions(one: Ended) -> list[str]:
    """What is not simply gone there, in plain words; nothing where it is."""
    found = []
    if one.outcome == EXCEPTED:
        found.append(f"{one.name}: {SAID[EXCEPTED]}. Reason: {one.reason}")
    for kept in one.kept:
        until = f" until {kept['until']}" if kept.get("until") else ""
        what = kept.get("category") or "what it holds"
        found.append(f"{one.name}: {what} stays{until} ({_why(kept)}).")
    return found


def moment(at: datetime | None) -> str:
    """A time as text; empty for none."""
    return at.isoformat() if at else ""


def plain(value: Any) -> Any:
    """A value of evidence in a form that has one canonical spelling.

    What somebody else's system said must not keep a certificate from being made: numbers that
    have none are told as text, names that have none are left out.
    """
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items() if str(k).isascii()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int) and -SAFE_INTEGER <= value <= SAFE_INTEGER:
        return value
    return str(value)


def _why(kept: Mapping[str, Any]) -> str:
    return ": ".join(str(kept[name]) for name in ("because", "citation") if kept.get(name))


def _case(case: Mapping[str, Any]) -> dict[str, Any]:
    times = ("received_at", "due_at", "opened_at", "planned_at", "approved_at", "closed_at")
    texts = ("verb", "trigger", "scope_type", "scope", "plan_sha256")
    return {
        "id": str(case["id"]),
        **{name: str(case[name]) for name in texts},
        **{name: moment(case[name]) for name in times},
        "laws": list(case["packs"]),
    }


def _system(one: Ended) -> dict[str, Any]:
    found = {
        "code": one.code,
        "name": one.name,
        "kind": "party" if one.is_party else "system",
        "duty": one.duty,
        "verb": one.verb,
        "outcome": one.outcome,
        "said": f"{one.name} {_said(one)}.",
        "categories": list(one.categories),
        "kept": plain(one.kept),
        "evidence": plain(_unnamed(one.evidence)),
        "exception": one.reason,
        "told_rounds": one.round,
        "possible_repeats": one.possible_repeats,
        "told_at": moment(one.sent_at),
        "confirmed_at": moment(one.confirmed_at),
        "ended_at": moment(one.ended_at),
    }
    if one.found_again:
        found |= {"looked_again_at": moment(one.looked_again_at), "found_again": one.found_again}
    return found


def _unnamed(evidence: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without who showed it and who accepted that: the record of the step has both."""
    shown = evidence.get("shown")
    if not isinstance(shown, Mapping):
        return evidence
    kept = {name: value for name, value in shown.items() if name not in OFFICERS}
    return {**evidence, "shown": kept}


def _said(one: Ended) -> str:
    if one.outcome != ABSENT:
        return SAID[one.outcome]
    return (SHOWN if one.is_shown else FOUND)[one.verb]


def _stays(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the plan found that may not go, with the law and the day it ends."""
    names = ("system", "category", "fate", "because", "purpose", "citation", "until")
    return [
        {name: str(one.get(name) or "") for name in names}
        for one in plan.get("elements", [])
        if one.get("fate") in ("keep", "vault")
    ]
