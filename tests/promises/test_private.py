"""P10: after a day's traffic, nobody's address, number, name or secret is in logs or messages."""

import base64
import json
import re
import tempfile
from pathlib import Path

import pytest
import redis
from django.core import mail

from config.places import Places
from config.run.valkey import Valkey
from subjects import services as subjects
from tests.factories.company import AUTHOR, EVALUATION, EVALUATIONS, OFFERS
from tests.factories.server import serving
from work import services as work

EMAIL, OTHER = "asha.rao@example.in", "ravi.kumar+offers@example.in"
PHONE, NAME, CRM = "+919812345678", "Ashalata Raomeister", "CRM-ASHA-0042"
LINK = re.compile(r"/privacy/sign-in/(\S+)")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture
def broker():
    """A Valkey of this test's own, so that what is in it came from this traffic."""
    with tempfile.TemporaryDirectory() as folder:
        found = Valkey(Places(data=Path(folder), sockets=Path(folder)))
        found.places.valkey.mkdir()
        found.start()
        yield found.places.valkey_socket
        found.stop()


@pytest.fixture(params=["0", "1"], ids=["console", "json"])
def site(request, test_database, broker, tmp_path):
    more = {"SAMMATI_JSON_LOGS": request.param, "REDIS_URL": f"redis+socket://{broker}"}
    with serving(test_database.environment(), tmp_path / "log", **more) as found:
        yield found


@pytest.fixture
def day(lotus, asha, site, capfd):
    """What people and services do, well and badly; gives the answers to the bad."""
    subjects.add_identifier(by=AUTHOR, subject=asha, scheme="phone", value=PHONE)
    subjects.add_identifier(by=AUTHOR, subject=asha, scheme="crm", value=CRM)
    mail.outbox.clear()
    with site.client(follow_redirects=False) as http:
        errors = [*decisions(http, lotus), *management(http, lotus), *portal(http, lotus)]
        errors += sign_in(http)
    return errors


def decisions(http, lotus):
    for body in (lotus.by_email(EMAIL), {**lotus.question(), "resource": by("phone", PHONE)}):
        assert http.post(EVALUATION, json=body, headers=lotus.headers).json()["decision"] is True
    bad = [
        {**lotus.by_email(EMAIL), "action": EMAIL}, {"subject": {PHONE: EMAIL}},
        {**lotus.by_email(EMAIL), "subject": {"type": EMAIL, "id": [PHONE]}},
    ]  # fmt: skip
    for path in (EVALUATION, f"{EVALUATION}?email={EMAIL}", f"/access/v1/{EMAIL}", EVALUATIONS):
        for body in bad:
            yield http.post(path, json=body, headers=lotus.headers)
            yield http.post(path, json=body, headers={"Authorization": f"Bearer {lotus.secret}x"})
    yield http.post(EVALUATION, content=EMAIL.encode(), headers={**lotus.headers, **JSON})
    strange = {**lotus.headers, "X-Request-ID": EMAIL, "User-Agent": NAME}
    yield http.post(EVALUATION, content=b"{", headers={**strange, **JSON})


JSON = {"Content-Type": "application/json"}


def by(scheme, value):
    return {"type": "customer", "id": value, "properties": {"scheme": scheme}}


def management(http, lotus):
    """Consents by the management API, told and mistold."""
    good = {"subject": EMAIL, "scheme": "email", "purpose": OFFERS, "method": "phone"}
    answer = http.post(
        "/api/v1/consents/withdraw", json=good, headers={**lotus.headers, "Idempotency-Key": "k1"}
    )
    assert answer.status_code in {200, 201}, answer.text
    faults = [
        {"scheme": "phone", "subject": EMAIL}, {"subject": OTHER}, {"purpose": EMAIL},
        {"method": NAME}, {"evidence": {"ip": PHONE}}, {EMAIL: PHONE}, {"subject": [EMAIL]},
    ]  # fmt: skip
    for number, fault in enumerate(faults):
        key = {"Idempotency-Key": f"fault-{number}"}
        yield http.post(
            "/api/v1/consents", json={**good, **fault}, headers={**lotus.headers, **key}
        )
    yield http.get(f"/api/v1/{EMAIL}?phone={PHONE}", headers=lotus.headers)


def portal(http, lotus):
    """Links asked for by somebody known, somebody unknown, and somebody who cannot type."""
    form = http.get(f"/privacy/{lotus.controller.slug}/sign-in/")
    secret = {"csrfmiddlewaretoken": TOKEN.search(form.text)[1]}
    for address in (EMAIL, OTHER):
        answer = post(http, form.url.path, {**secret, "email": address})
        assert answer.status_code == 303
    yield http.get(f"/privacy/{EMAIL}/")
    yield http.get(f"/privacy/sign-in/{PHONE}")
    yield http.get(f"/privacy/{lotus.controller.slug}/?name={NAME}&email={EMAIL}&next=/{PHONE}")
    yield post(http, form.url.path, {"email": EMAIL})  # without the secret: 403


def post(http, path, fields):
    origin = str(http.base_url).rstrip("/")
    return http.post(path, data=fields, headers={"Origin": origin})


def sign_in(http):
    """The job that writes the letter runs here; its link is used, and used again."""
    while work.run_available(worker="p10"):
        pass
    assert len(mail.outbox) == 1
    token = LINK.search(mail.outbox[0].body)[1]
    secret = {"csrfmiddlewaretoken": TOKEN.search(http.get(f"/privacy/sign-in/{token}").text)[1]}
    assert post(http, f"/privacy/sign-in/{token}", secret).status_code == 303
    assert EMAIL not in http.get("/privacy/choices/").text
    yield http.get(f"/privacy/sign-in/{token}x")


def secrets(lotus):
    token = LINK.search(mail.outbox[0].body)[1]
    return [
        EMAIL, OTHER, PHONE, PHONE[1:], NAME, CRM, lotus.secret, lotus.secret.split("_", 2)[2],
        token, "asha.rao", "ravi.kumar",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.req("INT-01", "INT-04")
def test_nothing_personal_leaks(day, lotus, site, broker, capfd):
    with redis.Redis(unix_socket_path=str(broker)) as valkey:
        messages = everything(valkey)
    places = {
        "the server's log": site.log.read_text(), "the job's log": "".join(capfd.readouterr()),
        "the broker": messages,
    }  # fmt: skip

    assert "request_finished" in places["the server's log"]
    assert "sammati" in messages  # the doorbell's queue: a job was rung for
    for name, text in places.items():
        found = [secret for secret in secrets(lotus) if secret.lower() in text.lower()]
        assert found == [], name
    faults = [answer for answer in day if "json" in answer.headers["content-type"]]
    assert len(faults) > 30
    for answer in faults:
        assert answer.status_code >= 400, answer.request.url
        assert not [secret for secret in secrets(lotus) if secret in answer.text], answer.text


def everything(valkey):
    """All that is in the broker, decoded where it is encoded."""
    found = []
    for key in valkey.scan_iter():
        found += [key.decode(), content(valkey, key)]
    return "\n".join(found)


def content(valkey, key):
    kind = valkey.type(key)
    if kind == b"list":
        return "\n".join(message(item) for item in valkey.lrange(key, 0, -1))
    if kind == b"hash":
        return repr(valkey.hgetall(key))
    if kind in {b"set", b"zset"}:
        return repr(list(valkey.sscan_iter(key) if kind == b"set" else valkey.zscan_iter(key)))
    return repr(valkey.get(key))


def message(item):
    text = item.decode(errors="replace")
    try:
        body = base64.b64decode(json.loads(text)["body"]).decode(errors="replace")
    except (ValueError, KeyError, TypeError):
        body = ""
    return text + body
