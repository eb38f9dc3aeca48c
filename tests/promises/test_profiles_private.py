"""P10: after a day of profiles, well and badly asked for, no value is in a log or message."""

import itertools
import tempfile
import uuid
from pathlib import Path

import pytest
import redis

from config.places import Places
from config.run.valkey import Valkey
from profiles.errors import CaseMalformedError
from registry.models import System
from tests.factories.company import OFFERS
from tests.factories.server import serving
from tests.promises.profiled import PLANTED, SECRETS, company, planted
from tests.promises.test_private import everything
from work import services as work

pytestmark = [pytest.mark.req("P10"), pytest.mark.django_db(transaction=True), pytest.mark.slow]

V1 = "/api/v1"
EMAIL, CRM = PLANTED["email"], "CRM-PLANTED-0042"
NEEDLES = (*SECRETS, CRM)
MOMENT = "2026-01-01T00:00:00Z"


@pytest.fixture
def broker():
    """A Valkey of this test's own, so that what is in it came from this traffic."""
    with tempfile.TemporaryDirectory() as folder:
        found = Valkey(Places(data=Path(folder), sockets=Path(folder)))
        found.places.valkey.mkdir()
        found.start()
        yield found.places.valkey_socket
        found.stop()


@pytest.fixture
def lotus(transactional_db):
    found = company()
    System.objects.filter(controller_id=found.id).update(service_id=found.company.service.id)
    return found


@pytest.fixture
def asha(lotus):
    return planted(lotus)


@pytest.fixture
def site(test_database, broker, tmp_path):
    exports = tmp_path / "exports"
    exports.mkdir(mode=0o700)
    more = {
        "SAMMATI_JSON_LOGS": "1", "REDIS_URL": f"redis+socket://{broker}",
        "SAMMATI_PROFILE_EXPORT_FOLDER": str(exports),
    }  # fmt: skip
    with serving(test_database.environment(), tmp_path / "log", **more) as found:
        yield found


def good(http, lotus, asha):
    """Whatever shows or takes in values, as it should be asked for."""
    record = {"values": PLANTED, "observed_at": MOMENT}
    yield http.get(f"{V1}/profiles/{asha.id}?purpose={OFFERS}")
    yield http.post(f"{V1}/profiles/list", json={"subjects": [str(asha.id)], "purpose": OFFERS})
    yield http.put(f"{V1}/profiles/{asha.id}/records/crm", json=record)
    yield http.post(f"{V1}/profiles/records", json={
        "source": "crm", "items": [{"subject": EMAIL, "scheme": "email", **record}],
    })  # fmt: skip


def bad(http, asha):
    """Values where they do not belong: in addresses, names, numbers, and of the wrong kind."""
    one = f"{V1}/profiles/{asha.id}"
    for secret in NEEDLES:
        yield http.get(f"{V1}/profiles/{secret}", params={"purpose": OFFERS})
        for name in ("purpose", "role", "unit", "relation", "case", "email"):
            yield http.get(one, params={"purpose": OFFERS, name: f"{secret} {EMAIL}"})
        yield http.post(f"{V1}/profiles/list", json={"subjects": [secret], "purpose": OFFERS})
        yield http.put(f"{one}/records/{uuid.uuid4().hex}", json=values({"income": secret}))
        for said in (
            {"income": f"{secret} rupees"}, {secret: 1}, {"born_on": secret + "x"},
            {"email": f"{secret}@"}, {"home": [secret]}, {"diagnosis": {"of": secret}},
        ):  # fmt: skip
            yield http.put(f"{one}/records/crm", json=values(said))
            yield http.post(f"{V1}/profiles/records", json={
                "source": "crm", "items": [{"subject": EMAIL, "scheme": "email", **values(said)}],
            })  # fmt: skip
        yield http.put(f"{one}/records/crm", json={**values({"income": 1}), "verified_by": secret})
        yield http.put(f"{one}/records/crm", content=secret.encode())
        yield http.post(f"{V1}/profiles/records", json={"source": secret, "items": secret})
        yield http.post(f"{V1}/disclosures", json={"key": secret, "described": EMAIL})
        yield http.get(f"{V1}/disclosures", params={"subject": secret})
        yield http.post(f"{V1}/profiles/exports", json={
            "subjects": [str(asha.id)], "purpose": OFFERS, "reason": f"For {EMAIL}, {secret}",
        })  # fmt: skip


def values(said):
    return {"values": said, "observed_at": MOMENT}


def headers(lotus, number):
    return {**lotus.company.headers, "Idempotency-Key": f"k-{number}"}


def test_nothing_of_a_profile_leaks(lotus, asha, site, broker, capfd, superuser):
    number = itertools.count()

    def sign(request):
        request.headers.update(headers(lotus, next(number)))

    with site.client(event_hooks={"request": [sign]}) as http:
        fine, faults = list(good(http, lotus, asha)), list(bad(http, asha))
    while work.run_available(worker="p10"):
        pass
    with redis.Redis(unix_socket_path=str(broker)) as valkey:
        messages = everything(valkey)

    assert [one.status_code for one in fine] == [200, 200, 200, 200]
    assert "845019" in fine[0].text
    log = site.log.read_text()
    assert log.count("request_finished") > 100
    for name, text in (("log", log), ("job's log", "".join(capfd.readouterr())),
                       ("broker", messages)):  # fmt: skip
        assert [one for one in NEEDLES if one.lower() in text.lower()] == [], name
    errors = [one for one in faults if one.status_code >= 400]
    assert len(errors) > 100
    for one in errors:
        assert one.status_code < 500, (one.request.url, one.text)
        assert [secret for secret in NEEDLES if secret in one.text] == [], one.text
    for table in ("audit_entryindex", "audit_payload", "work_job", "accounts_idempotencykey"):
        query = f"SELECT t::text FROM {table} t"
        text = " ".join(row for (row,) in superuser.execute(query).fetchall())
        hexed = [one.encode().hex() for one in NEEDLES]
        assert [one for one in (*NEEDLES, *hexed) if one in text] == [], table


@pytest.mark.parametrize("case", ["+919812345678", "asha.rao@example.in", "call 98 1234 5678"])
def test_what_looks_like_a_person_is_no_case(lotus, asha, case):
    """A case is kept in the log for good."""
    with pytest.raises(CaseMalformedError):
        lotus.reads(asha, case=case)
