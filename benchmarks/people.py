"""The invented people of the benchmarks, and the requests about them. Pure.

Everything about person number `i` follows from `i`, here and in the SQL of `world.py` alike, so
that a load generator can ask about any of a million people without reading them first.
"""

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

MARKETING, PERSONALISATION = "marketing.email.offers", "service.personalisation"
PURPOSES = (MARKETING, PERSONALISATION)
CHANNELS = {MARKETING: "email", PERSONALISATION: "web"}
FIRST_MILLISECOND = 1_700_000_000_000
SUBJECT_ID = f"""(lpad(to_hex({FIRST_MILLISECOND} + i), 12, '0') || '7'
  || substr(md5('subject ' || i), 1, 3) || '8' || substr(md5('subject ' || i), 4, 15))::uuid"""
EXPIRED_AT = "2024-01-01T00:00:00Z"
EUROPEAN = 4  # of five people the last is the European controller's
WITH_E_MAIL = 10  # one of ten is known by an e-mail address too


@dataclass(frozen=True)
class Service:
    """A calling service: which controller's, by which name and key."""

    controller: str
    code: str
    key: str


@dataclass(frozen=True)
class World:
    """What was loaded: how many people, and the services that ask about them."""

    subjects: int
    services: tuple[Service, ...]

    @classmethod
    def of(cls, data: dict[str, Any]) -> "World":
        return cls(data["subjects"], tuple(Service(**one) for one in data["services"]))


def subject_id(i: int) -> UUID:
    """A UUIDv7 whose time grows with `i`, as real ones would."""
    noise = hashlib.md5(f"subject {i}".encode(), usedforsecurity=False).hexdigest()
    return UUID(f"{FIRST_MILLISECOND + i:012x}7{noise[:3]}8{noise[3:18]}")


def e_mail(i: int) -> str:
    return f"person{i}@people.example"


def has_e_mail(i: int) -> bool:
    return (i // 5) % WITH_E_MAIL == 0


def controller(i: int) -> int:
    """0 the Indian one, 1 the European one."""
    return int(i % 5 == EUROPEAN)


def state(i: int, purpose: str) -> str:
    """Where person `i` stands: 60% given, 15% withdrawn, 10% refused, 5% expired, 10% never."""
    if purpose == PERSONALISATION:
        return "given" if i % 2 == 0 else ""
    part = (i // 5) % 20
    limits = ((12, "given"), (15, "withdrawn"), (17, "refused"), (18, "expired"))
    return next((word for limit, word in limits if part < limit), "")


def requests(world: World, target: str, items: int, count: int, seed: int) -> list[bytes]:
    """Whole HTTP requests about people drawn evenly from all of them."""
    chance = random.Random(seed)
    body: Callable[[World, random.Random, int], tuple[Service, Any]]
    body = cerbos if target == "cerbos" else single if items == 1 else batch
    path = _path(target, items)
    return [_http(path, *body(world, chance, items)) for _ in range(count)]


def single(world: World, chance: random.Random, items: int) -> tuple[Service, Any]:
    i = chance.randrange(world.subjects)
    service = world.services[controller(i)]
    return service, {**_asks(service, _purpose(i)), "resource": _resource(i)}


def batch(world: World, chance: random.Random, items: int) -> tuple[Service, Any]:
    """One service, one purpose, many people: what is the same is said once."""
    service = world.services[0]
    people = (_of_first_controller(world, chance) for _ in range(items))
    return service, {
        **_asks(service, MARKETING),
        "evaluations": [{"resource": _resource(i)} for i in people],
    }


def cerbos(world: World, chance: random.Random, items: int) -> tuple[Service, Any]:
    """The same questions, with the consent brought along: Cerbos keeps no state to read."""
    first = chance.randrange(world.subjects)
    people = [first] if items == 1 else [_of_first_controller(world, chance) for _ in range(items)]
    service = world.services[controller(people[0])]
    principal = {"id": service.code, "roles": ["service"], "attr": {"purposes": PURPOSES}}
    resources = [_cerbos_resource(i, _purpose(i) if items == 1 else MARKETING) for i in people]
    return service, {"requestId": str(first), "principal": principal, "resources": resources}


def _cerbos_resource(i: int, purpose: str) -> dict[str, Any]:
    standing = state(i, purpose)
    attributes = {
        "purpose": purpose, "state": "given" if standing == "expired" else standing,
        "expires_at": EXPIRED_AT if standing == "expired" else "",
        "purpose_version": 1, "material_version": 1, "restricted": False,
    }  # fmt: skip
    resource = {"kind": "customer", "id": str(subject_id(i)), "attr": attributes}
    return {"actions": ["activate"], "resource": resource}


def _of_first_controller(world: World, chance: random.Random) -> int:
    i = chance.randrange(world.subjects)
    return i - 1 if controller(i) else i


def _purpose(i: int) -> str:
    return PERSONALISATION if i % 10 >= 7 else MARKETING


def _asks(service: Service, purpose: str) -> dict[str, Any]:
    return {
        "subject": {"type": "service", "id": service.code},
        "action": {
            "name": "activate",
            "properties": {"purpose": purpose, "channel": CHANNELS[purpose]},
        },
    }


def _resource(i: int) -> dict[str, Any]:
    if has_e_mail(i):
        return {"type": "customer", "id": e_mail(i), "properties": {"scheme": "email"}}
    return {"type": "customer", "id": str(subject_id(i))}


def _path(target: str, items: int) -> str:
    if target == "cerbos":
        return "/api/check/resources"
    return "/access/v1/evaluation" if items == 1 else "/access/v1/evaluations"


def _http(path: str, service: Service, message: Any) -> bytes:
    body = json.dumps(message, separators=(",", ":")).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {service.key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
