"""Entering connected systems: their settings, their secrets, their states."""

import pytest

from accounts import services as accounts
from audit.models import Payload
from keys import services as keys
from keys.errors import UnsealError
from registry import adapters, services_systems
from registry import services as registry
from registry.errors import ForeignPartyError, ForeignServiceError
from registry.errors_systems import (
    SystemSecretError,
    SystemSettingsError,
    SystemStateError,
    SystemUnavailableError,
)
from registry.models import System
from tests.registry.asked import answering, http
from tests.subjects.people import BY, controller

pytestmark = pytest.mark.django_db


@pytest.fixture
def lotus(db):
    return controller("lotus", "IN")


@pytest.fixture
def crm(settings):
    settings.SYSTEM_NETWORKS = ["127.0.0.0/8"]
    with answering() as found:
        yield found


def why(system):
    """Why it is not asked at all."""
    system.refresh_from_db()
    with pytest.raises(SystemUnavailableError) as refused:
        adapters.open_adapter(system)
    return refused.value.reason


class TestSettings:
    @pytest.mark.parametrize(
        ("change", "member"),
        [
            ({"identify_by": []}, "identify_by"),
            ({"identify_by": ["crm", "crm"]}, "identify_by"),
            ({"identify_by": ["passport"]}, "identify_by"),
            ({"identify_by": "crm"}, "identify_by"),
            ({"fields": {}}, "fields"),
            ({"fields": {"city": "city"}}, "fields"),
            ({"fields": {"the city": "/city"}}, "fields"),
            ({"fields": {"city": "/a~2b"}}, "fields"),
            ({"observed_at": "changed"}, "fields"),
            ({"auth": "magic"}, "auth"),
            ({"auth": "header"}, "header"),
            ({"header": "X-Key"}, "header"),
            ({"auth": "header", "header": "X Key: a"}, "header"),
            ({"url": 12}, "url"),
        ],
    )
    def test_what_does_not_fit_is_named(self, lotus, change, member):
        with pytest.raises(SystemSettingsError) as refused:
            http(lotus, "https://crm.example/people", settings=change)

        assert refused.value.field == f"settings.{member}"
        assert not System.objects.exists()

    def test_members_that_nobody_knows_and_those_of_a_system_that_is_not_asked(self, lotus):
        with pytest.raises(SystemSettingsError):
            http(lotus, "https://crm.example/people", settings={"verify": False})
        new = services_systems.NewSystem(
            code="feed", name="Feed", kind="pushed", settings={"url": "https://crm.example"}
        )
        with pytest.raises(SystemSettingsError):
            services_systems.record_system(by=BY, controller_id=lotus.id, new=new)

    def test_settings_that_went_bad_are_unavailable_and_no_error(self, lotus):
        system = http(lotus, "https://crm.example/people")
        System.objects.filter(pk=system.pk).update(settings={"url": "https://crm.example"})

        assert why(system) == "failed"

    @pytest.mark.parametrize("state", ["paused", "retired"])
    def test_one_that_is_not_in_use_is_not_asked(self, lotus, crm, state):
        system = http(lotus, crm.url())
        services_systems.set_state(by=BY, system=system, state=state)

        assert why(system) == "not_asked"
        assert crm.heard == []


class TestSecrets:
    def test_it_is_kept_wrapped_for_this_row_alone(self, lotus, superuser):
        one = http(lotus, "https://crm.example/people", secret="s3cret-QZX")
        other = http(lotus, "https://crm.example/people", code="other", secret="s3cret-QZX")

        assert b"QZX" not in bytes(one.sealed_secret)
        assert "QZX" not in repr(adapters.open_adapter(one))
        System.objects.filter(pk=other.pk).update(
            sealed_secret=one.sealed_secret, secret_version=one.secret_version
        )
        other.refresh_from_db()
        with pytest.raises(UnsealError):
            adapters.open_adapter(other)

    def test_it_does_not_follow_to_another_address(self, lotus):
        system = http(lotus, "https://crm.example/people", secret="s3cret")
        more = {"identify_by": ["crm"], "fields": {"city": "/city"}}

        same = services_systems.change_system(
            by=BY, system=system, settings={"url": "https://crm.example/people", **more}
        )
        assert same.sealed_secret is not None
        moved = services_systems.change_system(
            by=BY, system=system, settings={"url": "https://evil.example/people", **more}
        )

        assert moved.sealed_secret is None

    @pytest.mark.parametrize("secret", ["x" * 1001, "a\nb", "pässword"])
    def test_what_is_none(self, lotus, secret):
        with pytest.raises(SystemSecretError):
            http(lotus, "https://crm.example/people", secret=secret)

    def test_it_is_nowhere_on_the_log(self, lotus):
        system = http(lotus, "https://crm.example/people", secret="s3cret-QZX")
        services_systems.set_secret(by=BY, system=system, secret="other-QZX")

        bodies = b"".join(bytes(one) for one in Payload.objects.values_list("body", flat=True))
        assert b"system:recorded" in bodies
        assert b"QZX" not in bodies


class TestVerbs:
    def test_a_retired_system_stays_so_and_loses_its_secret(self, lotus):
        system = http(lotus, "https://crm.example/people", secret="s3cret")

        services_systems.set_state(by=BY, system=system, state="paused")
        services_systems.set_state(by=BY, system=system, state="active")
        retired = services_systems.set_state(by=BY, system=system, state="retired")

        assert retired.sealed_secret is None
        for state in ("active", "retired", "odd"):
            with pytest.raises(SystemStateError):
                services_systems.set_state(by=BY, system=system, state=state)

    @pytest.mark.req("P9")
    def test_anothers_service_and_party(self, lotus):
        tulip = controller("tulip", "NL")
        service = accounts.create_service(
            by=BY, controller_id=tulip.id, code="feed", name="Feed", purposes=[]
        )
        party = registry.record_party(
            by=BY, controller_id=tulip.id, code="post", name="Post", kind="internal", country="NL"
        )
        for error, given in (
            (ForeignServiceError, {"service_id": service.id}),
            (ForeignPartyError, {"party_id": party.id}),
        ):
            new = services_systems.NewSystem(code="feed", name="Feed", kind="pushed", **given)
            with pytest.raises(error):
                services_systems.record_system(by=BY, controller_id=lotus.id, new=new)

    def test_keys_of_the_installation_open_it(self, lotus):
        system = http(lotus, "https://crm.example/people", secret="s3cret")

        blob, version = bytes(system.sealed_secret), system.secret_version
        assert keys.unwrap(version, blob, context=system.id.bytes) == b"s3cret"
