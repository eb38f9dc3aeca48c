"""All accounts of the laboratory, the moods in front of them, and the control beside them.

`/{vendor}/{account}/...` is a vendor's interface; an account is made when it is first named.
`/_control/{vendor}/{account}`: GET counts; PUT `{"mood": {}, "extra": {}}` changes it (a mood is
changed where named); POST `{"people": [ids]}` or `{"numbered": n}` puts people in; DELETE empties
it.
"""

import asyncio
import json
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.laboratory.accounts import Account
from tests.laboratory.moods import Mood, falls
from tests.laboratory.vendors import VENDORS, opendsr
from tests.laboratory.wire import Asked, BrokenOffError, Reply

LOOKS_EVERY = 0.05
NEVER = 3600.0
INSIDE = "http://169.254.169.254/latest/meta-data"


@dataclass
class House:
    accounts: dict[tuple[str, str], Account] = field(default_factory=dict)
    sent: list[int] = field(default_factory=list)

    async def answer(self, asked: Asked) -> Reply:
        match asked.path:
            case ("_control", vendor, name) if vendor in VENDORS:
                return self._control(self._account(vendor, name), asked)
            case (vendor, name, *rest) if vendor in VENDORS:
                place = {"x-laboratory-place": f"{vendor}/{name}"}
                within = Asked(
                    asked.method, tuple(rest), asked.query, asked.headers | place, asked.body
                )
                return await _in_mood(self._account(vendor, name), within)
        return Reply(404, {"error": "no such vendor"})

    def _account(self, vendor: str, name: str) -> Account:
        return self.accounts.setdefault((vendor, name), Account(vendor, name))

    def _control(self, account: Account, asked: Asked) -> Reply:
        said = asked.json() or {}
        match asked.method:
            case "GET":
                return Reply(200, account.counted())
            case "PUT":
                try:
                    account.mood.change(said.get("mood", {}))
                except KeyError as error:
                    return Reply(422, {"error": f"no such mood: {error}"})
                account.extra |= said.get("extra", {})
                return Reply(200, {})
            case "POST":
                for one in said.get("people", []):
                    account.add(one)
                for number in range(said.get("numbered", 0)):
                    account.add({"id": f"p{number}", "email": f"p{number}@people.example"})
                return Reply(201, {"people": len(account.people)})
            case "DELETE":
                del self.accounts[account.vendor, account.name]
                return Reply(204)
        return Reply(405)

    async def look(self) -> None:
        """Send what callbacks are due, for ever."""
        while True:
            await asyncio.sleep(LOOKS_EVERY)
            for account in list(self.accounts.values()):
                if account.vendor == "opendsr":
                    for due in opendsr.due_callbacks(account):
                        account.extra.setdefault("callback_statuses", []).append(await post(*due))


async def _in_mood(account: Account, asked: Asked) -> Reply:
    mood = account.mood
    account.calls["all"] += 1
    count = account.calls["all"]
    await _wait(mood)
    refused = _refused(mood, count) or _stranger(account, asked)
    if refused is not None:
        account.calls[f"refused_{refused.status}"] += 1
        return refused
    reply = VENDORS[account.vendor](account, asked)
    if falls(mood.drop_every, count):
        account.calls["dropped"] += 1
        raise BrokenOffError
    if mood.garbles:
        return Reply(200, raw=b"<html>ok</html>", headers={"Content-Type": "text/html"})
    return reply


async def _wait(mood: Mood) -> None:
    if mood.dead:
        raise BrokenOffError
    if mood.hangs:
        await asyncio.sleep(NEVER)
    if mood.slow_seconds:
        await asyncio.sleep(mood.slow_seconds)


def _stranger(account: Account, asked: Asked) -> Reply | None:
    """An account that was told its secret (`extra`) takes no other."""
    secret = account.extra.get("secret", "")
    is_told = asked.headers.get("authorization", "") == f"Bearer {secret}"
    return None if is_told or not secret else Reply(401, {"message": "no such secret"})


def _refused(mood: Mood, count: int) -> Reply | None:
    if mood.expired:
        return Reply(401, {"message": "the credentials have expired", "errors": "expired"})
    if mood.redirects:
        return Reply(307, {}, {"Location": INSIDE})
    if falls(mood.limit_every, count):
        return Reply(429, {"message": "too many"}, {"Retry-After": mood.retry_after})
    if falls(mood.fail_every, count):
        return Reply(503, {"message": "try again"})
    if mood.error_body:
        failed = {"message": "internal failure", "ok": False, "error": "internal"}
        return Reply(200, failed | {"errors": [{"message": "internal failure"}]})
    return None


async def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Tell somebody at an address on loopback; the status they answer, 0 where nobody does."""
    parts = urlsplit(url)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
        f"{lines}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    try:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(head.encode() + body)
        first = await reader.readline()
        writer.close()
        return int(first.split()[1])
    except (OSError, IndexError, ValueError):
        return 0


def told(port: int) -> str:
    """What the process says when it listens."""
    return json.dumps({"port": port})
