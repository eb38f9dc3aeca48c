import json
import time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import keyfile, provider, services
from keys.errors import KeyMismatchError, KeyUnavailableError, UnsealError
from keys.models import KeyVersion

ONE = UUID("01900000-0000-7000-8000-000000000001")
TWO = UUID("01900000-0000-7000-8000-000000000002")
KEY = bytes(range(32))


class TestSeal:
    @given(plaintext=st.binary(max_size=300), context=st.binary(max_size=40))
    def test_opens_to_what_was_sealed(self, plaintext, context):
        sealed = services.seal(KEY, plaintext, context=context)

        assert services.open_sealed(KEY, sealed, context=context) == plaintext

    def test_two_seals_of_the_same_are_different(self):
        first, second = (services.seal(KEY, b"same", context=b"c") for _ in range(2))

        assert first != second

    @given(place=st.integers(min_value=0, max_value=34), bit=st.integers(0, 7))
    def test_any_changed_bit_is_found(self, place, bit):
        sealed = bytearray(services.seal(KEY, b"plain", context=b"c"))
        sealed[place % len(sealed)] ^= 1 << bit

        with pytest.raises(UnsealError):
            services.open_sealed(KEY, bytes(sealed), context=b"c")

    @pytest.mark.parametrize("length", [0, 1, 12, 28])
    def test_cut_bytes_are_refused(self, length):
        sealed = services.seal(KEY, b"plain", context=b"c")

        with pytest.raises(UnsealError):
            services.open_sealed(KEY, sealed[:length], context=b"c")

    def test_another_context_or_key_does_not_open_it(self):
        sealed = services.seal(KEY, b"plain", context=b"one")

        with pytest.raises(UnsealError):
            services.open_sealed(KEY, sealed, context=b"two")
        with pytest.raises(UnsealError):
            services.open_sealed(services.new_data_key(), sealed, context=b"one")


class TestWrap:
    def test_unwraps_to_the_same_key_in_the_same_context_only(self, own_keys):
        data_key = services.new_data_key()

        wrapped = services.wrap(data_key, context=ONE.bytes)

        assert services.unwrap(*wrapped, context=ONE.bytes) == data_key
        with pytest.raises(UnsealError):
            services.unwrap(*wrapped, context=TWO.bytes)

    def test_what_was_sealed_cannot_pass_for_something_wrapped(self, own_keys):
        secret = keyfile.read(own_keys).keys["wrapping"][1]
        sealed = services.seal(secret, b"plain", context=b"c")

        with pytest.raises(UnsealError):
            services.unwrap(1, sealed, context=b"c")

    def test_an_unknown_version_says_to_restore_the_file(self, own_keys):
        with pytest.raises(KeyUnavailableError, match="restore"):
            services.unwrap(9, b"", context=b"c")

    def test_an_import_can_wrap_five_thousand_a_second(self, own_keys):
        services.wrap(KEY, context=b"warm")
        began = time.perf_counter()

        for _ in range(2000):
            services.wrap(services.new_data_key(), context=b"c")

        assert time.perf_counter() - began < 0.4


class TestLookupDigest:
    def test_is_stable_and_32_bytes(self, own_keys):
        digests = {
            services.lookup_digest(controller_id=ONE, scheme="email", value="a@example.invalid")
            for _ in range(3)
        }

        assert len(digests) == 1
        assert len(digests.pop()) == 32

    def test_differs_by_controller_scheme_value_and_version(self, registered_keys):
        services.rotate("lookup")
        digests = {
            services.lookup_digest(controller_id=c, scheme=s, value=v, version=n)
            for c in (ONE, TWO)
            for s in ("email", "phone")
            for v in ("a", "b")
            for n in (1, 2)
        }

        assert len(digests) == 16

    def test_scheme_and_value_cannot_run_into_each_other(self, own_keys):
        first = services.lookup_digest(controller_id=ONE, scheme="crm", value="1x")
        second = services.lookup_digest(controller_id=ONE, scheme="crm1", value="x")

        assert first != second

    def test_uses_the_active_version_unless_told(self, registered_keys):
        old = services.lookup_digest(controller_id=ONE, scheme="email", value="a")

        assert services.rotate("lookup") == services.lookup_version() == 2

        new = services.lookup_digest(controller_id=ONE, scheme="email", value="a")
        assert new != old
        again = services.lookup_digest(controller_id=ONE, scheme="email", value="a", version=1)
        assert again == old


class TestSign:
    def test_our_signature_verifies_and_a_changed_one_does_not(self, own_keys):
        signature = services.sign(b"data")

        assert services.verify(b"data", signature)
        assert not services.verify(b"date", signature)
        assert not services.verify(b"data", signature._replace(value=bytes(64)))
        assert not services.verify(b"data", signature._replace(key_id="0" * 32))

    def test_old_signatures_verify_after_a_rotation(self, registered_keys):
        old = services.sign(b"data")
        services.rotate("signing")

        assert services.verify(b"data", old)
        assert services.sign(b"data").version == 2
        assert [key.is_active for key in services.public_keys()] == [False, True]


class TestProvider:
    def test_no_configuration_is_refused_with_what_to_set(self, settings):
        settings.KEYS_FILE = ""

        with pytest.raises(KeyUnavailableError, match="SAMMATI_KEYS_FILE"):
            services.lookup_version()

    def test_keys_can_come_from_the_environment(self, settings, monkeypatch, unregistered):
        settings.KEYS_FILE = "nowhere"
        monkeypatch.setenv("SAMMATI_KEYS", keyfile.fresh().as_text())

        assert services.lookup_version() == 1

        with pytest.raises(KeyUnavailableError, match="environment"):
            services.rotate("lookup")
        services.forget()

    def test_a_rotation_by_another_process_is_seen(self, own_keys, monkeypatch):
        assert services.lookup_version() == 1
        keyfile.add_version(own_keys, "lookup")

        monkeypatch.setattr(provider, "RECHECK_SECONDS", 0)
        assert services.lookup_version() == 2

    def test_an_unknown_version_makes_it_look_at_once(self, own_keys):
        assert services.wrap(KEY, context=b"c").version == 1
        keyfile.add_version(own_keys, "wrapping")
        other = provider.FileProvider.from_path(own_keys)
        wrapped = other.wrap(KEY, context=b"c")

        assert wrapped.version == 2
        assert services.unwrap(*wrapped, context=b"c") == KEY

    @pytest.mark.req("P4")
    @pytest.mark.parametrize("harm", ["remove", "open", "garble"])
    def test_a_file_that_goes_bad_fails_closed_in_a_running_process(
        self, own_keys, monkeypatch, harm
    ):
        services.lookup_digest(controller_id=ONE, scheme="email", value="a")
        monkeypatch.setattr(provider, "RECHECK_SECONDS", 0)
        if harm == "remove":
            own_keys.unlink()
        elif harm == "open":
            own_keys.chmod(0o644)
        else:
            own_keys.write_text("{}")

        for _ in range(2):
            with pytest.raises(KeyUnavailableError):
                services.lookup_digest(controller_id=ONE, scheme="email", value="a")
            with pytest.raises(KeyUnavailableError):
                services.wrap(KEY, context=b"c")


class TestRotate:
    def test_refuses_a_purpose_that_does_not_exist(self, own_keys):
        with pytest.raises(ValueError, match="wrapping, lookup, signing"):
            services.rotate("other")

    def test_does_not_touch_a_file_of_another_database(self, registered_keys):
        registered_keys.unlink()
        services.ensure_key_file(registered_keys)
        before = registered_keys.read_bytes()

        with pytest.raises(KeyMismatchError):
            services.rotate("wrapping")

        assert registered_keys.read_bytes() == before

    def test_old_wrapped_keys_stay_readable(self, registered_keys):
        wrapped = services.wrap(KEY, context=b"c")

        assert services.rotate("wrapping") == 2

        assert services.unwrap(*wrapped, context=b"c") == KEY
        assert services.wrap(KEY, context=b"c").version == 2
        assert KeyVersion.objects.filter(purpose="wrapping").count() == 2


@pytest.mark.usefixtures("unregistered")
class TestRegisterVersions:
    def test_registers_each_key_once(self, own_keys):
        assert services.register_versions() == 3
        assert services.register_versions() == 0

    def test_refuses_another_file_and_registers_nothing_of_it(self, own_keys):
        services.register_versions()
        own_keys.unlink()
        services.ensure_key_file(own_keys)

        with pytest.raises(KeyMismatchError, match="does not belong"):
            services.register_versions()

        assert KeyVersion.objects.count() == 3

    def test_refuses_a_file_from_before_a_rotation(self, own_keys):
        backup = own_keys.read_bytes()
        services.rotate("wrapping")
        own_keys.write_bytes(backup)
        services.forget()

        with pytest.raises(KeyMismatchError):
            services.register_versions()

    def test_fingerprints_show_nothing_of_a_key(self, own_keys):
        services.register_versions()

        text = json.dumps(
            [key.hex() for k in keyfile.read(own_keys).keys.values() for key in k.values()]
        )
        assert not any(row.fingerprint in text for row in KeyVersion.objects.all())
