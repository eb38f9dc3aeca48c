"""Users of Braze: up to fifty at once; what it did not know it does not say."""

from tests.laboratory.accounts import PRESENT, SUPPRESSED, Account, Record
from tests.laboratory.wire import Asked, Reply

MOST = 50


def answer(account: Account, asked: Asked) -> Reply:
    if not asked.headers.get("authorization", "").startswith("Bearer "):
        return Reply(401, {"message": "Invalid API key"})
    match asked.method, asked.path:
        case "POST", ("users", "delete"):
            return _delete(account, asked)
        case "POST", ("users", "export", "ids"):
            return _export(account, asked)
        case "POST", ("users", "track"):
            return _track(account, asked)
    return Reply(404, {"message": "Not found"})


def _delete(account: Account, asked: Asked) -> Reply:
    said = asked.json() or {}
    scheme, names = "id", said.get("external_ids", [])
    if "email_addresses" in said:
        scheme, names = "email", [one["email"] for one in said["email_addresses"]]
        if not all(one.get("prioritization") for one in said["email_addresses"]):
            return Reply(400, {"message": "prioritization is required"})
    if not 1 <= len(names) <= MOST:
        return Reply(400, {"message": "external_ids must hold 1 to 50 ids"})
    found = [one for name in names if (one := account.find(scheme, name))]
    account.erase(found)
    return Reply(200, {"deleted": len(found), "message": "success"})


def _track(account: Account, asked: Asked) -> Reply:
    rows = (asked.json() or {}).get("attributes", [])
    for one in rows:
        found = account.find("id", one["external_id"])
        if found and not account.mood.lies:
            account.effects[found.name] += 1
            found.restricted = one["email_subscribe"] == "unsubscribed"
    return Reply(201, {"message": "success", "attributes_processed": len(rows)})


def _export(account: Account, asked: Asked) -> Reply:
    said = asked.json() or {}
    if "email_address" in said:
        one = account.find("email", said["email_address"])
        seen = [_shown(one)] if one and one.state in {PRESENT, SUPPRESSED} else []
        return Reply(200, {"message": "success", "users": seen})
    names = said.get("external_ids", [])
    if not 1 <= len(names) <= MOST:
        return Reply(400, {"message": "external_ids must hold 1 to 50 ids"})
    found = [(name, account.find("id", name)) for name in names]
    users = [_shown(one) for _, one in found if one and one.state in {PRESENT, SUPPRESSED}]
    missing = [name for name, one in found if not one]
    said = {"message": "success", "users": users}
    return Reply(200, said | ({"invalid_user_ids": missing} if missing else {}))


def _shown(record: Record) -> dict[str, str]:
    state = "unsubscribed" if record.restricted else "subscribed"
    return {"external_id": record.name, "email_subscribe": state}
