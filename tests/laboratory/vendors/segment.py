"""Regulations of Segment: accepted at once for many, done later, and asked for by their number."""

from tests.laboratory.accounts import PRESENT, Account
from tests.laboratory.wire import Asked, Reply

MOST = 5_000
SPACE = "spa-1"
TYPES = {
    "SUPPRESS_WITH_DELETE", "DELETE_ONLY", "SUPPRESS_ONLY", "UNSUPPRESS", "DELETE_INTERNAL",
    "SUPPRESS_WITH_DELETE_INTERNAL",
}  # fmt: skip


def answer(account: Account, asked: Asked) -> Reply:  # noqa: PLR0911 (an address each)
    if asked.path[:1] == ("v1",):
        return _profiles(account, asked)
    if not asked.headers.get("authorization", "").startswith("Bearer "):
        return _wrong(401, "unauthorized")
    match asked.method, asked.path:
        case "GET", ():
            return Reply(200, {"data": {"workspace": {"id": "w-1", "slug": "laboratory"}}})
        case "POST", ("regulations",):
            return _regulate(account, asked)
        case "GET", ("regulations", number):
            return _regulation(account, number)
        case "GET", ("suppressions",):
            held = [{"subjectType": "USER_ID", "subjectId": o} for o in account.extra.get("s", [])]
            return Reply(200, {"data": {"suppressed": held, "pagination": {"current": "MA=="}}})
    return _wrong(404, "not-found")


def _profiles(account: Account, asked: Asked) -> Reply:
    """The Profile API, at an address and with a token of its own."""
    if not asked.headers.get("authorization", "").startswith("Basic "):
        return Reply(401, {"error": {"code": "authentication_error"}})
    match asked.path[1:]:
        case ("spaces", space, *_) if space != SPACE:
            return Reply(404, {"error": {"code": "not_found"}})
        case ("spaces", _, "collections", "users", "profiles"):
            return Reply(200, {"data": [], "cursor": {"has_more": False}})
        case ("spaces", _, "collections", "users", "profiles", name, "metadata"):
            found = account.find("id", name.removeprefix("user_id:"))
            if found and found.state == PRESENT:
                return Reply(200, {"metadata": {"created_at": "2026-01-01T00:00:00Z"}})
    return Reply(404, {"error": {"code": "not_found"}})


def _regulate(account: Account, asked: Asked) -> Reply:
    said = asked.json() or {}
    names = said.get("subjectIds", [])
    if said.get("regulationType") not in TYPES or said.get("subjectType") not in {
        "USER_ID", "OBJECT_ID"
    }:  # fmt: skip
        return _wrong(400, "validation-failed")
    if not 1 <= len(names) <= MOST:
        return _wrong(400, "validation-failed")
    found = [one for name in names if (one := account.find("id", name))]
    deletes = "DELETE" in said["regulationType"]
    _suppress(account, said["regulationType"], names)
    number = account.erase(found) if deletes else ""
    number = number or f"regulation-{next(account.sequence)}"
    account.extra.setdefault("regulations", {})[number] = True
    return Reply(200, {"data": {"regulateId": number}})


def _suppress(account: Account, kind: str, names: list[str]) -> None:
    held = account.extra.setdefault("s", [])
    if kind.startswith("SUPPRESS"):
        held.extend(names)
    elif kind == "UNSUPPRESS":
        account.extra["s"] = [one for one in held if one not in names]
    if kind in {"SUPPRESS_ONLY", "UNSUPPRESS"}:
        for one in filter(None, (account.find("id", name) for name in names)):
            one.restricted = kind == "SUPPRESS_ONLY"


def _regulation(account: Account, number: str) -> Reply:
    account.settle()
    if number not in account.extra.get("regulations", {}):
        return _wrong(404, "not-found")
    job = account.jobs.get(number)
    status = "FINISHED" if job is None or job.is_done else "RUNNING"
    status = account.extra.get("status", status)
    told = {"id": number, "overallStatus": status, "streamStatus": []}
    return Reply(200, {"data": {"regulation": told}})


def _wrong(status: int, kind: str) -> Reply:
    return Reply(status, {"errors": [{"type": kind, "message": kind}]})
