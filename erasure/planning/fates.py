"""Whether one category stays in one system, and by which law. Pure (ERA-02, ERA-04, ERA-05).

A hold comes before an exemption, an exemption before the minimum of a law, that before another
purpose: the strongest reason is told. A law that does not apply to the person exempts nothing, and
of a person under two laws an Indian duty to keep is none before the GDPR (Art 17(3)(b)).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from erasure.planning.facts import ANY, EU, IN, PURPOSE, Ask, PersonFacts, SystemFacts

VAULT_CITATION = "DPDP Rules 2025, r.8(3)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stays:
    """Why something is not erased. `ref` names the hold, the rule or the purpose."""

    fate: str  # keep or vault
    because: str
    citation: str
    ref: str = ""
    purpose: str = ""
    until: date | None = None


def of(category: str, system: SystemFacts, person: PersonFacts, ask: Ask) -> Stays | None:
    """Why this category stays in this system, or None where it is erased."""
    if ask.verb != "erase":
        return None
    return next(_reasons(category, system, person, ask), None)


def is_held_whole(person: PersonFacts) -> bool:
    """Whether a hold keeps everything of the person, so that nothing has to be told apart."""
    return any(hold.categories is None for hold in person.holds)


def packs(person: PersonFacts, ask: Ask) -> tuple[str, ...]:
    """Whose laws count: the person's own, or the one an officer decided on."""
    return (ask.law,) if ask.law else person.packs


def _reasons(category: str, system: SystemFacts, person: PersonFacts, ask: Ask) -> Iterator[Stays]:
    laws = packs(person, ask)
    yield from _held(category, person)
    yield from _claimed(category, person, laws)
    yield from _at_least(category, system, person, ask)
    yield from _needed(category, person, ask)
    if system.is_own and ask.vault and laws == (IN,):
        until = ask.today + timedelta(days=ask.vault_days)
        yield Stays(fate="vault", because="retention", citation=VAULT_CITATION, until=until)


def _held(category: str, person: PersonFacts) -> Iterator[Stays]:
    for hold in person.holds:
        if hold.categories is None or category == ANY or category in hold.categories:
            yield Stays(
                fate="keep", because="hold", citation=hold.citation, ref=hold.id,
                until=hold.review_on,
            )  # fmt: skip


def _claimed(category: str, person: PersonFacts, laws: tuple[str, ...]) -> Iterator[Stays]:
    for claim in person.claims:
        if claim.pack in laws and category in (claim.category, ANY):
            yield Stays(
                fate="keep", because="exemption", citation=claim.citation, until=claim.until
            )


def _at_least(category: str, system: SystemFacts, person: PersonFacts, ask: Ask) -> Iterator[Stays]:
    """The longest minimum. What only India wants kept of our own goes into the vault."""
    found = [
        one
        for one in person.minima
        if category in (one.category, ANY)
        and one.until > ask.today
        and _binds(one.pack, ask, person)
    ]
    if not found:
        return
    most = max(found, key=lambda one: (one.until, one.rule))
    laws = packs(person, ask)
    in_vault = system.is_own and ask.vault and laws == (IN,)
    least = ask.today + timedelta(days=ask.vault_days)
    yield Stays(
        fate="vault" if in_vault else "keep", because="retention", citation=most.citation,
        ref=most.rule, until=max(most.until, least) if in_vault else most.until,
    )  # fmt: skip


def _binds(pack: str, ask: Ask, person: PersonFacts) -> bool:
    laws = packs(person, ask)
    if pack == IN:
        return IN in laws and EU not in laws
    return not pack or pack in laws


def _needed(category: str, person: PersonFacts, ask: Ask) -> Iterator[Stays]:
    for use in person.uses:
        if _outlives(use.purpose, use.survives, ask) and (
            category in use.categories or category == ANY
        ):
            yield Stays(
                fate="keep", because="purpose", purpose=use.purpose, citation=use.citation,
                ref=use.purpose, until=use.until,
            )  # fmt: skip


def _outlives(purpose: str, survives: bool, ask: Ask) -> bool:
    """A purpose does not outlive its own end; a consent does not outlive a wish to be erased."""
    if ask.scope_type == PURPOSE:
        return purpose != ask.scope
    return survives or not ask.is_wish
