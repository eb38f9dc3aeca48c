import pytest
from django.core.exceptions import ImproperlyConfigured

from config import checks

STRONG = "x9" * 30


def ids(check):
    return [message.id for message in check(None)]


def production(settings):
    settings.PRODUCTION = True


class TestInDevelopment:
    def test_the_defaults_pass(self, settings):
        settings.PRODUCTION = False
        settings.DATABASE_IS_EMBEDDED = True
        settings.REDIS_URL = "redis+socket:///x"
        settings.ALLOWED_HOSTS = []
        settings.BASE_URL = "http://127.0.0.1"
        settings.EMAIL_BACKEND = "config.mail.MailboxBackend"
        settings.KEYS_FILE = ""

        assert [found for check in checks.ALL for found in check(None)] == []


class TestInProduction:
    def test_embedded_servers_are_refused(self, settings):
        production(settings)
        settings.DATABASE_IS_EMBEDDED = False
        settings.REDIS_URL = "rediss://valkey.internal"
        assert ids(checks.no_embedded_servers) == []

        settings.REDIS_URL = "redis+socket:///var/lib/valkey.sock"
        assert ids(checks.no_embedded_servers) == ["sammati.E001"]

        settings.REDIS_URL = "rediss://valkey.internal"
        settings.DATABASE_IS_EMBEDDED = True
        assert ids(checks.no_embedded_servers) == ["sammati.E001"]

    def test_a_weak_secret_is_refused(self, settings):
        production(settings)
        settings.SECRET_KEY = STRONG
        assert ids(checks.secret_key_is_strong) == []

        for weak in ("short", "development-only-" + "x" * 50):
            settings.SECRET_KEY = weak
            assert ids(checks.secret_key_is_strong) == ["sammati.E002"]

    def test_a_missing_secret_is_refused(self, monkeypatch):
        class NoSecret:
            PRODUCTION = True

            @property
            def SECRET_KEY(self):
                raise ImproperlyConfigured

        monkeypatch.setattr(checks, "settings", NoSecret())

        assert ids(checks.secret_key_is_strong) == ["sammati.E002"]

    def test_a_missing_keys_file_is_refused(self, settings, tmp_path, monkeypatch):
        production(settings)
        monkeypatch.delenv("SAMMATI_KEYS", raising=False)
        for missing in ("", str(tmp_path / "none"), str(tmp_path)):
            settings.KEYS_FILE = missing
            assert ids(checks.keys_file_exists) == ["sammati.E003"]

        settings.KEYS_FILE = str(tmp_path / "keys.json")
        (tmp_path / "keys.json").write_text("{}")
        assert ids(checks.keys_file_exists) == []

        settings.KEYS_FILE = ""
        monkeypatch.setenv("SAMMATI_KEYS", "{}")
        assert ids(checks.keys_file_exists) == []

    def test_hosts_must_be_named(self, settings):
        production(settings)
        settings.ALLOWED_HOSTS = ["privacy.example"]
        assert ids(checks.allowed_hosts_are_named) == []

        for hosts in ([], ["*"]):
            settings.ALLOWED_HOSTS = hosts
            assert ids(checks.allowed_hosts_are_named) == ["sammati.E004"]

    def test_development_mail_is_refused(self, settings):
        production(settings)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        assert ids(checks.mail_leaves_the_machine) == []

        settings.EMAIL_BACKEND = "config.mail.MailboxBackend"
        assert ids(checks.mail_leaves_the_machine) == ["sammati.E005"]

    def test_debug_is_refused(self, settings):
        production(settings)
        settings.DEBUG = False
        assert ids(checks.debug_is_off) == []

        settings.DEBUG = True
        assert ids(checks.debug_is_off) == ["sammati.E006"]

    def test_links_must_be_https(self, settings):
        production(settings)
        settings.BASE_URL = "https://privacy.example"
        assert ids(checks.base_url_is_https) == []

        settings.BASE_URL = "http://privacy.example"
        assert ids(checks.base_url_is_https) == ["sammati.E007"]


def test_a_keys_file_open_to_everybody_is_warned_about(settings, tmp_path):
    path = tmp_path / "keys.json"
    path.write_text("{}")
    settings.KEYS_FILE = str(path)

    path.chmod(0o600)
    assert ids(checks.keys_file_is_private) == []

    path.chmod(0o644)
    assert ids(checks.keys_file_is_private) == ["sammati.W001"]


@pytest.mark.req("AUD-06")
class TestRetention:
    def test_a_ceiling_below_the_floor_is_refused_and_the_law_named(self, settings):
        settings.AUDIT_RETENTION_DAYS = {"rc1": 2555, "rc2": 364, "rc3": 365}

        (found,) = checks.ceilings_are_above_floors(None)

        assert found.id == "sammati.E008"
        assert "rc2" in found.msg
        assert "r.8(3)" in found.msg

    def test_ceilings_at_the_floor_pass(self, settings):
        settings.AUDIT_RETENTION_DAYS = {"rc1": 2555, "rc2": 365, "rc3": 365}

        assert ids(checks.ceilings_are_above_floors) == []

    def test_production_without_the_login_is_warned(self, settings):
        production(settings)
        settings.DATABASE_RETENTION_URL = ""
        assert ids(checks.retention_can_happen) == ["sammati.W002"]

        settings.DATABASE_RETENTION_URL = "postgresql://sammati_retention@db/sammati"
        assert ids(checks.retention_can_happen) == []


def test_every_finding_says_what_to_do(settings, tmp_path):
    production(settings)
    settings.DATABASE_IS_EMBEDDED = True
    settings.SECRET_KEY = "short"
    settings.KEYS_FILE = ""
    settings.ALLOWED_HOSTS = []
    settings.EMAIL_BACKEND = "config.mail.MailboxBackend"
    settings.DEBUG = True
    settings.BASE_URL = "http://privacy.example"
    settings.DATABASE_RETENTION_URL = ""
    settings.AUDIT_RETENTION_DAYS = {"rc1": 1, "rc2": 1, "rc3": 1}

    found = [message for check in checks.ALL for message in check(None)]

    assert len(found) == 12
    assert all(message.hint for message in found)


@pytest.mark.req("CON-22")
def test_a_verifier_of_parents_that_does_not_load_is_named(settings):
    assert ids(checks.parents_can_be_verified) == []

    settings.PARENT_TOKEN_ISSUER = "consent.family.tokens.Nowhere"
    settings.PARENT_VERIFIERS = {"existing_details": "no.such.place", "virtual_token": "os.path"}
    assert ids(checks.parents_can_be_verified) == ["sammati.E009"] * 3
