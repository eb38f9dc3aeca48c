"""The published document against the code: whatever it allows is answered as it says."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.places import BASE_DIR
from tests.portal.world import OFFERS

pytestmark = [
    pytest.mark.slow, pytest.mark.django_db, pytest.mark.req("INT-04"),
    # Lists in other forms than JSON are tried in the tests of audiences.
    pytest.mark.filterwarnings("ignore:Skipped test cases with unsupported payload"),
]  # fmt: skip
BRIEF = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
LONG = settings(BRIEF, max_examples=60)
PLAIN = {"purpose": OFFERS, "method": "button"}
NAMES = ("subject", "subject_id", "event_id", "cursor", "notice")


@pytest.fixture(autouse=True)
def _one_connection(db):
    """No request may end the connection of this test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def real(asha, lotus):
    """Ids that exist, by the names of parameters and members that take them."""
    line = lotus.yes(asha)
    return dict(zip(NAMES, (asha.id, asha.id, line.id, line.id, lotus.notice.id), strict=True))


STATED = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_headers_conformance, response_schema_conformance,
]  # fmt: skip
"""The checks that hold whatever was put in the place of a generated value."""

RULES = {
    "positive_data_acceptance": {"expected-statuses": ["2xx", "304", "403", "404", "409", "422"]}
}


def document(**phases):
    config = SchemathesisConfig.from_dict({"checks": RULES, "phases": phases})
    found = schemathesis.openapi.from_path(BASE_DIR / "docs" / "openapi.yaml", config=config)
    found.app = get_wsgi_application()
    return found


contract = document()
# Besides what is generated, every limit in the document is tried, which is most of the time.
without_limits = document(coverage={"enabled": False})


# No form can say that a parent is named only for a parent's yes, or what a list of ids looks like:
# of bodies that fit the form some are refused, so that alone is not asked of POSTs and PUTs; nor
# of what a consent manager signs, because no form makes a signature.
def sent(case, api):
    is_signed = case.operation.path.startswith("/api/v1/consent-manager/")
    is_refusable = is_signed or case.method in {"POST", "PUT"}
    case.call_and_validate(
        headers={"Authorization": f"Bearer {api.key}"},
        excluded_checks=[positive_data_acceptance] if is_refusable else [],
    )


@contract.parametrize()
@BRIEF
def test_whatever_is_sent_is_answered_as_documented(case, api):
    sent(case, api)


@pytest.mark.soak
@contract.parametrize()
@LONG
def test_whatever_else_is_sent_is_too(case, api):
    sent(case, api)


def sent_of_somebody(case, api, real):
    for part in (case.path_parameters, case.query, case.body):
        if isinstance(part, dict):
            part.update({name: str(real[name]) for name in set(part) & set(NAMES)})
            part.update({name: plain for name, plain in PLAIN.items() if name in part})

    response = case.call(headers={"Authorization": f"Bearer {api.key}"})

    case.validate_response(response, checks=STATED)


@without_limits.parametrize()
@BRIEF
def test_what_names_somebody_is_answered_as_documented(case, api, real):
    sent_of_somebody(case, api, real)


@pytest.mark.soak
@contract.parametrize()
@LONG
def test_whatever_else_names_somebody_is_too(case, api, real):
    sent_of_somebody(case, api, real)


def test_the_document_is_public_and_names_nobody(client, lotus):
    response = client.get("/api/v1/schema")

    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("application/vnd.oai.openapi")
    assert b"openapi: 3.1.0" in response.content
    assert client.post("/api/v1/schema").status_code == 405
