"""The demo's file: sign-ins, keys and people to try, for people and for scripts.

Nothing in it works in production, because nothing of the demo does.
"""

import base64
import json
import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection

from accounts import selectors, services
from audit.actors import Actor
from consent import services as consent
from consent.feed import selectors as feeds
from consent.feed import subscribers
from consent.managers import selectors as managers
from desk.demo import building, outside, people
from desk.demo.companies import COMPANIES, SERVICES, Company
from desk.demo.profiles import readers

KEYS = 2  # a service has at most so many that live


def write(
    path: Path, *, by: Actor, ids: dict[str, list[str]], erasures: dict[str, dict[str, Any]]
) -> None:
    """Set new passwords, issue new keys and write them down, readable by the owner alone."""
    passwords = building.set_passwords()
    told = {
        **_places(),
        "officer": _sign_in(building.OFFICER, passwords),
        "auditor": _sign_in(building.AUDITOR, passwords),
        "controllers": [
            {"id": str(building.controller_id(company)), "name": company.name}
            for company in COMPANIES
        ],
        "officers": [
            {
                **_sign_in(building.author_name(one), passwords),
                "controller": str(building.controller_id(one)),
            }
            for one in COMPANIES
        ],
        "readers": [_reader(one, passwords) for one in COMPANIES],
        "services": [one for company in COMPANIES for one in _services(by, company)],
        "subjects": [one for company in COMPANIES for one in _subjects(company, ids)],
        "shop": outside.SHOP,
        "subscribers": [one for company in COMPANIES for one in _subscribers(by, company)],
        "consent_managers": [one for company in COMPANIES for one in _managers(by, company)],
        "erasures": [
            {"controller": str(building.controller_id(one)), **erasures.get(one.slug, {})}
            for one in COMPANIES
        ],
    }
    _write_privately(path, told)


def move(path: Path) -> bool:
    """Say in the file where the suite is this time; False where there is no such file."""
    try:
        told = json.loads(path.read_text())
    except (OSError, ValueError):
        return False
    if not isinstance(told, dict) or "officer" not in told:
        return False
    if told != {**told, **_places()}:
        _write_privately(path, {**told, **_places()})
    return True


def _places() -> dict[str, Any]:
    return {
        "base_url": settings.BASE_URL,
        "portal_url": f"{settings.BASE_URL}/privacy/",
        "mailbox": str(settings.EMAIL_FILE_PATH),
        "database": _database(),
    }


def _sign_in(name: str, passwords: dict[str, str]) -> dict[str, str]:
    return {"username": name, "password": passwords[name]}


def _database() -> dict[str, str]:
    """How the owner of this machine reaches the embedded server past every right."""
    if not settings.DATABASE_IS_EMBEDDED:
        return {}
    name = connection.settings_dict["NAME"]
    sockets = settings.EMBEDDED.sockets
    return {"superuser_dsn": f"host={sockets} port=5432 user=postgres dbname={name}"}


def _services(by: Actor, company: Company) -> list[dict[str, Any]]:
    controller_id = building.controller_id(company)
    known = {one.code: one for one in selectors.services_of(controller_id)}
    return [
        {
            "id": plan.code, "controller": str(controller_id),
            "key": _key(by, known[plan.code]), "purposes": list(plan.purposes),
            "seats": _seats(readers.SERVICES[company.slug].get(plan.code)),
        }
        for plan in SERVICES
    ]  # fmt: skip


def _reader(company: Company, passwords: dict[str, str]) -> dict[str, Any]:
    """Who reads profiles and does nothing else, and in which seats."""
    return {
        **_sign_in(readers.reader_name(company.slug), passwords),
        "controller": str(building.controller_id(company)),
        "seats": _seats(*readers.STAFF[company.slug]),
    }


def _seats(*plans: readers.SeatPlan | None) -> list[dict[str, str]]:
    """Role, unit and a purpose to try: what a reading has to say."""
    return [plan._asdict() for plan in plans if plan is not None]


def _key(by: Actor, service: Any) -> str:
    live = list(selectors.live_keys(service))
    for old in live[KEYS - 1 :]:
        services.revoke_key(by=by, key=old)
    _, secret = services.issue_key(by=by, service=service)
    return secret


def _subscribers(by: Actor, company: Company) -> list[dict[str, str]]:
    """Who hears of changes, and with what each checks that an event is ours."""
    controller_id = building.controller_id(company)
    return [
        {
            "service": one.service.code, "controller": str(controller_id), "url": one.url,
            "scheme": one.scheme, "secret": subscribers.change_secret(by=by, subscriber=one),
        }
        for one in feeds.subscribers(controller_id)
    ]  # fmt: skip


def _managers(by: Actor, company: Company) -> list[dict[str, str]]:
    """The accepted consent managers, each with a new key to sign with."""
    controller_id = building.controller_id(company)
    told = []
    for manager in managers.active(controller_id):
        for old in managers.live_keys(manager):
            consent.revoke_manager_key(by=by, key=old)
        private = Ed25519PrivateKey.generate()
        key = consent.add_manager_key(
            by=by, manager=manager, public=private.public_key().public_bytes_raw()
        )
        told.append({
            "code": manager.code, "controller": str(controller_id), "key_id": str(key.pk),
            "private_key": base64.b64encode(private.private_bytes_raw()).decode(),
        })  # fmt: skip
    return told


def _subjects(company: Company, ids: dict[str, list[str]]) -> list[dict[str, Any]]:
    controller_id = str(building.controller_id(company))
    return [
        {
            "state": case.state, "controller": controller_id, "id": subject_id,
            "identifier": people.email_of(company.pack, number), "purpose": case.purpose,
            "expect": case.expect[company.pack]._asdict(),
        }
        for number, (case, subject_id) in enumerate(
            zip(people.cases_of(company), ids[company.slug], strict=True)
        )
    ]  # fmt: skip


def _write_privately(path: Path, told: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    partial.replace(path)
