"""Provenance flags as property tests vary them, and what holds for them whatever the facts are."""

from msgspec.structs import replace

from policies.pdp.engine import decide
from policies.pdp.model import Objection, Provenance
from tests.policies.scenes import NOW, change

PROVENANCE = [
    (),
    *((Provenance("outsourced", "", until),) for until in (None, NOW, NOW + 1)),
    *((Provenance("published", one),) for one in ("pd:EmailAddress", "pd:Age", "")),
    (Provenance("outsourced"), Provenance("published", "pd:EmailAddress", NOW)),
    (Provenance("odd", "pd:EmailAddress"),),
]
NINTH = ("PARENTAL_CONSENT_REQUIRED", "GUARDIAN_CONSENT_REQUIRED")


def consent_unknown(facts, consent):
    """Nobody knows the consent; a no of somebody with a flag is known as an objection, too."""
    no, since = facts.consent.state in ("withdrawn", "refused"), facts.consent.since
    if no and facts.subject is not None and facts.subject.provenance:
        said = Objection("said_no", "upheld", since)
        facts = replace(facts, objections=(*facts.objections, said))
    return replace(facts, consent=consent)


def ended(facts):
    """The end of every flag has come."""
    if facts.subject is None:
        return facts
    over = [Provenance(one.kind, one.category, NOW) for one in facts.subject.provenance]
    return change(facts, subject={"provenance": tuple(over)})


def is_exempt(facts):
    """Whether a flag that counts covers the question, worked out apart from the engine."""
    subject, asked = facts.subject, facts.question.data or facts.purpose.categories
    told = {(each.kind, each.category) for each in subject.provenance
            if each.until is None or each.until > NOW}  # fmt: skip
    is_out = any(kind == "outsourced" for kind, _ in told) and subject.region[:2] not in ("", "IN")
    return is_out or (bool(asked) and all(("published", one) in told for one in asked))


def check_flag(facts):
    """A flag takes out India's Act alone, and never a person's no."""
    if facts.subject is None or not facts.subject.provenance:
        return
    decision, bare = decide(facts), decide(change(facts, subject={"provenance": ()}))
    if decision.permit and not bare.permit:
        assert is_exempt(facts)
        assert decision.off == {"IN": decision.reasons[-1].refs[0]}
        assert facts.consent.state not in ("withdrawn", "refused")
        assert {each.pack for each in bare.reasons} == {"IN"}
    if bare.permit and not decision.permit:
        assert decision.reason_code in ("REFUSAL_STANDS", *NINTH)
