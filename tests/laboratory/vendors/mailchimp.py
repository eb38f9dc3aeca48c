"""Members of a Mailchimp list, by the digest of their address: DELETE only archives."""

import hashlib

from tests.laboratory.accounts import ARCHIVED, DELETED, SUPPRESSED, Account, Record
from tests.laboratory.wire import Asked, Reply

LIST = "abc123"
"""The only audience there is."""
STATUS = {ARCHIVED: "archived", SUPPRESSED: "unsubscribed"}


def answer(account: Account, asked: Asked) -> Reply:  # noqa: PLR0911, C901 (an address each)
    if not asked.headers.get("authorization", "").startswith("Basic "):
        return Reply(401, {"title": "API Key Invalid", "status": 401})
    if account.extra.get("throttles"):
        return Reply(403, raw=b"<html>Forbidden</html>", headers={"Content-Type": "text/html"})
    match asked.method, asked.path:
        case _, ("3.0", "lists", audience, *_) if audience != LIST:
            return Reply(404, {"title": "Resource Not Found", "status": 404})
        case "POST", ("3.0", "lists", _, "members", digest, "actions", "delete-permanent"):
            return _delete_for_good(account, digest)
        case "DELETE", ("3.0", "lists", _, "members", digest):
            return _archive(account, digest)
        case "PATCH", ("3.0", "lists", _, "members", digest):
            return _update(account, digest, asked)
        case "GET", ("3.0", "lists", _, "members", digest):
            return _shown(account, digest)
        case "GET", ("3.0", "lists", audience) if audience == LIST:
            return Reply(200, {"id": audience})
    return Reply(404, {"title": "Resource Not Found", "status": 404})


def _delete_for_good(account: Account, digest: str) -> Reply:
    found = _by_digest(account, digest)
    if not found:
        return Reply(404, {"title": "Resource Not Found", "status": 404})
    account.erase([found])
    return Reply(204)


def _archive(account: Account, digest: str) -> Reply:
    found = _by_digest(account, digest)
    if not found:
        return Reply(404, {"title": "Resource Not Found", "status": 404})
    account.told[found.name] += 1
    account.effects[found.name] += 1
    found.state = ARCHIVED
    return Reply(204)


def _update(account: Account, digest: str, asked: Asked) -> Reply:
    found, said = _by_digest(account, digest), asked.json() or {}
    if not found:
        return Reply(404, {"title": "Resource Not Found", "status": 404})
    account.told[found.name] += 1
    if not account.mood.lies:
        account.effects[found.name] += 1
        found.values |= said.get("merge_fields", {})
        found.restricted = found.restricted or said.get("status") == "unsubscribed"
    return _shown(account, digest)


def _shown(account: Account, digest: str) -> Reply:
    found = _by_digest(account, digest)
    if not found:
        return Reply(404, {"title": "Resource Not Found", "status": 404})
    status = STATUS.get(found.state, "unsubscribed" if found.restricted else "subscribed")
    held = {"email_address": found.ids["email"], "merge_fields": found.values}
    return Reply(200, {"id": digest, "status": status} | held)


def _by_digest(account: Account, digest: str) -> Record | None:
    account.settle()
    index = account.extra.setdefault("digests", {})
    if len(index) < len(account.people):
        for record in account.people.values():
            address = record.ids["email"].lower().encode()
            index[hashlib.md5(address, usedforsecurity=False).hexdigest()] = record
    found = index.get(digest)
    return found if found and found.state != DELETED else None
