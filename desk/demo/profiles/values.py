"""What the systems of the invented companies say of the so-manyth person. Pure.

Everything follows from the company and the number, so a second run says the same. Shares and sizes
are those of real customer files as they are published: few buy much, many buy once, some values
are old.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from desk.demo import names, people

TIERS = ((4000, "platinum"), (1800, "gold"), (600, "silver"))
PLACES: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "IN": (
        ("Pune", "Maharashtra", "411001"), ("Lucknow", "Uttar Pradesh", "226001"),
        ("Mysuru", "Karnataka", "570001"), ("New Delhi", "Delhi", "110001"),
        ("Kochi", "Kerala", "682001"), ("Surat", "Gujarat", "395003"),
    ),
    "EU": (
        ("Stockholm", "Stockholm", "111 20"), ("Göteborg", "Västra Götaland", "411 03"),
        ("Malmö", "Skåne", "211 20"), ("Uppsala", "Uppsala", "753 20"),
        ("Luleå", "Norrbotten", "972 31"),
    ),
}  # fmt: skip
STREETS = {"IN": ("Neem Marg", "Lake Road", "Gulmohar Lane"), "EU": ("Storgatan", "Hamngatan")}
RANGES = (("grocery", 34), ("fashion", 26), ("home", 20), ("beauty", 12), ("sports", 8))
VIEWED = ("Brass lamp", "Cotton quilt", "Running shoes", "Tea sampler", "Rain jacket", "Notebook")
STORES = ("Pune, Camp", "Lucknow, Hazratganj", "Mysuru, Devaraja", "Kochi, Marine Drive")
FLIGHTS = ("NL 812, Kiruna", "NL 120, Malmö", "NL 431, Helsinki", "NL 77, Delhi")


class Said(NamedTuple):
    """What one source says of somebody, so many days ago."""

    source: str
    days_ago: int
    verified_by: str
    values: dict[str, Any]


def of_person(slug: str, pack: str, number: int, today: date) -> Iterator[Said]:
    """All that the company's systems say of its so-manyth person."""
    chance = Random(f"{slug} profile {number}")  # noqa: S311 (must come out the same again)
    if slug == "nimbu":
        yield Said("shop-crm", _age(chance), "", _shopper(chance, pack, number, today))
        if chance.random() < 0.72:
            yield Said("web-shop", _age(chance), "", _online(chance, number, today))
        if chance.random() < 0.55:
            yield Said("store-tills", _age(chance), "", _in_stores(chance, number))
    else:
        yield Said("traveller-file", _age(chance), "", _traveller(chance, pack, number, today))
        if chance.random() < 0.66:
            yield Said("air-bookings", _age(chance), "", _flyer(chance, number, today))
        if chance.random() < 0.45:
            yield Said("hotel-desk", _age(chance), "", _guest(chance))


def _shopper(chance: Random, pack: str, number: int, today: date) -> dict[str, Any]:
    at_home = chance.choices((1, 2, 3, 4, 5, 6), (8, 18, 22, 28, 16, 8))[0]
    said = {**_contact(chance, pack, number, today), "household_size": at_home}
    if chance.random() < 0.2:
        said["diet"] = chance.choices(("vegetarian", "vegan", "diabetic"), (80, 8, 12))[0]
    return said


def _online(chance: Random, number: int, today: date) -> dict[str, Any]:
    orders = 1 + min(60, int(chance.expovariate(1 / 5)))
    said: dict[str, Any] = {
        "orders_year": orders, "spend_year": _money(orders * chance.lognormvariate(6.6, 0.5)),
        "last_order_at": _moment(today, 1 + int(chance.expovariate(1 / 60)), chance),
        "return_rate": f"{min(0.9, chance.expovariate(1 / 0.12)):.2f}",
        "favourite_range": _one(chance, RANGES),
    }  # fmt: skip
    if chance.random() < 0.4:
        said["last_viewed"] = chance.choice(VIEWED)
    if chance.random() < 0.15:
        said["basket_value"] = _money(chance.lognormvariate(7, 0.6))
    if chance.random() < 0.08:
        said["open_order"] = f"WEB-{50000 + number}"
    return said


def _in_stores(chance: Random, number: int) -> dict[str, Any]:
    points = int(chance.expovariate(1 / 900))
    tier = next((name for least, name in TIERS if points >= least), "none")
    said: dict[str, Any] = {
        "loyalty_number": f"LY-{700000 + number}", "loyalty_tier": tier, "loyalty_points": points,
        "home_store": chance.choice(STORES),
    }  # fmt: skip
    if chance.random() < 0.3:
        said["shoe_size"] = round(chance.gauss(40, 2.6))
    return said


def _traveller(chance: Random, pack: str, number: int, today: date) -> dict[str, Any]:
    said = {**_contact(chance, pack, number, today), "nationality": _one(chance, NATIONS)}
    if chance.random() < 0.35:
        until = today + timedelta(days=chance.randrange(-60, 3200))
        said |= {"passport_number": f"X{number:07}", "passport_until": until.isoformat()}
    if chance.random() < 0.12:
        said["employer_account"] = chance.choice(("Norrsken Works", "Polder Engineering"))
    return said


NATIONS = (("SE", 70), ("NL", 9), ("DE", 8), ("FI", 6), ("NO", 4), ("IN", 3))


def _flyer(chance: Random, number: int, today: date) -> dict[str, Any]:
    flights = 1 + int(chance.expovariate(1 / 4))
    said: dict[str, Any] = {
        "flyer_number": f"FF-{880000 + number}", "flights_year": flights,
        "flyer_tier": "gold" if flights > 16 else "silver" if flights > 7 else "blue",
        "seat": chance.choices(("window", "aisle", "any"), (41, 38, 21))[0],
    }  # fmt: skip
    if chance.random() < 0.25:
        ahead = -1 - int(chance.expovariate(1 / 30))
        said |= {"next_flight": chance.choice(FLIGHTS), "next_flight_at": _moment(today, ahead)}
    if chance.random() < 0.03:
        said["assistance"] = chance.choice(("wheelchair", "hearing", "escort"))
    return said


def _guest(chance: Random) -> dict[str, Any]:
    said: dict[str, Any] = {
        "stays_year": 1 + int(chance.expovariate(1 / 3)),
        "pillow": chance.choice(("soft", "firm", "any")),
    }
    if chance.random() < 0.4:
        said["minibar"] = _money(chance.lognormvariate(5, 0.7))
    if chance.random() < 0.05:
        said["room_number"] = str(chance.randrange(100, 720))
    return said


def _contact(chance: Random, pack: str, number: int, today: date) -> dict[str, Any]:
    first, last = names.FIRST[pack], names.LAST[pack]
    locality, region, postcode = chance.choice(PLACES[pack])
    age = min(88.0, max(18.5, chance.gauss(39, 14)))
    return {
        "full_name": f"{first[number % len(first)]} {last[number * 7 % len(last)]}",
        "birth_date": (today - timedelta(days=int(age * 365.25))).isoformat(),
        "email": people.email_of(pack, number), "mobile": f"+447700900{number % 1000:03}",
        "postal_address": {
            "lines": f"{chance.randrange(1, 120)} {chance.choice(STREETS[pack])}",
            "locality": locality, "region": region, "postcode": postcode,
            "country": "IN" if pack == "IN" else "SE",
        },
    }  # fmt: skip


def _age(chance: Random) -> int:
    """Most records are of this month; one in twelve is so old that much of it is stale."""
    return int(chance.uniform(200, 900)) if chance.random() < 0.08 else int(chance.uniform(0, 25))


def _moment(today: date, ago: int, chance: Random | None = None) -> str:
    day = datetime.combine(today, datetime.min.time()) - timedelta(days=ago)
    seconds = chance.randrange(7 * 3600, 22 * 3600) if chance else 9 * 3600
    return f"{day + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"


def _money(amount: float) -> str:
    return f"{amount:.2f}"


def _one(chance: Random, weighted: tuple[tuple[str, int], ...]) -> str:
    return chance.choices([one for one, _ in weighted], [weight for _, weight in weighted])[0]
