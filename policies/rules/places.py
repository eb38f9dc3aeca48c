"""Where the data would go, as far as the registry and the caller tell."""

from policies.law.tables import TERRITORIES
from policies.pdp.model import Facts


def destinations(facts: Facts) -> list[str]:
    """The countries that would have the data; an empty one is a place nobody knows."""
    found = [facts.service.country, *(each.country for each in facts.recipients)]
    if facts.question.destination:
        found.append(facts.question.destination)
    return found


def leaves(facts: Facts, territory: str) -> bool:
    """Whether data may come to be outside a law's territory; a place nobody knows is outside."""
    inside = TERRITORIES[territory]
    return any(country not in inside for country in destinations(facts))


def concerned(facts: Facts) -> set[str]:
    """The data categories in question: those the purpose needs and those that were named."""
    needed = () if facts.purpose is None else facts.purpose.categories
    return {*needed, *facts.question.data}
