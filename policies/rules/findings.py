"""Recorded legal findings as the rules look at them: by kind, and where one has it, by topic.

An officer records a finding, a second one approves it; one that allows ends by a date.
"""

from policies.pdp.model import Facts

DPIA = "dpia"  # an impact assessment of the purpose is approved (GDPR Art 35)
SDF_DPIA = "sdf_dpia"  # this year's assessment and audit are done (DPDP Rules r.13(1))
LIA = "lia"  # interests were balanced (GDPR Art 6(1)(f))
ART_9 = "art9"  # a condition of GDPR Art 9(2) is met
ART_10 = "art10"  # data on offences may be processed (GDPR Art 10)
SOFT_OPT_IN = "soft_opt_in"  # own customers, similar goods, a way out (ePrivacy Art 13(2))
COMPATIBLE = "compatibility"  # with the purpose of collection, its topic (GDPR Art 6(4))

SDF = "sdf"  # the controller is a Significant Data Fiduciary (DPDP Act s.10)
DPIA_DUE = "dpia_due"  # an officer found that an impact assessment is needed
LOCALISED = "localised"  # its topic, a data category, may not leave India (DPDP Rules r.13(4))
SECTOR = {"IN": "sector_in", "EU": "sector_eu"}  # a sector law keeps its topic in the territory
FURTHER_USE = "further_use"  # the data were collected for its topic, another purpose
EVERY_TOPIC = "*"


def is_found(facts: Facts, kind: str, topic: str = "") -> bool:
    """Whether a finding that allows is on record and has not ended."""
    findings = {} if facts.purpose is None else facts.purpose.findings
    until = findings.get(f"{kind}:{topic}" if topic else kind)
    return until is not None and facts.now < until


def topics(facts: Facts, kind: str) -> list[str]:
    """What the findings of a kind that restrict are about."""
    duties = () if facts.purpose is None else facts.purpose.duties
    return [duty.partition(":")[2] for duty in duties if duty.startswith(f"{kind}:")]
