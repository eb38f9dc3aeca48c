"""The words of the pages about decisions: gates, answers, findings of a replay, parts of facts."""

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from policies.rehearsal.comparing import Flow
from policies.rehearsal.replaying import Finding
from policies.rehearsal.trail import Said
from policies.rules.law import act, gdpr, rules

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

GATES: "dict[int, StrOrPromise]" = {
    1: _("Who asks, for what, about whom, under which law"),
    2: _("What became of the person’s record"),
    3: _("What is prohibited whatever anybody chose"),
    4: _("What the person said no to"),
    5: _("Whether the law has a ground for this use"),
    6: _("Whether the person could decide alone"),
    7: _("The state of the consent"),
    8: _("Whether the use stays within what was agreed"),
    9: _("Where the data go"),
    10: _("Whether the data are right and fresh"),
    11: _("Decisions of machines"),
    12: _("What must be in place beside the decision"),
}
OUTCOMES: "dict[str, StrOrPromise]" = {"permit": _("Permitted"), "deny": _("Denied")}
SAID: "dict[Said, StrOrPromise]" = {
    Said.DENIED: _("Denies"), Said.PASSED: _("Passes"), Said.NOT_ASKED: _("Not asked"),
}  # fmt: skip
WHY: "dict[str, StrOrPromise]" = {
    "outsourced": _(
        "India’s Act asks nothing here: the data of somebody who is not in India are processed "
        "under a contract with somebody abroad (DPDP Act 2023 s.17(1)(d))."
    ),
    "published": _(
        "India’s Act does not apply: the data were made public (DPDP Act 2023 s.3(c)(ii))."
    ),
    "other_ground": _("Consent is not the ground here."),
    "not_concerned": _("It is not about this kind of use."),
    "reserved": _("The purpose is one that the law itself demands, which passes by this rule."),
    "strict_only": _("It is asked in strict mode only."),
    "not_in_force": _("It was not in force yet."),
}
FINDINGS: "dict[Finding, StrOrPromise]" = {
    Finding.SAME: _("Made again from its stored facts: the same answer, byte for byte."),
    Finding.DIFFERENT: _(
        "Made again, the answer is another one: the facts, the rules or the record were changed "
        "outside of this suite. Verify the log and keep this page."
    ),
    Finding.OTHER_RULES: _(
        "It was made under another version of the statutory rules than the one in place; made "
        "again under today’s rules it differs as listed below, or not at all."
    ),
    Finding.POLICY_GONE: _("The policy version it names is not here, so it cannot be made again."),
    Finding.GONE: _("Its record has reached the end of its life; the commitment stays."),
    Finding.UNREADABLE: _("Its record cannot be read as a decision. Verify the log."),
}
PARTS_FINDINGS: "dict[Finding, StrOrPromise]" = {
    Finding.SAME: _("Each was made again from its stored facts: the same answers, byte for byte."),
}
"""What is said of a part of an audience in another way than of one decision."""
ALARMING = frozenset((Finding.DIFFERENT, Finding.UNREADABLE))
PERIODS: "tuple[tuple[str, StrOrPromise], ...]" = (
    ("7d", _("Last 7 days")), ("24h", _("Last 24 hours")), ("30d", _("Last 30 days")),
    ("all", _("Any time")),
)  # fmt: skip
HOURS = {"24h": 24, "7d": 7 * 24, "30d": 30 * 24}
PACKS: "dict[str, StrOrPromise]" = {"IN": _("India"), "EU": _("European Union")}
PARTS: "dict[str, StrOrPromise]" = {
    "question": _("What was asked (claims of the service)"),
    "service": _("The service"),
    "purpose": _("The purpose"),
    "subject": _("The person"),
    "consent": _("The consent"),
    "commitment": _("A commitment older than the withdrawal"),
}
REST: "StrOrPromise" = _("Everything else")
FLOWS: "dict[Flow, StrOrPromise]" = {
    Flow.NEWLY_DENIED: _("Newly denied"),
    Flow.NEWLY_PERMITTED: _("Newly permitted"),
    Flow.OTHER_REASON: _("Denied for another reason"),
    Flow.OTHER_TERMS: _("Permitted on other terms"),
    Flow.STILL_DENIED: _("Denied as before"),
    Flow.STILL_PERMITTED: _("Permitted as before"),
    Flow.UNJUDGED: _("Could not be judged"),
}
DIMENSIONS: "dict[str, StrOrPromise]" = {
    "purpose": _("Purpose"), "campaign": _("Campaign"), "language": _("Language"),
    "age": _("Age"), "region": _("Region"), "service": _("Service"),
}  # fmt: skip
WITHOUT: "dict[str, StrOrPromise]" = {
    "purpose": _("none"), "campaign": _("no campaign named"), "language": _("unknown"),
    "age": _("unknown"), "region": _("unknown"), "service": _("unknown"),
}  # fmt: skip
AGES: "dict[str, StrOrPromise]" = {
    "adult": _("adult"), "child": _("child"), "unknown": _("unknown"),
}  # fmt: skip
SPANS: "tuple[tuple[str, StrOrPromise], ...]" = (
    ("1", _("The last hour")), ("24", _("The last 24 hours")), ("168", _("The last 7 days")),
    ("720", _("The last 30 days")), ("2160", _("The last 90 days")),
    ("8760", _("The last 365 days")),
)  # fmt: skip
SHADOW_DAYS: "tuple[tuple[str, StrOrPromise], ...]" = (
    ("1", _("For 1 day")), ("7", _("For 7 days")), ("30", _("For 30 days")),
)  # fmt: skip


class LegalTable(NamedTuple):
    """A legal table in words: by which law it counts, and the codes of the rules that read it."""

    title: "StrOrPromise"
    about: "StrOrPromise"
    pack: str
    refs: tuple[str, ...]
    rules: tuple[str, ...]


LEGAL_TABLES: dict[str, LegalTable] = {
    "restricted": LegalTable(
        _("Countries to which India restricted transfers"),
        _("Data that Indian law protects may not go to a country on this list."),
        "IN", act("16(1)"), ("IN_RESTRICTED_COUNTRY",),
    ),
    "localised": LegalTable(
        _("Data that must stay in India"),
        _("A Significant Data Fiduciary may not let data of these categories leave India."),
        "IN", rules("13(4)"), ("IN_LOCALISATION",),
    ),
    "adequate": LegalTable(
        _("Countries with an adequacy decision"),
        _(
            "Data that European law protects may go to a country on this list without another "
            "safeguard. For every other country outside of the EEA a safeguard or a derogation "
            "must cover them. A line that covers some recipients alone helps only a party that is "
            "recorded with adequacy as its transfer tool."
        ),
        "EU", gdpr("45(3)"), ("TRANSFER_NO_BASIS",),
    ),
}  # fmt: skip
PLACES: "dict[str, StrOrPromise]" = {
    "AD": _("Andorra"), "AR": _("Argentina"), "BR": _("Brazil"), "CA": _("Canada"),
    "CH": _("Switzerland"), "FO": _("Faroe Islands"), "GB": _("United Kingdom"),
    "GG": _("Guernsey"), "IL": _("Israel"), "IM": _("Isle of Man"), "JE": _("Jersey"),
    "JP": _("Japan"), "KR": _("South Korea"), "NZ": _("New Zealand"), "US": _("United States"),
    "UY": _("Uruguay"),
}  # fmt: skip
"""The countries and territories that a legal table names, by ISO 3166."""
ONLY = frozenset((
    gettext_noop("Only recipients under PIPEDA (commercial organisations)."),
    gettext_noop("Only recipients under the APPI."),
    gettext_noop("Only recipients certified under the EU-US Data Privacy Framework."),
))  # fmt: skip
"""Whom a line covers where it covers but some, once more so that translators find it."""
EDITIONS: "dict[str, StrOrPromise]" = {
    "statutory-2026.11.1": _("The first rules: who asks, choices, grounds, capacity and consent."),
    "statutory-2026.11.2": _(
        "Prohibitions, scope, transfers, accuracy, models, reserved purposes and obligations."
    ),
    "statutory-2026.11.3": _(
        "Consents older than the Act count once their notice was given; a recipient nobody knows"
        " may be a foreign State; emergencies need an open case; opt-outs of advertising are"
        " heeded."
    ),
    "statutory-2026.11.4": _(
        "The protection officer is told of what no service may ask; permits say until when the"
        " data may be kept."
    ),
    "statutory-2026.11.5": _(
        "Data outsourced from abroad, and data made public, are out of India’s Act where a flag"
        " says so; a person’s no stands all the same."
    ),
}
"""What each version of the statutory rules brought."""
REVIEWERS: "dict[str, StrOrPromise]" = {"maintainers": _("the maintainers of this suite")}
