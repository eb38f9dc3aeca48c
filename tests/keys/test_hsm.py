"""Keys in a PKCS#11 token: SoftHSM, where it is installed or SOFTHSM2_MODULE names it."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from config.places import BASE_DIR
from keys import keyfile, rewrapping, services
from keys.errors import KeyUnavailableError, UnsealError
from subjects import rewrap, selectors
from tests.subjects import people

pytest.importorskip("pkcs11")

MODULES = [
    os.environ.get("SOFTHSM2_MODULE", ""),
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
]
MODULE = next((one for one in MODULES if one and Path(one).exists()), "")
UTIL = os.environ.get("SOFTHSM2_UTIL") or shutil.which("softhsm2-util") or ""
PIN = "token-pin-4711"
ONE = UUID("01900000-0000-7000-8000-000000000001")
KEY = bytes(range(32))

pytestmark = [
    pytest.mark.skipif(not (MODULE and UTIL), reason="there is no SoftHSM here"),
    pytest.mark.slow,
]


@pytest.fixture
def token(tmp_path, settings, monkeypatch):
    """An empty token of this test's own, and how to start what speaks to it."""
    (tmp_path / "tokens").mkdir()
    configuration = tmp_path / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tmp_path}/tokens\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    monkeypatch.setenv("SAMMATI_HSM_PIN", PIN)
    monkeypatch.setenv("PYTHONPATH", str(BASE_DIR))
    subprocess.run(
        [UTIL, "--module", MODULE, "--init-token", "--free", "--label", "sammati", "--pin", PIN,
         "--so-pin", "5678"], check=True, capture_output=True,
    )  # fmt: skip
    yield [sys.executable, "-m", "keys.hsm", "--module", MODULE, "--token", "sammati"]
    services.forget()


@pytest.fixture
def used(token, settings):
    """The suite's keys are in the token, once this is called with how they get there."""

    def use(*how):
        done = subprocess.run([*token, *how], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        settings.KEYS_COMMAND = shlex.join(token)
        services.forget()
        return done.stdout

    return use


class TestKeysMadeInTheToken:
    def test_do_all_that_keys_are_asked_for(self, used):
        assert used("--make") == "3 keys are in the token.\n"

        wrapped = services.wrap(KEY, context=ONE.bytes)
        signature = services.sign(b"data")

        assert services.unwrap(*wrapped, context=ONE.bytes) == KEY
        assert services.verify(b"data", signature)
        assert not services.verify(b"date", signature)
        digests = {
            services.lookup_digest(controller_id=one, scheme="email", value="a")
            for one in (ONE, UUID(int=7))
            for _ in range(2)
        }
        assert len(digests) == 2

    def test_open_nothing_changed_and_nothing_in_another_context(self, used):
        used("--make")
        version, blob = services.wrap(KEY, context=b"c")

        for bad in (
            blob[:-1],
            blob[:20],
            b"",
            b"\x02" + blob[1:],
            blob[:-1] + bytes([blob[-1] ^ 1]),
        ):
            with pytest.raises(UnsealError):
                services.unwrap(version, bad, context=b"c")
        with pytest.raises(UnsealError):
            services.unwrap(version, blob, context=b"another")
        with pytest.raises(KeyUnavailableError):
            services.unwrap(9, blob, context=b"c")

        assert services.unwrap(version, blob, context=b"c") == KEY

    def test_are_not_told_by_the_token(self, used, token, tmp_path):
        """Nobody gets a key out of it, us included."""
        used("--make")
        import pkcs11

        session = pkcs11.lib(MODULE).get_token(token_label="sammati").open(user_pin=PIN)
        kept = [
            one
            for kind in (pkcs11.ObjectClass.SECRET_KEY, pkcs11.ObjectClass.PRIVATE_KEY)
            for one in session.get_objects({pkcs11.Attribute.CLASS: kind})
        ]

        assert len(kept) == 3
        for one in kept:
            with pytest.raises(pkcs11.exceptions.AttributeSensitive):
                one[pkcs11.Attribute.VALUE]

    def test_are_made_once(self, used, token):
        used("--make")

        again = subprocess.run([*token, "--make"], capture_output=True, text=True, check=False)

        assert again.returncode == 1
        assert "has keys already" in again.stderr

    @pytest.mark.parametrize("purpose", ["wrapping", "lookup", "signing"])
    def test_get_a_new_version_and_the_old_one_stays(self, used, unregistered, purpose):
        used("--make")
        old, signature = services.wrap(KEY, context=b"c"), services.sign(b"data")

        assert services.rotate(purpose) == 2

        assert services.current_provider().active_version(purpose) == 2
        assert services.unwrap(*old, context=b"c") == KEY
        assert services.verify(b"data", signature)

    def test_the_wrong_pin_is_no_key_and_is_not_repeated(self, used, token, monkeypatch, capfd):
        used("--make")
        monkeypatch.setenv("SAMMATI_HSM_PIN", "wrong-pin-0815")
        services.forget()

        with pytest.raises(KeyUnavailableError):
            services.wrap(KEY, context=b"c")

        assert "0815" not in "".join(capfd.readouterr())

    def test_the_pin_can_come_from_a_file(self, used, token, monkeypatch, tmp_path):
        (tmp_path / "pin").write_text(f"{PIN}\n")
        monkeypatch.delenv("SAMMATI_HSM_PIN")
        monkeypatch.setenv("SAMMATI_HSM_PIN_FILE", str(tmp_path / "pin"))

        assert used("--make")
        assert services.wrap(KEY, context=b"c").version == 1


class TestKeysBroughtIn:
    def test_are_the_files_keys_in_every_respect(self, used, own_keys):
        keyfile.add_version(own_keys, "signing")
        services.forget()
        before, wrapped = facts(), services.wrap(KEY, context=b"c")

        assert used("--import", str(own_keys)) == "4 keys are in the token.\n"

        assert facts() == before
        assert services.unwrap(*wrapped, context=b"c") == KEY

    @pytest.mark.django_db
    def test_let_everybody_be_found_and_read_and_then_be_wrapped_by_a_key_nobody_has_seen(
        self, used, key_copy
    ):
        lotus = people.controller("lotus", "IN")
        asha = people.add(lotus, ("email", people.EMAIL))

        used("--import", str(key_copy))
        key_copy.unlink()

        services.register_versions()  # the same keys: no other database's
        assert selectors.find(lotus.id, "email", people.EMAIL) == asha
        assert selectors.reveal(asha)[0].text == people.EMAIL
        rotation = rewrap.rotate(by=people.BY)
        assert [one.moved for one in rewrap.moving(rotation.version)] == [1]
        assert rewrapping.in_use() == {2: 1}
        assert selectors.reveal(asha)[0].text == people.EMAIL

    def test_are_not_mixed_with_others(self, used, token, own_keys):
        used("--make")

        command = [*token, "--import", str(own_keys)]
        again = subprocess.run(command, capture_output=True, text=True, check=False)

        assert again.returncode == 1


def facts():
    """What depends on the keys and is the same each time."""
    return {
        "digest": services.lookup_digest(controller_id=ONE, scheme="email", value="a"),
        "derived": services.derived_key(use="test", owner=b"o"),
        "versions": services.current_provider().versions(),
        "public": services.public_keys(),
        "signature": services.sign(b"data"),
    }
