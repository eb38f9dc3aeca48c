"""The two invented companies: who they are, who works for them, which services ask. Pure."""

from dataclasses import dataclass

EMAIL, SMS = "marketing.email.offers", "marketing.sms.offers"
RECOMMENDATIONS, ANALYTICS = "personalisation.recommendations", "analytics.product"
ORDERS, PARTNERS, HEALTH = "service.orders", "sharing.partners", "health.reminders"
CLOSED, DRAFT = "loyalty.club", "research.surveys"


@dataclass(frozen=True, slots=True)
class PartyPlan:
    """Whoever runs a service. `contract_days`: until its contract ends, negative: has ended."""

    code: str
    name: str
    kind: str
    country: str
    contract: str = ""
    contract_days: int | None = None
    transfer_tool: str = "none"


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """A calling service, its party and what it may ask about."""

    code: str
    name: str
    party: str
    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A controller and everything around it."""

    slug: str
    name: str
    pack: str
    country: str
    time_zone: str
    language: str
    contact_name: str
    contact_name_hi: str
    authority: str
    authority_hi: str
    authority_url: str
    share: int  # percent of the demo people
    crm: str
    parties: tuple[PartyPlan, ...]

    @property
    def contact_email(self) -> str:
        return f"privacy@{self.slug}.example"


def _services() -> tuple[ServicePlan, ...]:
    return (
        ServicePlan(
            "email-activator", "E-mail activation", "mailer", (EMAIL, ORDERS, HEALTH, CLOSED, DRAFT)
        ),
        ServicePlan("recommender", "Recommendations", "own", (RECOMMENDATIONS, ANALYTICS)),
        ServicePlan("sms-gateway", "Text messages", "messages", (SMS,)),
        ServicePlan("warehouse", "Data warehouse", "own", (ANALYTICS, RECOMMENDATIONS, PARTNERS)),
        ServicePlan("partner-exchange", "Partner exchange", "old-agency", (PARTNERS,)),
        ServicePlan("help-desk", "Help desk", "own", ("sys.rights",)),
    )


SERVICES = _services()
"""The same at both companies. The first may ask about every listed person's purpose."""

COMPANIES = (
    Company(
        slug="nimbu", name="Nimbu Retail", pack="IN", country="IN", time_zone="Asia/Kolkata",
        language="en", contact_name="Office of the Data Protection Officer",
        contact_name_hi="डेटा संरक्षण अधिकारी का कार्यालय",
        authority="the Data Protection Board of India", authority_hi="भारतीय डेटा संरक्षण बोर्ड",
        authority_url="https://www.meity.gov.in/", share=60, crm="NB",
        parties=(
            PartyPlan("own", "Nimbu Retail, own systems", "internal", "IN"),
            PartyPlan(
                "mailer", "Dakiya Mail Services", "processor", "IN", "NB-2025-014", 420, "scc"
            ),
            PartyPlan("messages", "Sandesh Text Services", "processor", "IN", "NB-2025-022"),
            PartyPlan("old-agency", "Purana Media", "recipient", "IN", "NB-2023-003", -30),
        ),
    ),
    Company(
        slug="nordlys", name="Nordlys Travel", pack="EU", country="SE",
        time_zone="Europe/Stockholm", language="en", contact_name="Data protection officer",
        contact_name_hi="डेटा संरक्षण अधिकारी",
        authority="the Swedish Authority for Privacy Protection (IMY)",
        authority_hi="स्वीडन के डेटा संरक्षण प्राधिकरण (IMY)",
        authority_url="https://www.imy.se/", share=40, crm="NL",
        parties=(
            PartyPlan("own", "Nordlys Travel, own systems", "internal", "SE"),
            PartyPlan("mailer", "Brevduva Post", "processor", "SE", "NL-2025-007", 300),
            PartyPlan(
                "messages", "Harbour Text", "processor", "GB", "NL-2025-011", 500, "adequacy"
            ),
            PartyPlan("old-agency", "Gammal Byrå", "recipient", "NO", "NL-2022-002", -60),
        ),
    ),
)  # fmt: skip
