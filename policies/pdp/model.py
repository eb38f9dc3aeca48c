"""What a decision is made from and what it says. Typed values only: no I/O, no clock, no Django.

Times are whole microseconds since 1970-01-01 UTC, so that equal facts have equal bytes and no
float enters the audit record. Every field defaults to its protective value: what nobody looked
up is unknown, and unknown never helps towards a permit. No value can be part of a cycle, so the
collector is spared them.
"""

from typing import Any, Literal

import msgspec

Pack = Literal["IN", "EU", "CA"]
IN: Pack = "IN"
EU: Pack = "EU"
CA: Pack = "CA"  # known, with rules of its own, and selected for nobody yet


class AIUse(msgspec.Struct, gc=False, frozen=True, omit_defaults=True, kw_only=True):
    """The caller's words about a model that takes part. Unknown: alone, and with grave effect."""

    model: str = ""
    automation: str = "FullAutomation"  # DPV's degrees of automation
    is_significant: bool = True  # legal or similarly significant effect (GDPR 22(1))


class Question(msgspec.Struct, gc=False, frozen=True, omit_defaults=True, kw_only=True):
    """What the caller asks: may this be done for this purpose? Claims, never facts."""

    action: str = "activate"
    purpose: str = ""
    caller: str = ""  # AuthZEN subject.id as sent
    caller_type: str = ""
    resource_type: str = "customer"
    operations: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    channel: str = ""
    destination: str = ""
    commitment: str = ""  # reference of an order or contract that is to be fulfilled
    campaign: str = ""
    item: str = ""  # what is to be offered: a product, an article
    trigger: str = ""  # the behaviour of the person that set this use off
    attributes: tuple[str, ...] = ()  # attributes of the person that single them out for it
    system: str = ""  # the connected system the data come from or go to
    case: str = ""  # of a reserved purpose: the request, order, incident or matter it serves
    collected_for: str = ""  # the purpose the data were collected for, where it is another one
    ai: AIUse | None = None
    gpc: bool = False  # the person's browser sent Sec-GPC: 1
    supported: tuple[str, ...] | None = None  # obligations the caller can fulfil; None: not said


class ServiceFacts(msgspec.Struct, gc=False, frozen=True, omit_defaults=True, kw_only=True):
    """The authenticated caller, as the registry knows it."""

    id: str = ""
    code: str = ""
    is_active: bool = False
    may_ask: bool = False  # registered for the purpose in question
    contract_ends_at: int | None = None  # of the party behind the service; None: no end agreed
    has_contract: bool = False
    country: str = ""  # where the party behind it processes; empty: unknown


class RecipientFacts(msgspec.Struct, gc=False, frozen=True, array_like=True):
    """A party that receives data, as the registry knows it; of a stranger only the code."""

    code: str
    country: str = ""
    tool: str = ""  # transfer tool: none, adequacy, scc, bcr
    tool_ends_at: int | None = None
    is_foreign_state: bool = False  # a foreign State, or under its control (DPDP Rules r.15)
    state_order: str = ""  # the order of the Central Government whose condition is met


class ModelFacts(msgspec.Struct, gc=False, frozen=True, omit_defaults=True, kw_only=True):
    """The AI model in question, as the registry knows it."""

    code: str = ""
    version: str = ""
    is_prohibited: bool = False  # an officer found it a prohibited practice (AI Act Art 5)
    is_high_risk: bool = True  # AI Act Annex III or Annex I
    is_significant: bool = True  # its results have legal or similarly significant effect
    has_oversight: bool = False  # a competent person oversees it (AI Act 14, 26(2))
    informs_persons: bool = False  # people are told that it is used (AI Act 26(11))
    has_review_route: bool = False  # a human reviews on request, the person is heard (GDPR 22(3))
    authorising_law: str = ""  # the law that authorises its decisions (GDPR 22(2)(b))
    special_law: str = ""  # the law that lets it decide on special categories (22(4), 9(2)(g))
    diligence_until: int | None = None  # due diligence of this version (r.13(3)) counts until then


class PurposeFacts(msgspec.Struct, gc=False, frozen=True, omit_defaults=True, kw_only=True):
    """The purpose version in force."""

    code: str = ""
    version: int = 0
    state: str = "draft"  # draft, approved, active, closed
    grounds: dict[str, str] = {}  # pack -> ground: "consent", "s7a".."s7i"; "6-1-a".."6-1-f"
    categories: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()  # what is done with the data, as the notice says
    recipients: tuple[str, ...] = ()  # parties disclosed to the person, by code
    uses_ai: bool = False
    is_marketing: bool = False
    needs_explicit: bool = False
    schedule_item: str = ""  # Fourth Schedule item that exempts from s.9(1) and (3), with citation
    material_version: int = 0  # oldest purpose version whose consents still count (CON-19)
    is_tracking: bool = False  # tracking or behavioural monitoring, DPDP s.9(3)
    is_advertising: bool = False  # advertising aimed at chosen people, DPDP s.9(3)
    is_detrimental: bool = False  # likely to harm a child's well-being, DPDP s.9(2)
    needs_dpia: bool = False
    special: tuple[str, ...] = ()  # of the categories, those of GDPR Art 9
    criminal: tuple[str, ...] = ()  # of the categories, those of GDPR Art 10
    duties: tuple[str, ...] = ()  # recorded legal findings that restrict: kind, or kind:topic
    findings: dict[str, int] = {}  # recorded legal findings that allow -> until when


class Standing(msgspec.Struct, gc=False, frozen=True, array_like=True):
    """One state of a person within a scope."""

    state: str  # restricted, erasing, erased, deceased, hold
    scope_type: str  # everything, purpose, category
    scope: str
    since: int


class Provenance(msgspec.Struct, gc=False, frozen=True, array_like=True):
    """Where data of the person come from, as a flag on record says it (PRO-09)."""

    kind: str  # outsourced (DPDP s.17(1)(d)), published (s.3(c)(ii))
    category: str = ""  # of what was published
    until: int | None = None  # it counts before this moment; None: no end is set


class SubjectFacts(msgspec.Struct, gc=False, frozen=True, omit_defaults=True, kw_only=True):
    """The person, as far as the law asks."""

    packs: tuple[str, ...] = ()  # the laws that apply; empty: none determinable
    region: str = ""  # residence: a country or a part of one (ISO 3166); empty: unknown
    age: str = "unknown"  # unknown, child, adult
    age_assurance: str = "unknown"  # unknown, declared, verified
    adult_at: int | None = None  # when a child comes of age, where known
    consents_at: int | None = None  # when a child may consent online itself (GDPR Art 8)
    is_ambiguous: bool = False
    has_guardian: bool = False  # a person with disability who has a lawful guardian
    standings: tuple[Standing, ...] = ()
    suppressed: tuple[str, ...] = ()  # channels the person may not be contacted through; "*": all
    provenance: tuple[Provenance, ...] = ()  # flags that may take data out of India's Act


class Objection(msgspec.Struct, gc=False, frozen=True, array_like=True):
    """A standing objection that reaches the purpose in question."""

    # particular_situation (GDPR 21(1)), voluntary_use (DPDP s.7(a)), sale_sharing, or said_no
    kind: str
    state: str  # pending, upheld
    since: int


class ConsentFacts(msgspec.Struct, gc=False, frozen=True, omit_defaults=True, kw_only=True):
    """The current state of one person's consent to one purpose.

    Of a withdrawn consent `since` is the withdrawal; version, notice, evidence, explicitness and
    expiry stay those of the consent that was withdrawn.
    """

    record: str = ""  # id of the ledger event that made the state
    state: str = "unknown"  # the ten states of CON-12
    since: int = 0  # when the person expressed it
    expires_at: int | None = None
    purpose_version: int = 0
    notice: str = ""  # notice version id
    language: str = ""
    is_explicit: bool = False
    is_provable: bool = False  # notice, language, hash, method and affirmative act are on record
    is_stale: bool = False  # the notice changed materially since
    given_by: str = "principal"  # principal, parent, guardian, ...
    guardian_verified: bool = False
    is_legacy: bool = False  # imported, older than DPDP s.5, and no notice under s.5 was given
    is_noticed: bool = False  # as old, and the notice of s.5(2) was given since


class Commitment(msgspec.Struct, gc=False, frozen=True, omit_defaults=True, kw_only=True):
    """An order or contract of the person that started before a withdrawal (s.6(5) illustration)."""

    reference: str = ""
    purpose: str = ""
    started_at: int = 0
    ends_at: int | None = None


class California(msgspec.Struct, gc=False, frozen=True, omit_defaults=True, kw_only=True):
    """What a person in California chose. A seam: no jurisdiction selects this law yet."""

    opted_out_sale: bool = True
    limits_sensitive: bool = True
    opted_out_automation: bool = True
    is_under_16: bool = True
    opted_in_sale: bool = False


class Facts(msgspec.Struct, gc=False, frozen=True, omit_defaults=True, kw_only=True):
    """Everything the engine may look at. Stored with the decision, so that it can be replayed."""

    now: int
    question: Question
    service: ServiceFacts = ServiceFacts()
    purpose: PurposeFacts | None = None
    subject: SubjectFacts | None = None
    consent: ConsentFacts = ConsentFacts()
    objected_marketing_at: int | None = None  # standing objection to direct marketing, GDPR 21(2)
    personalisation_off_at: int | None = None  # switched off then; 0: it is on; None: unknown
    volunteered: tuple[str, ...] = ()  # attributes the person volunteered for this purpose
    objections: tuple[Objection, ...] = ()  # other standing objections
    commitment: Commitment | None = None
    recipients: tuple[RecipientFacts, ...] = ()  # those named, else those the purpose declares
    frozen: tuple[str, ...] = ()  # what an incident froze of all that takes part
    special: tuple[str, ...] = ()  # of the data named, those of GDPR Art 9
    criminal: tuple[str, ...] = ()  # of the data named, those of GDPR Art 10
    model: ModelFacts | None = None
    sink: str = ""  # of an AI decision: "live" where its record is in the decision's transaction
    california: California | None = None
    counts: dict[str, int] = {}  # cap -> permits counted in its window; absent: unknown
    triggers: dict[str, int] = {}  # behaviour a delay waits for -> when last reported; 0: never
    offsets: tuple[int, ...] = ()  # seconds the person's clock may be ahead of UTC; empty: unknown
    emergency_until: int | None = None  # end of the case named, if it is open for both of them
    valid_seconds: int = 60


class Reason(msgspec.Struct, gc=False, frozen=True, omit_defaults=True, kw_only=True):
    """One rule's finding."""

    rule: str
    code: str
    pack: str = ""
    refs: tuple[str, ...] = ()


class Obligation(msgspec.Struct, gc=False, frozen=True, array_like=True):
    """What a permit asks of the caller, or what a denial asks it to do. No floats in `args`."""

    code: str
    args: dict[str, Any] = {}


class Decision(msgspec.Struct, gc=False, frozen=True, omit_defaults=True, kw_only=True):
    """The answer: the first reason decides, the others follow in order."""

    permit: bool
    reason_code: str
    rule: str
    reasons: tuple[Reason, ...] = ()
    packs: tuple[str, ...] = ()
    basis: dict[str, str] = {}  # pack -> ground relied on
    policy_version: str = ""
    valid_until: int | None = None  # only on a permit
    cure: str = ""  # code of what would change the answer
    obligations: tuple[Obligation, ...] = ()
    off: dict[str, str] = {}  # pack that a provenance flag switched off -> the law that says so
