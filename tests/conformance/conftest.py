import socket

import pytest

from tests.conformance.worlds.databases import (
    maria,
    mariadb,
    mariadb_world,
    postgres,
    postgres_world,
    valkey_world,
)
from tests.conformance.worlds.files import objects_world, s3
from tests.conformance.worlds.inside import manual_world, own_world
from tests.conformance.worlds.processors import opendsr_looked_world, opendsr_world
from tests.conformance.worlds.vendors import (
    amplitude_world,
    braze_world,
    http_batch_world,
    http_world,
    hubspot_world,
    mailchimp_world,
    segment_unify_world,
    segment_world,
    shopify_world,
)
from tests.laboratory.using import laboratory

__all__ = [
    "amplitude_world", "braze_world", "http_batch_world", "http_world", "hubspot_world",
    "laboratory", "mailchimp_world", "manual_world", "maria", "mariadb", "mariadb_world",
    "objects_world", "opendsr_looked_world", "opendsr_world", "own_world", "postgres",
    "postgres_world", "s3", "segment_unify_world", "segment_world", "shopify_world",
    "valkey_world",
]  # fmt: skip
WORLDS = [
    "amplitude", "braze", "hubspot", "mailchimp", "segment", "segment_unify", "shopify", "http",
    "http_batch", "opendsr", "opendsr_looked", "postgres", "mariadb", "valkey", "objects",
    "manual", "own",
]  # fmt: skip
"""Add a connector here, and its fixture above."""


@pytest.fixture(autouse=True)
def _this_machine_may_be_called(settings):
    settings.SYSTEM_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def inside(monkeypatch):
    """A name that a name server of somebody else's leads inside."""
    looked_up = socket.getaddrinfo

    def leads_inside(host, *more, **named):
        return looked_up("10.0.0.7" if host == "inside.example" else host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", leads_inside)


@pytest.fixture(params=WORLDS)
def world(request):
    return request.getfixturevalue(f"{request.param}_world")
