"""The invented people as rows of an import: first those of the cases, then a plausible crowd. Pure.

Everything follows from the company, the person's number and the day, so a second run writes the
same file.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from desk.demo import names
from desk.demo.cases import BY_PARENT, CASES, CHILD, EACH, FIRST_NOTICE, UNPROVABLE, Case, Step
from desk.demo.companies import (
    ANALYTICS,
    CLOSED,
    HEALTH,
    ORDERS,
    PARTNERS,
    RECOMMENDATIONS,
    SMS,
    Company,
)
from desk.demo.purposes import NOTICE_OF, number_in_force

COLUMNS = (
    "crm", "email", "phone", "residence", "region", "time_zone", "language", "age_state",
    "age_assurance", "adult_on", "purpose", "state", "event_at", "expires_at", "notice",
    "notice_version", "notice_language", "method", "channel", "given_by", "guardian_verification",
    "is_explicit", "reason", "ui_version", "session",
)  # fmt: skip
T = TypeVar("T")
MONTHS_18 = 540  # days
WAYS = (("checkbox", "web"), ("toggle", "app"), ("button", "web"), ("paper", "in_person"))


class Person(NamedTuple):
    """Somebody who does not exist. `case` is empty in the crowd."""

    email: str
    facts: dict[str, str]
    steps: tuple[Step, ...]
    case: Case | None = None
    then: str = ""


def email_of(pack: str, number: int) -> str:
    """The address of the so-manyth person of a company; never two alike."""
    first, last = names.FIRST[pack], names.LAST[pack]
    name = f"{first[number % len(first)]}.{last[number * 7 % len(last)]}.{number}"
    return f"{name}@{names.DOMAINS[number % len(names.DOMAINS)]}".lower()


def cases_of(company: Company) -> list[Case]:
    """The cases of the company's people, one for each of the first people."""
    return [case for case in CASES if company.pack in case.expect for _ in range(EACH)]


def special(company: Company) -> list[Person]:
    """The people of the cases, in the order of the cases."""
    return [
        Person(
            email_of(company.pack, n), _facts(company, n, case.facts), case.steps, case, case.then
        )
        for n, case in enumerate(cases_of(company))
    ]


def parent_of(company: Company, child: int) -> str:
    """The address of the parent of the so-manyth child of the cases: somebody of the crowd."""
    return email_of(company.pack, len(cases_of(company)) + child % EACH)


def crowd(company: Company, total: int) -> Iterator[Person]:
    """Everybody else, the parents first."""
    first = len(cases_of(company))
    for number in range(first, max(total, first + EACH)):
        yield _somebody(company, number, is_parent=number < first + EACH)


def write(company: Company, total: int, today: date, path: Path) -> None:
    """Write the file that a company would import."""
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        for number, person in enumerate([*special(company), *crowd(company, total)]):
            writer.writerows(_rows(company, number, person, today))
    partial.replace(path)


def _rows(company: Company, number: int, person: Person, today: date) -> Iterator[dict[str, str]]:
    chance = Random(f"{company.slug} row {number}")  # noqa: S311 (must come out the same again)
    facts = {**person.facts, "crm": f"{company.crm}-{number:06}", "email": person.email}
    facts["adult_on"] = _day(today, facts.get("adult_on", ""))
    language = "hi" if facts["language"] == "hi" else "en"
    for step in person.steps:
        method, channel = WAYS[chance.choices(range(4), (50, 28, 17, 5))[0]]
        seconds = chance.randrange(7 * 3600, 22 * 3600)
        row = {
            "purpose": step.purpose, "state": step.state, "method": method, "channel": channel,
            "event_at": _moment(today, step.ago, seconds), "notice": NOTICE_OF[step.purpose],
            "notice_version": str(number_in_force(NOTICE_OF[step.purpose])),
            "notice_language": language, "ui_version": "2026.1",
        }  # fmt: skip
        row.update(step.more)
        if row.get("expires_at"):
            row["expires_at"] = _moment(today, int(row["expires_at"]), seconds)
        yield {**facts, **row}


def _moment(today: date, ago: int, seconds: int) -> str:
    """So many days ago, counted from yesterday: today's hour may not have come yet."""
    day = datetime.combine(today, time(), tzinfo=UTC) - timedelta(days=ago + 1)
    return f"{day + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"


def _day(today: date, ahead: str) -> str:
    return (today + timedelta(days=int(ahead))).isoformat() if ahead else ""


def _facts(company: Company, number: int, given: Mapping[str, str]) -> dict[str, str]:
    chance = Random(f"{company.slug} person {number}")  # noqa: S311 (must come out the same again)
    pack = company.pack
    residence = "IN" if pack == "IN" else "SE"
    facts = {
        "residence": residence, "language": _one(chance, names.LANGUAGES[pack]),
        "age_state": "adult", "age_assurance": "declared", "phone": names.phone(pack, number),
    }  # fmt: skip
    facts.update(given)
    if facts["residence"] == "abroad":
        facts["residence"] = names.ABROAD[pack]
    if facts["residence"] == residence:
        facts["region"] = _one(chance, names.REGIONS[pack])
    facts["time_zone"] = names.TIME_ZONES[facts["residence"]]
    return facts


def _somebody(company: Company, number: int, *, is_parent: bool) -> Person:
    chance = Random(f"{company.slug} crowd {number}")  # noqa: S311 (must come out the same again)
    given = {"residence": _one(chance, names.RESIDENCES[company.pack])}
    age = 1.0 if is_parent else chance.random()
    if is_parent:
        given |= {"age_assurance": "verified"}
    elif age < 0.025:
        given |= CHILD
    elif age < 0.11:
        given |= {"age_state": "unknown", "age_assurance": "unknown"}
    elif age < 0.2:
        given |= {"age_assurance": "verified"}
    child = age < 0.025
    steps = tuple(_by_parent(chance, step) if child else step for step in _steps(chance))
    then = THEN.get(number % 400, "")
    return Person(email_of(company.pack, number), _facts(company, number, given), steps, None, then)


THEN = {
    7: "objected", 57: "objected", 107: "objected", 157: "restricted", 207: "erasing",
    257: "erased", 307: "deceased", 357: "restricted",
}  # fmt: skip
"""What becomes of every so-manyth person of the crowd after the import."""

OTHERS = (
    (SMS, 0.2), (RECOMMENDATIONS, 0.34), (ANALYTICS, 0.16), (ORDERS, 0.3), (PARTNERS, 0.08),
    (HEALTH, 0.06), (CLOSED, 0.06),
)  # fmt: skip


def _steps(chance: Random) -> tuple[Step, ...]:
    steps = list(_about_email(chance))
    for purpose, share in OTHERS:
        if chance.random() < share:
            steps += _about(chance, purpose)
    return tuple(steps or _about(chance, RECOMMENDATIONS))


def _about_email(chance: Random) -> Sequence[Step]:
    ago = chance.randrange(120, MONTHS_18)
    later = chance.randrange(2, 110)
    kinds: tuple[tuple[tuple[Step, ...], int], ...] = (
        ((Step("given", ago),), 450),
        ((Step("given", ago), Step("given", later)), 80),
        ((Step("refused", ago),), 120),
        ((Step("given", ago), Step("withdrawn", later)), 90),
        ((Step("given", ago, more={"expires_at": str(later)}), Step("expired", later)), 40),
        ((Step("given", ago, more={"expires_at": str(later)}),), 10),
        ((Step("requested", later),), 50),
        ((Step("requested", ago), Step("deferred", later)), 20),
        ((Step("given", ago), Step("revoked", later, more={"reason": "use_ended"})), 10),
        ((Step("given", ago), Step("invalidated", later, more={"reason": "notice_defective"})), 10),
        ((), 60),
        ((Step("given", ago, more=FIRST_NOTICE),), 35),
        ((Step("given", ago, more=UNPROVABLE),), 25),
    )
    return _one(chance, kinds)


def _about(chance: Random, purpose: str) -> Sequence[Step]:
    ago = chance.randrange(120, MONTHS_18)
    explicit = {"is_explicit": "true"} if purpose == HEALTH and chance.random() < 0.8 else {}
    given = Step("given", ago, purpose, explicit)
    kinds: tuple[tuple[tuple[Step, ...], int], ...] = (
        ((given,), 60),
        ((Step("refused", ago, purpose),), 22),
        ((given, Step("withdrawn", chance.randrange(2, 110), purpose)), 12),
        ((Step("requested", ago, purpose),), 6),
    )
    return _one(chance, kinds)


def _by_parent(chance: Random, step: Step) -> Step:
    """Half of the children's consents came from a parent who was verified."""
    if step.state != "given" or chance.random() < 0.5:
        return step
    return step._replace(more={**step.more, **BY_PARENT})


def _one(chance: Random, weighted: Sequence[tuple[T, int]]) -> T:
    return chance.choices([value for value, _ in weighted], [weight for _, weight in weighted])[0]
