"""Keeps the suite's keys in a PKCS#11 token, for SAMMATI_KEYS_COMMAND (docs/keys.md).

    python -m keys.hsm --module /usr/lib/softhsm/libsofthsm2.so --token sammati

A process of its own: a token's library knows neither forks nor threads, and what it does wrong
cannot take the suite down. Needs `sammati[hsm]`. `--make` makes the first keys, `--import FILE`
brings in those of a key file, as they are: nothing needs to be wrapped or looked up anew.
"""

import argparse
import hmac
import os
import re
import secrets
import sys
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
import pkcs11
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, ObjectClass
from pkcs11.util.ec import encode_named_curve_parameters

from keys import keyfile, wire
from keys.errors import KeysError
from keys.provider import FORMAT, NONCE_BYTES, KeyRing, fingerprint_of_public

TAG_BYTES: Final = 16
ED25519: Final = encode_named_curve_parameters("1.3.101.112")
OCTETS: Final = b"\x04\x20"  # the ASN.1 head of 32 bytes, in which a token gives a public key
LABEL: Final = re.compile(r"sammati-(wrapping|lookup|signing)-([1-9][0-9]*)")
KEPT: Final = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
MACS: Final = {Attribute.SIGN: True, Attribute.VERIFY: True}
CRYPTS: Final = {Attribute.ENCRYPT: True, Attribute.DECRYPT: True}


class Token:
    """The keys in one token, by purpose and version. The newest of each is the active one."""

    def __init__(self, session: pkcs11.Session) -> None:
        self.session = session
        self.found: dict[str, dict[int, Any]] = {}
        self.public: dict[int, bytes] = {}
        self.refresh()

    def refresh(self) -> None:
        """Look again: another process may have made a key."""
        self.found = {purpose: {} for purpose in keyfile.PURPOSES}
        for kind in (ObjectClass.SECRET_KEY, ObjectClass.PRIVATE_KEY):
            for purpose, version, key in self._labelled(kind):
                self.found[purpose][version] = key
        self.public = {
            version: bytes(key[Attribute.EC_POINT])[-keyfile.KEY_BYTES :]
            for _, version, key in self._labelled(ObjectClass.PUBLIC_KEY)
        }

    def _labelled(self, kind: ObjectClass) -> list[tuple[str, int, Any]]:
        objects = list(self.session.get_objects({Attribute.CLASS: kind}))
        named = [(LABEL.fullmatch(one[Attribute.LABEL] or ""), one) for one in objects]
        return [(label[1], int(label[2]), one) for label, one in named if label]

    def active(self, purpose: str) -> int:
        return max(self.found[purpose])

    def key(self, purpose: str, version: int) -> Any:
        if version not in self.found[purpose]:
            self.refresh()
        return self.found[purpose][version]

    def fingerprint(self, purpose: str, version: int) -> str:
        """A token tells nothing of a secret key but the id that it was given with the key."""
        if purpose == "signing":
            return fingerprint_of_public(self.public[version])
        return bytes(self.found[purpose][version][Attribute.ID]).hex()

    def make(self, purpose: str) -> int:
        """A new key, made in the token and never outside it."""
        self.refresh()
        version = max(self.found[purpose], default=0) + 1
        named: dict[str, Any] = {
            "label": _label(purpose, version),
            "id": secrets.token_bytes(16),
            "store": True,
        }
        if purpose == "wrapping":
            self.session.generate_key(KeyType.AES, 256, template={**KEPT, **CRYPTS}, **named)
        elif purpose == "lookup":
            self.session.generate_key(
                KeyType.GENERIC_SECRET, 256, mechanism=Mechanism.GENERIC_SECRET_KEY_GEN,
                template={**KEPT, **MACS}, **named,
            )  # fmt: skip
        else:
            parameters = {Attribute.EC_PARAMS: ED25519}
            self.session.create_domain_parameters(
                KeyType.EC_EDWARDS, parameters, local=True
            ).generate_keypair(
                mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN, private_template=KEPT, **named
            )
        self.refresh()
        return version

    def bring_in(self, contents: keyfile.Contents) -> int:
        """Every key of a key file, under its own version and fingerprint. Returns how many."""
        ring = KeyRing(contents)
        number = 0
        for purpose, keys in contents.keys.items():
            for version, secret in keys.items():
                named = {
                    Attribute.LABEL: _label(purpose, version), Attribute.TOKEN: True,
                    Attribute.ID: bytes.fromhex(ring.fingerprint(purpose, version)),
                }  # fmt: skip
                for template in _templates(purpose, secret):
                    self.session.create_object({**template, **named})
                number += 1
        self.refresh()
        return number


def _label(purpose: str, version: int) -> str:
    return f"sammati-{purpose}-{version}"


def _templates(purpose: str, secret: bytes) -> list[dict[Attribute, Any]]:
    """The objects of one key. The look-up key goes in as HKDF extracts it (RFC 5869, 2.2): then a
    plain HMAC in the token gives the digests that the file's key gave."""
    secret_key = {Attribute.CLASS: ObjectClass.SECRET_KEY, **KEPT}
    if purpose == "wrapping":
        kind = {Attribute.KEY_TYPE: KeyType.AES, Attribute.VALUE: secret}
        return [{**secret_key, **kind, **CRYPTS}]
    if purpose == "lookup":
        extracted = hmac.digest(bytes(32), secret, "sha256")
        kind = {Attribute.KEY_TYPE: KeyType.GENERIC_SECRET, Attribute.VALUE: extracted}
        return [{**secret_key, **kind, **MACS}]
    curve = {Attribute.KEY_TYPE: KeyType.EC_EDWARDS, Attribute.EC_PARAMS: ED25519}
    raw = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    return [
        {**curve, Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.VALUE: secret,
         Attribute.SIGN: True, **KEPT},
        {**curve, Attribute.CLASS: ObjectClass.PUBLIC_KEY, Attribute.EC_POINT: OCTETS + raw},
    ]  # fmt: skip


def answer(token: Token, question: wire.Question) -> msgspec.Struct:
    """What the token says. Raises PKCS11Error, KeyError for a version that is not there."""
    match question:
        case wire.Describe():
            return _described(token)
        case wire.Wrap():
            return _wrapped(token, question)
        case wire.Unwrap():
            return _unwrapped(token, question)
        case wire.Derive():
            key = token.key("lookup", question.version)
            return wire.DeriveAnswer(key.sign(question.context, mechanism=Mechanism.SHA256_HMAC))
        case wire.Sign():
            version = token.active("signing")
            made = token.key("signing", version).sign(question.data, mechanism=Mechanism.EDDSA)
            return wire.SignAnswer(version, made)
        case wire.Rotate():
            return wire.RotateAnswer(token.make(question.purpose))


def _described(token: Token) -> wire.Described:
    token.refresh()
    versions = [
        wire.Version(purpose, version, token.fingerprint(purpose, version))
        for purpose in keyfile.PURPOSES
        for version in sorted(token.found[purpose])
    ]
    public = [wire.Public(version, raw) for version, raw in token.public.items()]
    return wire.Described({one: token.active(one) for one in keyfile.PURPOSES}, versions, public)


def _wrapped(token: Token, question: wire.Wrap) -> wire.WrapAnswer:
    """The same bytes as `keys.provider.encrypt` makes, so that imported keys open old ones."""
    version = token.active("wrapping")
    nonce = os.urandom(NONCE_BYTES)
    sealed = token.key("wrapping", version).encrypt(
        question.plain, mechanism=Mechanism.AES_GCM,
        mechanism_param=GCMParams(nonce, question.context, TAG_BYTES * 8),
    )  # fmt: skip
    return wire.WrapAnswer(version, FORMAT + nonce + sealed)


def _unwrapped(token: Token, question: wire.Unwrap) -> msgspec.Struct:
    head, nonce = question.wrapped[:1], question.wrapped[1 : 1 + NONCE_BYTES]
    sealed = question.wrapped[1 + NONCE_BYTES :]
    key = token.key("wrapping", question.version)
    if head != FORMAT or len(sealed) < TAG_BYTES:
        return wire.Failed(wire.UNSEAL)
    try:
        plain = key.decrypt(
            sealed, mechanism=Mechanism.AES_GCM,
            mechanism_param=GCMParams(nonce, question.context, TAG_BYTES * 8),
        )  # fmt: skip
    except (pkcs11.exceptions.EncryptedDataInvalid, pkcs11.exceptions.GeneralError):
        # Tokens differ in what they call a tag that does not fit; SoftHSM has no name for it.
        return wire.Failed(wire.UNSEAL)
    return wire.UnwrapAnswer(plain)


def serve(token: Token, questions: BinaryIO, answers: BinaryIO) -> None:
    """One line for each line, until there are none. What is asked is never written anywhere."""
    for line in questions:
        try:
            made = answer(token, msgspec.json.decode(line, type=wire.Question))
        except (pkcs11.exceptions.PKCS11Error, msgspec.DecodeError, KeyError, ValueError) as error:
            sys.stderr.write(f"keys.hsm: {type(error).__name__}\n")
            made = wire.Failed(wire.REFUSED)
        answers.write(msgspec.json.encode(made) + b"\n")
        answers.flush()


def pin() -> str:
    """Of the token's user: SAMMATI_HSM_PIN, or the file that SAMMATI_HSM_PIN_FILE names."""
    place = os.environ.get("SAMMATI_HSM_PIN_FILE")
    return Path(place).read_text().strip() if place else os.environ.get("SAMMATI_HSM_PIN", "")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m keys.hsm", description=__doc__)
    parser.add_argument("--module", required=True, help="the token's PKCS#11 library")
    parser.add_argument("--token", required=True, help="the token's label")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--make", action="store_true", help="make the first keys in the token")
    what.add_argument("--import", dest="file", type=Path, help="bring in a key file's keys")
    chosen = parser.parse_args(arguments)
    try:
        session = pkcs11.lib(chosen.module).get_token(token_label=chosen.token)
        with session.open(user_pin=pin(), rw=True) as opened:
            return _run(Token(opened), chosen)
    except (pkcs11.exceptions.PKCS11Error, RuntimeError, KeysError) as error:
        sys.stderr.write(f"keys.hsm: {type(error).__name__} {error}\n")
        return 1


def _run(token: Token, chosen: argparse.Namespace) -> int:
    if not (chosen.make or chosen.file):
        serve(token, sys.stdin.buffer, sys.stdout.buffer)
        return 0
    if any(token.found.values()):
        sys.stderr.write("keys.hsm: The token has keys already; it takes no others.\n")
        return 1
    if chosen.file:
        number = token.bring_in(keyfile.read(chosen.file))
    else:
        number = len([token.make(purpose) for purpose in keyfile.PURPOSES])
    sys.stdout.write(f"{number} keys are in the token.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
