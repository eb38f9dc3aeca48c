"""Signed notes, checkpoints, cosignatures and proof files, as C2SP writes them. Pure text.

signed-note, tlog-checkpoint, tlog-cosignature and tlog-proof of c2sp.org; Ed25519 only.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519, COSIGNATURE = 1, 4
MOST_SIGNATURES = 64
PROOF = "c2sp.org/tlog-proof@v1"
_NAME = re.compile(r"[^\s+\ud800-\udfff]+")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


class NoteError(ValueError):
    """The text is not what its standard describes."""


@dataclass(frozen=True, slots=True)
class Vkey:
    """A verifier key: whose it is, of which kind, and its 32 bytes."""

    name: str
    kind: int
    raw: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ newline ‖ kind ‖ key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.raw).digest()[
            :4
        ]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_base64(bytes([self.kind]) + self.raw)}"

    @classmethod
    def parse(cls, text: str) -> "Vkey":
        """The key of a vkey string. Raises NoteError."""
        name, _, rest = text.strip().partition("+")
        key_id, _, material = rest.partition("+")
        raw = _unbase64(material)
        if not _NAME.fullmatch(name) or len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):
            raise NoteError("not an Ed25519 verifier key")
        found = cls(name, raw[0], raw[1:])
        if found.key_id.hex() != key_id:
            raise NoteError("the verifier key's id does not belong to it")
        return found

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether the key made this signature (Ed25519, RFC 8032)."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's name, its size and its root hash; `body` is what is signed."""

    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> str:
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"

    @classmethod
    def parse(cls, body: str) -> "Checkpoint":
        """The first three lines of a checkpoint's body. Raises NoteError."""
        lines = body.split("\n")
        if len(lines) < 4 or not lines[0] or not _NUMBER.fullmatch(lines[1]) or lines[-1]:
            raise NoteError("not a checkpoint")
        root = _unbase64(lines[2])
        if not all(lines[3:-1]):
            raise NoteError("a checkpoint has no empty lines")
        if len(root) != 32:
            raise NoteError("a checkpoint's root hash has 32 bytes")
        return cls(lines[0], int(lines[1]), root)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed note: its text and its signatures as (key name, key id ‖ signature)."""

    body: str
    signatures: tuple[tuple[str, bytes], ...]

    def by(self, key: Vkey) -> bool:
        """Whether the key signed it. Raises NoteError where a signature of that key is wrong."""
        for name, value in self.signatures:
            if name == key.name and value[:4] == key.key_id:
                if not _signed(self.body, key, value[4:]):
                    raise NoteError(f"the signature of {name} does not verify")
                return True
        return False

    def time_of(self, key: Vkey) -> int | None:
        """When a cosigner signed, in seconds since 1970; None where it did not."""
        for name, value in self.signatures:
            if name == key.name and value[:4] == key.key_id and len(value) == 76:
                return int.from_bytes(value[4:12])
        return None


def _signed(body: str, key: Vkey, value: bytes) -> bool:
    if key.kind == ED25519:
        return key.verifies(body.encode(), value)
    if len(value) != 72:
        return False
    return key.verifies(cosigned(body, int.from_bytes(value[:8])), value[8:])


def cosigned(body: str, seconds: int) -> bytes:
    """What a witness signs: the checkpoint's body under its own header and time."""
    return f"cosignature/v1\ntime {seconds}\n{body}".encode()


def signature_line(key: Vkey, signature: bytes, *, seconds: int | None = None) -> str:
    """One line under a note; a cosignature carries its time."""
    time = b"" if seconds is None else seconds.to_bytes(8)
    return f"— {key.name} {_base64(key.key_id + time + signature)}\n"


def note(body: str, lines: Sequence[str]) -> str:
    """The whole text: what is signed, an empty line, and the signatures."""
    return f"{body}\n{''.join(lines)}"


def parse_note(text: str) -> Signed:
    """The parts of a signed note. Raises NoteError; verifies nothing."""
    if any(one < " " and one != "\n" or "\ud800" <= one <= "\udfff" for one in text):
        raise NoteError("a note is UTF-8 without control characters")
    body, _, rest = text.rpartition("\n\n")
    lines = rest.split("\n")
    if not body or lines[-1] or not 1 <= len(lines) - 1 <= MOST_SIGNATURES:
        raise NoteError("a note is a text, an empty line and signatures")
    return Signed(body + "\n", tuple(_signature(line) for line in lines[:-1]))


def _signature(line: str) -> tuple[str, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not _NAME.fullmatch(parts[1]):
        raise NoteError("not a signature line")
    value = _unbase64(parts[2])
    if len(value) < 5:
        raise NoteError("a signature is longer than its key's id")
    return parts[1], value


@dataclass(frozen=True, slots=True)
class Proof:
    """A tlog-proof: an entry's place, the way from it to the root, and the signed checkpoint."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    def __str__(self) -> str:
        head = [PROOF, *([f"extra {_base64(self.extra)}"] if self.extra else [])]
        lines = [*head, f"index {self.index}", *map(_base64, self.hashes)]
        return "\n".join(lines) + "\n\n" + self.checkpoint

    @classmethod
    def parse(cls, text: str) -> "Proof":
        """The parts of a proof file. Raises NoteError; verifies nothing."""
        head, _, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if lines.pop(0) != PROOF or not checkpoint:
            raise NoteError("not a proof file")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = _unbase64(lines.pop(0)[6:])
        word, _, number = lines.pop(0).partition(" ") if lines else ("", "", "")
        if word != "index" or not _NUMBER.fullmatch(number):
            raise NoteError("a proof file names the entry's index")
        hashes = tuple(_unbase64(line) for line in lines)
        if any(len(one) != 32 for one in hashes) or len(hashes) > 63:
            raise NoteError("a proof is at most 63 hashes of 32 bytes")
        return cls(int(number), hashes, checkpoint, extra)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _unbase64(text: str) -> bytes:
    """The bytes of a base64 text; there is one text for them."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("not base64") from None
    if _base64(found) != text:
        raise NoteError("not base64 as it is written")
    return found
