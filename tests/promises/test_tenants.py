"""P9 at the decision point: with another company's key, nobody of ours is found, by any door."""

import itertools
import json

import pytest

from accounts import services as accounts
from consent.models import ConsentEvent, ConsentState
from tests.factories.company import AUTHOR, EVALUATION, EVALUATIONS, OFFERS, company

EMAIL = "asha.rao@example.in"
ORDER = "ORDER-4711"


@pytest.fixture
def rival(transactional_db):
    """Another company, with the same codes and a purpose of its own."""
    return company("rival", name="Rival Stores")


@pytest.fixture
def secrets(lotus, asha):
    """What only we may know of the person."""
    lotus.promises(asha, ORDER)
    state, event = ConsentState.objects.get(subject=asha), ConsentEvent.objects.get(subject=asha)
    return [str(one) for one in (asha.pseudonym, state.id, event.id, lotus.notice.id, lotus.id)]


def ways(lotus, asha):
    """Every way to name the person, in every spelling of their company that the message allows."""
    subjects = [
        {"type": "service", "id": one}
        for one in ("mailer", str(lotus.service.id), "lotus/mailer", str(lotus.id))
    ]
    resources = [
        {"type": "customer", "id": str(asha.id)},
        {"type": "customer", "id": str(asha.id).upper()},
        {"type": "customer", "id": asha.id.hex},
        {"type": "customer", "id": EMAIL, "properties": {"scheme": "email"}},
        {"type": "customer", "id": str(asha.pseudonym)},
        {"type": "customer", "id": str(asha.id), "properties": {"controller": str(lotus.id)}},
    ]
    purposes = [
        {"purpose": OFFERS},
        {"purpose": "only.ours"},
        {"purpose": OFFERS, "commitment": ORDER},
    ]
    for subject, resource, properties in itertools.product(subjects, resources, purposes):
        action = {"name": "activate", "properties": properties}
        context = {"controller": str(lotus.id), "controller_id": str(lotus.id)}
        yield {"subject": subject, "action": action, "resource": resource, "context": context}


@pytest.mark.req("POL-21")
def test_with_another_companys_key_nothing_of_ours_is_permitted_or_told(
    lotus, asha, secrets, rival, site, superuser
):
    lotus.purpose("only.ours")
    accounts.change_service(
        by=AUTHOR, service=rival.service, is_active=True, purposes=[OFFERS, "only.ours"]
    )
    questions = list(ways(lotus, asha))

    with site.client() as http:
        single = [http.post(EVALUATION, json=q, headers=rival.headers) for q in questions]
        batch = http.post(EVALUATIONS, json={"evaluations": questions}, headers=rival.headers)
        ours = http.post(EVALUATION, json=lotus.by_email(EMAIL), headers=lotus.headers)

    assert ours.json()["decision"] is True
    assert [answer.status_code for answer in single] == [200] * len(questions)
    for made in [*(answer.json() for answer in single), *batch.json()["evaluations"]]:
        assert made["decision"] is False
        assert made["context"]["packs"] == []
        told = json.dumps(made)
        assert not [secret for secret in [*secrets, EMAIL] if secret in told]
    query = "SELECT count(*) FROM audit_entryindex WHERE controller_id = %s AND subject_id = %s"
    assert superuser.execute(query, [rival.id, asha.id]).fetchone() == (0,)


@pytest.mark.req("POL-21")
def test_a_batch_of_two_companies_gives_each_its_own(lotus, asha, rival, site):
    """Calls that meet in one transaction do not meet otherwise."""
    ravi = rival.person(EMAIL)  # the same address, another person
    body = lotus.by_email(EMAIL)

    with site.client() as http:
        for _ in range(20):
            ours = http.post(EVALUATION, json=body, headers=lotus.headers).json()
            theirs = http.post(EVALUATION, json=body, headers=rival.headers).json()
            assert (ours["decision"], theirs["decision"]) == (True, False)
            assert theirs["context"]["reason_code"] == "CONSENT_MISSING"

    assert ravi.id != asha.id
