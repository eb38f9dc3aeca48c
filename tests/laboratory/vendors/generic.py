"""A system with a plain interface of its own: many at once, or one at a time; keys honoured.

POST erase, correct, restrict, lift: `{"people": [{"key", "id", "email", "phone", "values"}]}`
answers `{"results": [{"key", "result": done|accepted|unknown|refused, "reference"}]}`.
POST status: `{"references": []}` answers `{"results": [{"reference", "result"}]}`.
POST probe: as erase, answers `{"results": [{"key", "finding"}]}`.
POST one/erase, one/status, one/probe: a person as `{"id"|"email"|"phone"}` and the key as header
Idempotency-Key; answers `{"ok", "result", "reference"}` (404: unknown) and `{"found": [states]}`.
"""

from typing import Any

from tests.laboratory.accounts import Account, Record
from tests.laboratory.wire import Asked, Reply

MOST = 500


def answer(account: Account, asked: Asked) -> Reply:  # noqa: PLR0911 (an address each)
    said = asked.json()
    if not isinstance(said, dict):
        return Reply(400, {"error": "malformed"})
    match asked.path:
        case ("erase" | "correct" | "restrict" | "lift" as verb,):
            return _many(account, verb, said)
        case ("status",):
            told = [{"reference": o, "result": _state(account, o)} for o in said["references"]]
            return Reply(200, {"results": told})
        case ("probe",):
            told = [{"key": o["key"], "finding": _finding(account, o)} for o in said["people"]]
            return Reply(200, {"results": told})
        case ("one", "erase" | "correct" | "restrict" | "lift" as verb):
            key = asked.headers.get("idempotency-key", "")
            one = _tell(account, verb, said | {"key": key})
            return Reply(404 if one["result"] == "unknown" else 200, {"ok": True} | one)
        case ("one", "status"):
            return Reply(200, {"ok": True, "result": _state(account, said["reference"])})
        case ("one", "probe"):
            state = _finding(account, said)
            return Reply(200, {"ok": True, "found": [] if state == "absent" else [state]})
    return Reply(404, {"error": "no_such_address"})


def _many(account: Account, verb: str, said: dict[str, Any]) -> Reply:
    if not 1 <= len(said.get("people", [])) <= MOST:
        return Reply(413, {"error": "too_many"})
    account.largest_batch = max(account.largest_batch, len(said["people"]))
    return Reply(200, {"results": [_tell(account, verb, one) for one in said["people"]]})


def _tell(account: Account, verb: str, one: dict[str, Any]) -> dict[str, Any]:
    key, found = one.get("key", ""), _found(account, one)
    account.asked[one.get("email") or one.get("id") or ""] += 1
    if key in account.keys and not account.mood.repeats_keys:
        account.keys[key] += 1
        return account.extra["answer of " + key]
    if found is None:
        return {"key": key, "result": "unknown"}
    told = {"key": key, "result": "done"}
    if verb == "erase":
        reference = account.erase([found], key)
        told |= {"result": "accepted", "reference": reference} if reference else {}
    else:
        _change(account, verb, found, one)
        account.keys[key] += 1
    account.extra["answer of " + key] = told
    return told


def _change(account: Account, verb: str, found: Record, one: dict[str, Any]) -> None:
    account.told[found.name] += 1
    if account.mood.lies:
        return
    account.effects[found.name] += 1
    found.values |= one.get("values", {})
    if verb != "correct":
        found.restricted = verb == "restrict"


def _state(account: Account, reference: str) -> str:
    account.settle()
    job = account.jobs.get(reference)
    if job is None:
        return "unknown"
    return "done" if job.is_done else "pending"


def _finding(account: Account, one: dict[str, Any]) -> str:
    found = _found(account, one)
    return found.state if found else "absent"


def _found(account: Account, one: dict[str, Any]) -> Record | None:
    tried = (
        account.find(scheme, one[scheme]) for scheme in ("id", "email", "phone") if one.get(scheme)
    )
    return next((found for found in tried if found), None)
