"""Connectors of processors that speak OpenDSR, on the laboratory."""

from typing import Any

import httpx
import pytest

from registry.connectors.contract import Act
from registry.connectors.opendsr import OpenDsrConnector, read
from tests.conformance.worlds.vendors import SECRET, LabWorld
from tests.laboratory.using import Laboratory

CALLBACK = "https://sammati.example/api/v1/callbacks/opendsr/1"


UNSIGNED = {"error_body": (Act.REFUSED, "domain_wrong")}
"""Whatever is not signed is not theirs: an officer looks who answers there."""
LOOK = {
    "path": ["people", "find"], "body": {"email": "{email}"},
    "rules": {
        "present": [{"at": "/people/0", "is": ["present"]}],
        "archived": [{"at": "/people/0", "is": ["archived"]}],
        "suppressed": [{"at": "/people/0", "is": ["suppressed"]}],
        "absent": [{"at": "/count", "is": [0]}],
    },
}  # fmt: skip


@pytest.fixture
def opendsr_world(laboratory: Laboratory) -> LabWorld:
    return _processor(laboratory)


@pytest.fixture
def opendsr_looked_world(laboratory: Laboratory) -> LabWorld:
    """One that has a way of its own to look."""
    return _processor(laboratory, probe={"erase": LOOK})


def _processor(laboratory: Laboratory, **more: Any) -> LabWorld:
    account = laboratory.account("opendsr")
    account.mood(later_seconds=0.1)
    certificate = httpx.get(f"{account.url}/certificate.pem").text

    def make(url: str) -> OpenDsrConnector:
        settings = {
            "url": url, "domain": "processor.example", "certificate": certificate,
            "identities": {"email": "email", "crm": "controller_customer_id"}, "auth": "bearer",
            **more,
        }  # fmt: skip
        return OpenDsrConnector(read(settings), SECRET, CALLBACK)

    return LabWorld(account, make, delay_seconds=0.2, otherwise=dict(UNSIGNED))
