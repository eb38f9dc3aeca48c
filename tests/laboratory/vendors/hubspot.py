"""Contacts of HubSpot: the plain delete archives, the one for privacy removes."""

from tests.laboratory.accounts import ARCHIVED, PRESENT, Account, Record
from tests.laboratory.wire import Asked, Reply

BASE = ("crm", "v3", "objects", "contacts")


def answer(account: Account, asked: Asked) -> Reply:  # noqa: PLR0911 (an address each)
    if not asked.headers.get("authorization", "").startswith("Bearer "):
        return Reply(401, {"status": "error", "category": "INVALID_AUTHENTICATION"})
    match asked.method, asked.path:
        case "POST", (*base, "gdpr-delete") if tuple(base) == BASE:
            return _gdpr_delete(account, asked)
        case "DELETE", (*base, number) if tuple(base) == BASE:
            return _archive(account, number)
        case "PATCH", (*base, number) if tuple(base) == BASE:
            return _update(account, number, asked)
        case "POST", (*base, "batch", "read") if tuple(base) == BASE:
            return _read(account, asked)
        case "POST", (*base, "search") if tuple(base) == BASE:
            return _search(account, asked)
    return Reply(404, {"status": "error", "category": "OBJECT_NOT_FOUND"})


def _gdpr_delete(account: Account, asked: Asked) -> Reply:
    said = asked.json() or {}
    scheme = said.get("idProperty", "id")
    if not said.get("objectId"):
        return Reply(400, {"status": "error", "category": "VALIDATION_ERROR"})
    found = account.find(scheme, said["objectId"])
    if found:
        account.erase([found])
    elif scheme == "email":
        account.extra.setdefault("blocked", []).append(said["objectId"])
    else:
        return Reply(404, {"status": "error", "category": "OBJECT_NOT_FOUND"})
    return Reply(204)


def _update(account: Account, number: str, asked: Asked) -> Reply:
    found = account.find("id", number)
    if not found:
        return Reply(404, {"status": "error", "category": "OBJECT_NOT_FOUND"})
    account.told[found.name] += 1
    if not account.mood.lies:
        account.effects[found.name] += 1
        found.values |= (asked.json() or {})["properties"]
    return Reply(200, _shown(found, False))


def _archive(account: Account, number: str) -> Reply:
    found = account.find("id", number)
    if found:
        account.told[found.name] += 1
        account.effects[found.name] += 1
        found.state = ARCHIVED
    return Reply(204)


def _read(account: Account, asked: Asked) -> Reply:
    said = asked.json() or {}
    scheme, archived = said.get("idProperty", "id"), asked.query.get("archived") == "true"
    wanted = ARCHIVED if archived else PRESENT
    names = [one["id"] for one in said.get("inputs", [])]
    found = [account.find(scheme, name) for name in names]
    results = [_shown(one, archived) for one in found if one and one.state == wanted]
    missing = [n for n, one in zip(names, found, strict=True) if not one or one.state != wanted]
    if not missing:
        return Reply(200, {"status": "COMPLETE", "results": results})
    errors = [{"status": "error", "category": "OBJECT_NOT_FOUND", "context": {"ids": missing}}]
    told = {"status": "COMPLETE", "results": results, "numErrors": 1, "errors": errors}
    return Reply(207, told)


def _search(account: Account, asked: Asked) -> Reply:
    groups = (asked.json() or {}).get("filterGroups", [])
    one = groups[0]["filters"][0]
    found = account.find(one["propertyName"], one["value"])
    results = [_shown(found, False)] if found and found.state == PRESENT else []
    return Reply(200, {"total": len(results), "results": results})


def _shown(record: Record, archived: bool) -> dict[str, object]:
    held = {"email": record.ids.get("email", ""), "hs_object_id": record.name} | record.values
    return {"id": record.name, "properties": held, "archived": archived}
