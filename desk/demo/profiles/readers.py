"""Who reads profiles at the invented companies, from which seats. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

DESK, OFFERS = "service.desk", "marketing.email.offers"
SUGGESTIONS = "personalisation.recommendations"
SECTORS: Mapping[str, str] = {"nimbu": "retail", "nordlys": "travel"}
"""The example (examples/profiles) that each company's matrix is."""


HANDS_IN = "warehouse"
HANDED_IN: Mapping[str, str] = {"nimbu": "shop-crm", "nordlys": "traveller-file"}
"""The service that hands data in at each company, and the system whose they are."""


class SeatPlan(NamedTuple):
    """A seat, and the purpose to try it with."""

    role: str
    unit: str
    purpose: str


SERVICES: Mapping[str, Mapping[str, SeatPlan]] = {
    "nimbu": {
        "email-activator": SeatPlan("campaign-tool", "", OFFERS),
        "recommender": SeatPlan("recommender", "online", SUGGESTIONS),
    },
    "nordlys": {"email-activator": SeatPlan("campaign-tool", "", OFFERS)},
}
"""The seats of services, by company and service."""

STAFF: Mapping[str, tuple[SeatPlan, ...]] = {
    "nimbu": (
        SeatPlan("service-desk", "", DESK), SeatPlan("web-service", "online", DESK),
        SeatPlan("store-staff", "stores", DESK),
    ),
    "nordlys": (
        SeatPlan("gate-agent", "air", DESK), SeatPlan("front-desk", "hotels", DESK),
        SeatPlan("travel-desk", "", DESK),
    ),
}  # fmt: skip
"""The seats of the company's reader, and of the officer who serves both."""


def reader_name(slug: str) -> str:
    """The user name of the member of staff who reads profiles and does nothing else."""
    return f"{slug}-reader"
