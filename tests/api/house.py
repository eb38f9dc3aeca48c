"""A company, a service of it, and a caller with that service's key."""

import json

from django.test import Client

from accounts import services as accounts
from accounts.models import IdempotencyKey
from audit.models import EntryIndex
from consent.models import ConsentEvent, ConsentState
from subjects.models import Identifier, Subject
from tests.portal.world import AUTHOR, OFFERS, SURVEYS

V1 = "/api/v1"
MEMBERS = {"type", "title", "status", "detail", "code", "errors", "request_id"}
SECRETS = ("asha", "example.in", "CRM-20417", "ज़रूर", "99999")


class Api:
    """Calls as a service: `key` goes out with every request."""

    def __init__(self, key):
        self.key = key
        self.client = Client(raise_request_exception=False)

    def post(self, path, body=None, *, raw=None, kind="application/json", **headers):
        data = json.dumps(body).encode() if raw is None else raw
        return self.client.post(V1 + path, data, kind, headers=self._with(headers))

    def get(self, path, query=None, **headers):
        return self.client.get(V1 + path, query or {}, headers=self._with(headers))

    def _with(self, headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Authorization": f"Bearer {self.key}", **named} if self.key else named


def service(company, code="email-activator", purposes=(OFFERS, SURVEYS)):
    return accounts.create_service(
        by=AUTHOR, controller_id=company.id, code=code, name=code, purposes=list(purposes)
    )


def caller(company, **options):
    """A new service of the company, ready to call."""
    _, secret = accounts.issue_key(by=AUTHOR, service=service(company, **options))
    return Api(secret)


def problem(response, status, code):
    """Asserts the one form of refusals, and that nothing sent comes back."""
    assert (response.status_code, response.headers["Content-Type"]) == (
        status, "application/problem+json",
    ), response.content  # fmt: skip
    body = response.json()
    assert set(body) == MEMBERS
    assert (body["status"], body["code"]) == (status, code), body
    assert body["type"] == f"urn:sammati:problem:{code}"
    assert body["request_id"] == response.headers["X-Request-ID"]
    text = response.content.decode()
    assert not [secret for secret in SECRETS if secret in text]
    return body


def pointers(response):
    """(pointer, code) of each fault of a 400."""
    body = problem(response, 400, "invalid")
    return {(one["pointer"], one["code"]) for one in body["errors"]}


def everything():
    """What a refused request must leave as it was."""
    models = (ConsentEvent, ConsentState, EntryIndex, IdempotencyKey, Subject, Identifier)
    return {model.__name__: model.objects.count() for model in models}


def least(person, **more):
    return {"subject": str(person.id), "purpose": OFFERS, "method": "checkbox", **more}
