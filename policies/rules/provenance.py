"""Where the data come from, as far as that takes them out of India's Act (PRO-09). Pure.

DPDP s.17(1)(d): Chapter II (ss. 4-10, but for s.8(1) and (5)), Chapter III (ss. 11-15) and s.16 do
not apply to personal data of people who are not in India, processed here under a contract with
somebody abroad. s.3(c)(ii): the Act does not apply to data that the person, or somebody whom a law
obliges, made public. An officer or a service puts either on record, with the contract or the place.

What is kept on all the same, because unknown is protective and a flag is easily set: the rules in
`KEPT`, every rule that holds whatever law applies, the company's own, and the person's no (R29),
which of somebody with a flag is heard even where the flag does not count: so a flag that turns out
not to count never permits what it denied. A flag takes nothing from a purpose that the law itself
sets, and nothing from any other law.
"""

from policies.pdp.model import IN, Facts, Provenance, SubjectFacts
from policies.rules.reserved import PREFIX

OUTSOURCED, PUBLISHED = "outsourced", "published"
KEPT = frozenset(("R11", "R20", "R21", "R22", "R27", "R50", "R51"))
"""Of India's rules: the vault, all of s.9 (children, and whoever has a guardian), and R27, which
is another law's."""


def is_flagged(facts: Facts) -> bool:
    """Whether a flag is on record that could concern the question, whether or not it counts."""
    subject = facts.subject
    if subject is None or not subject.provenance or IN not in subject.packs:
        return False
    return not facts.question.purpose.startswith(PREFIX)


def exemption(facts: Facts) -> str:
    """Which of the two takes the question out of India's Act; empty: neither."""
    subject = facts.subject
    if subject is None or not is_flagged(facts):
        return ""
    counting = [each for each in subject.provenance if _counts(each, facts.now)]
    if _is_abroad(subject) and any(each.kind == OUTSOURCED for each in counting):
        return OUTSOURCED
    return PUBLISHED if _is_public(facts, counting) else ""


def _counts(flag: Provenance, now: int) -> bool:
    return flag.until is None or now < flag.until


def _is_abroad(subject: SubjectFacts) -> bool:
    """Whether the person is known to live outside India, whatever was known when it was said."""
    return bool(subject.region) and subject.region.partition("-")[0] != IN


def _is_public(facts: Facts, counting: list[Provenance]) -> bool:
    """Whether all data in question are public: those named, or all that the purpose needs."""
    needed = () if facts.purpose is None else facts.purpose.categories
    asked = facts.question.data or needed
    public = {each.category for each in counting if each.kind == PUBLISHED}
    return bool(asked) and public.issuperset(asked)
