"""After the gates: what permits, the default, and the refusals of a decision point in trouble."""

from typing import NamedTuple

from policies.pdp.model import EU, IN, Reason
from policies.rules.ground import ARTICLE_6, CERTAIN_USES
from policies.rules.law import act, gdpr
from policies.rules.provenance import OUTSOURCED, PUBLISHED
from policies.rules.registry import CONSENT_GROUND

ACTIONS = frozenset(("activate",))  # what R95 and R96 permit; any other action ends in R99
COMMITMENT = "commitment"  # the basis of R96


class Finding(NamedTuple):
    """A reason that no gate gives, with its texts."""

    reason: Reason
    text: str
    person: str
    cure: str = ""


def _passed(pack: str, ground: str, refs: tuple[str, ...], text: str, person: str) -> Finding:
    return Finding(
        Reason(rule="R95", code=f"PERMIT_{pack}:{ground}", pack=pack, refs=refs), text, person
    )


def _certain_use(ground: str) -> Finding:
    clause = f"7({ground[-1]})"
    text = f"Permitted in India as a use listed in section {clause}."
    return _passed(IN, ground, act("4", clause), text, "The law allows this use without consent.")


def _article_6(ground: str) -> Finding:
    place = f"6(1)({ground[-1]})"
    is_consent = ground == CONSENT_GROUND[EU]
    text = f"Permitted in the EU on Article {place}."
    person = "You agreed to this." if is_consent else "The law allows this use without consent."
    return _passed(EU, ground, gdpr(place), text, person)


PERMITS: dict[tuple[str, str], Finding] = {
    (IN, CONSENT_GROUND[IN]): _passed(
        IN, CONSENT_GROUND[IN], act("4", "6(1)"),
        "Permitted in India on the person's consent.", "You agreed to this.",
    ),
    **{(IN, ground): _certain_use(ground) for ground in CERTAIN_USES},
    **{(EU, ground): _article_6(ground) for ground in ARTICLE_6},
}  # fmt: skip


def _exempt(kind: str, section: str, text: str, person: str) -> Finding:
    code = f"PERMIT_ACT_NOT_APPLICABLE:{kind}"
    return Finding(Reason(rule="R93", code=code, pack=IN, refs=act(section)), text, person)


BY_EXEMPTION: dict[str, Finding] = {
    OUTSOURCED: _exempt(
        OUTSOURCED, "17(1)(d)",
        "India's Act does not ask for a ground: the person is not in India, and the data are "
        "processed under a contract with somebody abroad.",
        "Your data is processed for a company outside India, and Indian law leaves it to yours.",
    ),
    PUBLISHED: _exempt(
        PUBLISHED, "3(c)(ii)",
        "India's Act does not apply: these data were made public by the person or by legal duty.",
        "You made these data public, or the law did.",
    ),
}  # fmt: skip

BY_COMMITMENT = Finding(
    Reason(rule="R96", code="PERMIT_COMMITMENT", pack=IN, refs=act("6(5) illustration")),
    "Permitted for a commitment that is older than the withdrawal, and for nothing else.",
    "You withdrew your consent; what you ordered before is still delivered.",
)

BY_RESERVATION = Finding(
    Reason(rule="R94", code="PERMIT_RESERVED", refs=(*act("7(d)"), *gdpr("6(1)(c)"))),
    "Permitted for a purpose the law itself sets, on the case named.",
    "The law itself asks for this use of your data.",
)

BY_LEGACY = Finding(
    Reason(rule="R69", code="PERMIT_LEGACY", pack=IN, refs=act("5(2)")),
    "Permitted on a consent older than the Act, while the notice of section 5(2) is being sent.",
    "You agreed to this before the law began; a notice about it is on its way to you.",
)

NOT_IN_FORCE = Finding(
    Reason(
        rule="R95", code="PERMIT_NOT_IN_FORCE",
        refs=("DPDP Act 2023 s.1(2)", "GDPR Art 99(2)"),
    ),
    "Simulated: at that date this law did not ask for a ground yet.",
    "At that date this law did not apply yet.",
)  # fmt: skip

NOT_SUPPORTED = Finding(
    Reason(
        rule="R98", code="OBLIGATION_NOT_SUPPORTED",
        refs=(*act("8(1)"), *gdpr("24(1)"), "AuthZEN 1.0 obligations profile"),
    ),
    "The use is permitted only with an obligation that the caller did not say it can fulfil.",
    "The company cannot keep the conditions that using your data would have.",
    "support_obligations",
)  # fmt: skip

NOTHING_MATCHED = Finding(
    Reason(rule="R99", code="NO_MATCHING_RULE", refs=(*act("4"), *gdpr("6(1)"))),
    "No rule permits this.",
    "Nothing allows this use of your data.",
)

_SECURITY = (*act("8(4)"), *gdpr("25"))


def _trouble(code: str, cure: str, text: str) -> Finding:
    reason = Reason(rule="R00", code=code, refs=_SECURITY)
    return Finding(reason, text, "Your data was not used, because the check did not succeed.", cure)


TROUBLES: dict[str, Finding] = {
    finding.reason.code: finding
    for finding in (
        _trouble("ENGINE_ERROR", "retry", "The decision failed; nothing is permitted."),
        _trouble("DECISION_TIMEOUT", "retry", "The decision took too long; nothing is permitted."),
        _trouble("STORE_UNAVAILABLE", "retry", "The records cannot be read; nothing is permitted."),
        _trouble("INVALID_REQUEST", "correct_request", "The request is not well formed."),
    )
}
FINDINGS: tuple[Finding, ...] = (
    *PERMITS.values(), *BY_EXEMPTION.values(), BY_COMMITMENT, BY_RESERVATION, BY_LEGACY,
    NOT_IN_FORCE, NOT_SUPPORTED, NOTHING_MATCHED, *TROUBLES.values(),
)  # fmt: skip
