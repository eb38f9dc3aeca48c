"""Users of Amplitude: put into the job of a day that runs later; found by an id's beginning."""

from tests.laboratory.accounts import PRESENT, SUPPRESSED, Account
from tests.laboratory.wire import Asked, Reply

MOST = 100
FIRST_DAY = "2026-12-0"


def answer(account: Account, asked: Asked) -> Reply:
    if not asked.headers.get("authorization", "").startswith("Basic "):
        return Reply(401, {"error": {"http_code": 401, "type": "invalid_api_key"}})
    match asked.method, asked.path:
        case "POST", ("api", "2", "deletions", "users"):
            return _delete(account, asked)
        case "GET", ("api", "2", "deletions", "users"):
            return _jobs(account, asked.query["start_day"])
        case "GET", ("api", "2", "usersearch"):
            return _search(account, asked.query["user"])
    return Reply(404, {"error": {"http_code": 404, "type": "not_found"}})


def _delete(account: Account, asked: Asked) -> Reply:
    said = asked.json() or {}
    names = said.get("user_ids", [])
    found = [one for name in names if (one := account.find("id", name))]
    is_valid = len(found) == len(names) or said.get("ignore_invalid_id") == "true"
    if not 1 <= len(names) <= MOST or not is_valid:
        return Reply(400, {"error": {"http_code": 400, "type": "invalid_id"}})
    days = account.extra.setdefault("days", {})
    day = f"{FIRST_DAY}{len(days) + 1}"
    days[day] = account.erase(found)
    return Reply(200, {"day": day, "status": "staging", "amplitude_ids": []})


def _jobs(account: Account, day: str) -> Reply:
    account.settle()
    days = account.extra.get("days", {})
    if day not in days:
        return Reply(200, [])
    job = account.jobs.get(days[day])
    status = "done" if job is None or job.is_done else "submitted"
    return Reply(200, [{"day": day, "status": status, "amplitude_ids": []}])


def _search(account: Account, text: str) -> Reply:
    account.settle()
    seen = {PRESENT, SUPPRESSED}
    names = [n for n, one in account.people.items() if n.startswith(text) and one.state in seen]
    matches = [{"user_id": name, "amplitude_id": 1} for name in names]
    return Reply(200, {"matches": matches, "type": "match_user_or_device_id"})
