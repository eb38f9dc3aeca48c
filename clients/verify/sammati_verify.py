#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["cryptography>=42"]
# ///
"""Verify Sammati's audit logs offline: proofs, whole logs, exports, receipts, certificates.

One file, the standard library and `cryptography`; nothing of the suite. What is checked and what
that shows is in docs/log-format.md; how to use it in the README beside this file.

    sammati_verify.py proof RECORD.json PROOF.tlog-proof --vkey VKEY [--witness VKEY --need 1]
    sammati_verify.py receipt RECEIPT.json --vkey VKEY
    sammati_verify.py certificate CERTIFICATE.json --vkey VKEY

Exit codes: 0 verified; 1 does not verify; 2 cannot be read, or wrong usage; 3 verified only by keys
that nobody pinned, or no key is known.
"""

import argparse
import binascii
import hashlib
import io
import json
import os
import re
import shlex
import stat
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn, Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

VERIFIED, WRONG, UNREADABLE, UNTRUSTED = 0, 1, 2, 3

ED25519, COSIGNATURE = 1, 4
PROOF: Final = "c2sp.org/tlog-proof@v1"
EXPORT: Final = "sammati-export@1"
RECEIPTS: Final = ("sammati-receipt-1", "sammati-receipt-2")
CERTIFICATE: Final = "sammati-erasure-certificate-1"
CERTIFICATE_FILE: Final = "The certificate"
OUTCOMES: Final = ("absent", "exempt", "excepted", "informed")
JWS_HEADER: Final = {"alg": "EdDSA", "typ": "sammati-receipt+json"}
HASH, WIDTH, SALT = 32, 256, 16
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
DEEPEST: Final = 63

# Bounds on what others hand us. A note has room for a dozen signatures of any kind known today.
MOST_NOTE: Final = 1 << 20
MOST_RECORD: Final = 64 << 20
MOST_MANIFEST: Final = 64 << 20
MOST_LINE: Final = 96 << 20
MOST_SIGNATURES: Final = 64
MOST_LOGS: Final = 10_000
MOST_EXPORT_FILES: Final = 100_000
MOST_LOG_FILES: Final = 20_000_000
MOST_BYTES: Final = 64 << 30
CHUNK: Final = 1 << 20

_KEY_NAME = re.compile(r"[^\s+]{1,500}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*){0,15}")
_LOG_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_TILE = re.compile(
    r"tile/(entries|[0-9]|[1-9][0-9])/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([0-9]{1,3}))?"
)


class VerificationError(Exception):
    """It does not verify; the sentence says what is wrong and where."""

    code = WRONG


class UnreadableError(VerificationError):
    """It is not what the format describes, or cannot be read at all."""

    code = UNREADABLE


class UntrustedError(VerificationError):
    """No key is known by which it could be verified."""

    code = UNTRUSTED


# --- Bytes, texts and JSON -------------------------------------------------------------------


def shown(text: str) -> str:
    """A text of unknown origin, made harmless for a terminal."""
    return ascii(text)[1:-1][:200]


def unbase64(text: Any, what: str) -> bytes:
    """Standard base64 in its one canonical spelling. Raises UnreadableError."""
    try:
        raw = binascii.a2b_base64(text, strict_mode=True)
        if binascii.b2a_base64(raw, newline=False).decode() == text:
            return raw
    except (binascii.Error, ValueError, TypeError):
        pass
    raise UnreadableError(f"{what} is not base64.")


def base64(raw: bytes) -> str:
    return binascii.b2a_base64(raw, newline=False).decode()


def as_text(raw: bytes, what: str) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise UnreadableError(f"{what} is not UTF-8 text.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _refused(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]} has no canonical form")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=_refused, parse_constant=_refused
)


def as_json(raw: bytes, what: str) -> Any:
    """JSON without floats and without names that stand twice. Raises UnreadableError."""
    try:
        return _DECODER.decode(raw.decode())
    except (ValueError, RecursionError):
        raise UnreadableError(f"{what} is not JSON of this format.") from None


def part(value: Any, name: str, kind: type, what: str) -> Any:
    """A member of a JSON object, of that type. Raises UnreadableError."""
    found = value.get(name) if isinstance(value, dict) else None
    if type(found) is not kind:
        raise UnreadableError(f"{what} has no {name!r} as the format describes it.")
    return found


def moment(micros: int) -> str:
    """Microseconds since 1970 as a time people read; the number itself where no calendar goes."""
    try:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    except (OverflowError, ValueError):
        return f"{micros} microseconds since 1970"
    return at.isoformat().replace("+00:00", "Z")


# --- The Merkle tree of RFC 6962 ---------------------------------------------------------------


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    sha256 = hashlib.sha256
    while len(hashes) > 1:
        halves = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(b"\1" + left + right).digest() for left, right in halves]
    return hashes[0]


def peaks(hashes: Sequence[bytes]) -> list[bytes]:
    """The roots of the complete subtrees over hashes of one level, largest first."""
    found, start = [], 0
    for bit in range(len(hashes).bit_length() - 1, -1, -1):
        if len(hashes) >> bit & 1:
            found.append(complete_root(hashes[start : start + (1 << bit)]))
            start += 1 << bit
    return found


def fold(peaks_: Sequence[bytes]) -> bytes:
    """The root above complete subtrees of falling size."""
    if not peaks_:
        return EMPTY_ROOT
    root = peaks_[-1]
    for left in reversed(peaks_[:-1]):
        root = node_hash(left, root)
    return root


def check_place(index: int, size: int, length: int) -> int:
    """How many of a proof's hashes lie below the tree's right edge. Raises VerificationError."""
    if not 0 <= index < size:
        raise VerificationError(f"There is no entry {index} in a log of {size}.")
    inner = (index ^ (size - 1)).bit_length()
    needed = inner + (index >> inner).bit_count()
    if length != needed:
        raise VerificationError(
            f"A proof of entry {index} in a log of {size} has {needed} hashes, not {length}."
        )
    return inner


def climb(found: bytes, index: int, siblings: Sequence[bytes]) -> bytes:
    """The subtree over a node, one level for each sibling; bits of `index` say on which side."""
    sha256 = hashlib.sha256
    for sibling in siblings:
        if index & 1:
            found = sha256(b"\1" + sibling + found).digest()
        else:
            found = sha256(b"\1" + found + sibling).digest()
        index >>= 1
    return found


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root to which a proof leads (RFC 6962 section 2.1.1). Raises VerificationError."""
    inner = check_place(index, size, len(proof))
    found = climb(leaf, index, proof[:inner])
    return climb(found, -1, proof[inner:])


def is_consistent(
    sizes: tuple[int, int], roots: tuple[bytes, bytes], proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows that the old tree begins the new one (RFC 6962 section 2.1.2)."""
    old, new = sizes
    if not 0 <= old <= new or len(proof) > 2 * DEEPEST:
        return False
    if old == 0:
        return not proof and roots[0] == EMPTY_ROOT
    path = list(proof)
    try:
        found = _subproof(old, new, roots[0], path)
    except IndexError:
        return False
    return not path and found == roots


def _subproof(old: int, new: int, known: bytes | None, path: list[bytes]) -> tuple[bytes, bytes]:
    """Both roots over a range of `new` leaves, of which the old tree has `old`.

    Takes hashes from the end of the path; `known` is the old root while the range is all of it.
    """
    if old == new:
        root = path.pop() if known is None else known
        return root, root
    left_size = 1 << ((new - 1).bit_length() - 1)
    beside = path.pop()
    if old <= left_size:
        before, after = _subproof(old, left_size, known, path)
        return before, node_hash(after, beside)
    before, after = _subproof(old - left_size, new - left_size, None, path)
    return node_hash(beside, before), node_hash(beside, after)


# --- Keys, signed notes, checkpoints -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Vkey:
    """A verifier key (C2SP signed-note): whose it is, of which kind, and its 32 bytes."""

    name: str
    kind: int
    raw: bytes

    @property
    def key_id(self) -> bytes:
        text = self.name.encode() + b"\n" + bytes([self.kind]) + self.raw
        return hashlib.sha256(text).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64(bytes([self.kind]) + self.raw)}"

    @classmethod
    def parse(cls, text: str) -> "Vkey":
        """The key of a vkey string. Raises UnreadableError."""
        name, _, rest = text.strip().partition("+")
        key_id, _, material = rest.partition("+")
        raw = unbase64(material, f"The key of {shown(name)}")
        if not _KEY_NAME.fullmatch(name) or len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):
            raise UnreadableError(f"{shown(text.strip())} is not an Ed25519 verifier key.")
        found = cls(name, raw[0], raw[1:])
        if found.key_id.hex() != key_id:
            raise UnreadableError(f"The id in the key of {shown(name)} is not that key's.")
        return found

    def made(self, signature: bytes, message: bytes) -> bool:
        """Whether the key made this Ed25519 signature of these bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError):
            return False
        return True


def parse_vkeys(text: str, what: str) -> tuple[Vkey, ...]:
    """One verifier key a line; empty lines and those that begin with # do not count."""
    lines = [line.strip() for line in text.split("\n")]
    found = [Vkey.parse(line) for line in lines if line and not line.startswith("#")]
    if not found or len(found) > MOST_LOGS:
        raise UnreadableError(f"{what} holds no verifier key, or too many.")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Note:
    """A signed note: what is signed, and the signatures as (key name, key id ‖ signature)."""

    body: str
    signatures: tuple[tuple[str, bytes], ...]

    @classmethod
    def parse(cls, text: str, what: str) -> "Note":
        """The parts of a note; verifies nothing. Raises UnreadableError."""
        body, _, rest = text.rpartition("\n\n")
        lines = rest.split("\n")
        if (
            not body
            or lines[-1]
            or not 1 <= len(lines) - 1 <= MOST_SIGNATURES
            or any(ord(one) < 32 and one != "\n" for one in text)
        ):
            raise UnreadableError(f"{what} is not a signed note.")
        return cls(body + "\n", tuple(_signature(line, what) for line in lines[:-1]))

    def signed_by(self, key: Vkey, what: str) -> int | None:
        """The time of a cosignature in seconds, 0 of a signature, None where the key has none.

        Raises VerificationError where a signature with the key's name and id is not the key's.
        """
        mine = [v[4:] for n, v in self.signatures if n == key.name and v[:4] == key.key_id]
        times = [self._verified(key, value) for value in mine]
        if None in times:
            raise VerificationError(f"The signature of {shown(key.name)} on {what} is wrong.")
        return times[0] if times else None

    def _verified(self, key: Vkey, value: bytes) -> int | None:
        if key.kind == ED25519:
            return 0 if key.made(value, self.body.encode()) else None
        seconds = int.from_bytes(value[:8])
        message = f"cosignature/v1\ntime {seconds}\n{self.body}".encode()
        return seconds if seconds < 1 << 63 and key.made(value[8:], message) else None


def _signature(line: str, what: str) -> tuple[str, bytes]:
    dash, name, text = (*line.split(" "), "", "")[:3]
    value = unbase64(text, f"A signature on {what}")
    if dash != "—" or not _KEY_NAME.fullmatch(name) or line.count(" ") != 2 or len(value) < 5:
        raise UnreadableError(f"A signature line of {what} is not one.")
    return name, value


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's name, its size and its root hash (C2SP tlog-checkpoint)."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, body: str, what: str) -> "Checkpoint":
        lines = body.split("\n")
        if len(lines) < 4 or not all(lines[:-1]) or not _NUMBER.fullmatch(lines[1]):
            raise UnreadableError(f"{what} is not a checkpoint.")
        root = unbase64(lines[2], f"The root hash of {what}")
        if len(root) != HASH:
            raise UnreadableError(f"The root hash of {what} has not {HASH} bytes.")
        return cls(lines[0], int(lines[1]), root)


@dataclass(frozen=True, slots=True)
class Trust:
    """What the one who verifies knows beforehand: keys of logs, witnesses, and how many of them."""

    keys: tuple[Vkey, ...] = ()
    witnesses: tuple[Vkey, ...] = ()
    need: int = 0

    def keys_for(self, origin: str, contained: Sequence[Vkey]) -> tuple[list[Vkey], bool]:
        """The keys that may sign for an origin, and whether they were pinned."""
        pinned = [key for key in self.keys if key.name == origin]
        named = [key for key in contained if key.name == origin and key.kind == ED25519]
        return pinned or named, bool(pinned)

    def unwitnessed(self) -> "Trust":
        """For an older checkpoint: as the beginning of a witnessed tree it needs no more."""
        return replace(self, need=0)


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint whose signatures verify: by which key, whether pinned, and who cosigned when."""

    checkpoint: Checkpoint
    key: Vkey
    is_pinned: bool
    cosigned: tuple[tuple[str, int], ...]

    def facts(self) -> dict[str, Any]:
        return {
            "log": self.checkpoint.origin,
            "size": self.checkpoint.size,
            "root": base64(self.checkpoint.root),
            "key": str(self.key),
            "key_is_pinned": self.is_pinned,
            "cosignatures": [
                {"witness": name, "at": moment(seconds * 1_000_000)}
                for name, seconds in self.cosigned
            ],
        }


def check_signer(
    note: Note, origin: str, trust: Trust, contained: Sequence[Vkey], what: str
) -> tuple[Vkey, bool]:
    """The key of that origin that signed the note, and whether it was pinned."""
    keys, is_pinned = trust.keys_for(origin, contained)
    if not keys:
        raise UntrustedError(f"No key of {shown(origin)} is known: give it with --vkey or --keys.")
    signers = [key for key in keys if note.signed_by(key, what) is not None]
    if not signers:
        raise VerificationError(f"{what} is not signed by a trusted key of {shown(origin)}.")
    return signers[0], is_pinned


def check_checkpoint(
    text: str, trust: Trust, contained: Sequence[Vkey] = (), what: str = "the checkpoint"
) -> Signed:
    """A checkpoint with its signature and as many cosignatures as are needed."""
    note = Note.parse(text, what)
    checkpoint = Checkpoint.parse(note.body, what)
    key, is_pinned = check_signer(note, checkpoint.origin, trust, contained, what)
    times = [(one.name, note.signed_by(one, what)) for one in trust.witnesses]
    cosigned = tuple((name, at) for name, at in times if at is not None)
    if len(cosigned) < trust.need:
        raise VerificationError(
            f"{len(cosigned)} of {len(trust.witnesses)} witnesses cosigned {what}; "
            f"{trust.need} are needed."
        )
    return Signed(checkpoint, key, is_pinned, cosigned)


# --- Proofs ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof file (C2SP tlog-proof): a place, the way to the root, and the checkpoint."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes

    @classmethod
    def parse(cls, text: str) -> "Proof":
        """The parts of a proof file; verifies nothing. Raises UnreadableError."""
        head, _, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if lines.pop(0) != PROOF or not lines or not checkpoint:
            raise UnreadableError("This is not a proof file.")
        is_salted = lines[0].startswith("extra ")
        extra = unbase64(lines.pop(0)[6:], "The salt of the proof file") if is_salted else b""
        word, _, number = lines.pop(0).partition(" ") if lines else ("", "", "")
        if word != "index" or not _NUMBER.fullmatch(number) or len(lines) > DEEPEST:
            raise UnreadableError("The proof file names no place, or holds too many hashes.")
        hashes = tuple(unbase64(line, "A hash of the proof file") for line in lines)
        if any(len(one) != HASH for one in hashes):
            raise UnreadableError(f"A hash of the proof file has not {HASH} bytes.")
        return cls(int(number), hashes, checkpoint, extra)


@dataclass(frozen=True, slots=True)
class Report:
    """What was verified, in a sentence; the facts; and whether every key was pinned."""

    sentence: str
    facts: dict[str, Any]
    is_pinned: bool = True


def commitment_of(salt: bytes, record: bytes) -> bytes:
    """What the log holds of a record."""
    return hashlib.sha256(salt + record).digest()


def verify_entry(commitment: bytes, proof: str, trust: Trust) -> Report:
    """That a commitment stands in the log, at the place the proof file names."""
    if len(commitment) != HASH:
        raise UnreadableError(f"A commitment has {HASH} bytes.")
    found = Proof.parse(proof)
    signed = check_checkpoint(found.checkpoint, trust)
    checkpoint = signed.checkpoint
    root = root_from_inclusion(found.index, checkpoint.size, leaf_hash(commitment), found.hashes)
    if root != checkpoint.root:
        raise VerificationError(
            f"Entry {found.index} of {shown(checkpoint.origin)} is another one: "
            "record, salt or proof differ from what the log holds."
        )
    facts = {"index": found.index, "commitment": commitment.hex(), **signed.facts()}
    sentence = f"Entry {found.index} is in the log {shown(checkpoint.origin)}"
    return Report(f"{sentence} of {checkpoint.size} entries.", facts, signed.is_pinned)


def verify_proof(record: bytes, proof: str, trust: Trust) -> Report:
    """That a record stands in the log: its commitment is made with the salt in the proof file."""
    salt = Proof.parse(proof).extra
    if len(salt) != SALT:
        raise UnreadableError(f"The proof file holds no salt of {SALT} bytes.")
    report = verify_entry(commitment_of(salt, record), proof, trust)
    return Report(report.sentence, {**_told(record), **report.facts}, report.is_pinned)


def _told(record: bytes) -> dict[str, Any]:
    """What a record says of itself, where it is JSON."""
    try:
        said = as_json(record, "The record")
    except UnreadableError:
        return {}
    if not isinstance(said, dict):
        return {}
    found = {name: said[name] for name in ("id", "event") if isinstance(said.get(name), str)}
    at = said.get("at")
    return {**found, "at": moment(at)} if type(at) is int else found


def verify_consistency(old: str, new: str, proof: bytes, trust: Trust) -> Report:
    """That the log of the newer checkpoint begins with the log of the older one."""
    before = check_checkpoint(old, trust.unwitnessed(), what="the older checkpoint")
    after = check_checkpoint(new, trust, what="the newer checkpoint")
    first, second = before.checkpoint, after.checkpoint
    if first.origin != second.origin:
        raise VerificationError("The two checkpoints are of different logs.")
    if second.size < first.size:
        raise VerificationError(f"The log shrank from {first.size} to {second.size} entries.")
    hashes = consistency_hashes(proof)
    if not is_consistent((first.size, second.size), (first.root, second.root), hashes):
        raise VerificationError(
            f"The first {first.size} entries of the newer log are not shown to be those of the "
            "older one: the proof is wrong or the log has forked."
        )
    sentence = f"The log {shown(first.origin)} grew from {first.size} to {second.size} entries"
    facts = {"old": before.facts(), "new": after.facts()}
    return Report(f"{sentence} and kept the first {first.size}.", facts, before.is_pinned)


def consistency_hashes(raw: bytes) -> list[bytes]:
    """The hashes of a consistency proof as the log serves it. Raises UnreadableError."""
    said = as_json(raw, "The consistency proof")
    hashes = said if isinstance(said, list) else part(said, "hashes", list, "The consistency proof")
    if len(hashes) > 2 * DEEPEST:
        raise UnreadableError("The consistency proof holds too many hashes.")
    found = [unbase64(one, "A hash of the consistency proof") for one in hashes]
    if any(len(one) != HASH for one in found):
        raise UnreadableError(f"A hash of the consistency proof has not {HASH} bytes.")
    return found


# --- Folders and zips --------------------------------------------------------------------------

_READ_ERRORS = (
    OSError, ValueError, EOFError, RuntimeError, OverflowError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


@contextmanager
def _reading(what: str) -> Iterator[None]:
    """Whatever a broken file makes the standard library raise, said in one sentence."""
    try:
        yield
    except _READ_ERRORS as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else ""
        text = f"{shown(what)} cannot be read{': ' + reason if reason else ''}."
        raise UnreadableError(text) from None


def read_file(path: Path, most: int) -> bytes:
    """A file of at most so many bytes. Raises UnreadableError."""
    with _reading(str(path)), path.open("rb") as file:
        raw = file.read(most + 1)
    if len(raw) > most:
        raise UnreadableError(f"{shown(str(path))} is too large: {most} bytes are the most.")
    return raw


class Source:
    """The files of a folder or of a zip. Their names are unique, plain and inside it."""

    def __init__(self, path: Path, *, most_files: int, most_bytes: int = MOST_BYTES) -> None:
        self._files: Folder | Zip
        with _reading(str(path)):
            self._files = Folder(path) if path.is_dir() else Zip(path)
            self.sizes = _checked_names(self._files.sizes(), most_files)
        if sum(self.sizes.values()) > most_bytes:
            raise UnreadableError(f"Unpacked it has more than {most_bytes} bytes.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def __contains__(self, name: str) -> bool:
        return name in self.sizes

    def read(self, name: str, most: int) -> bytes:
        """A whole file. Raises VerificationError if there is none, UnreadableError."""
        if name not in self.sizes:
            raise VerificationError(f"{name} is missing.")
        if self.sizes[name] > most:
            raise UnreadableError(f"{name} is too large: {most} bytes are the most.")
        with _reading(name), self._files.open(name) as file:
            raw = file.read(most + 1)
        if len(raw) > most:
            raise UnreadableError(f"{name} is larger than it says.")
        return raw

    def lines(self, name: str, seen: Callable[[bytes], None]) -> Iterator[bytes]:
        """A file's lines without their newlines; `seen` is told every byte on the way."""
        with _reading(name), self._files.open(name) as file:
            reader = io.BufferedReader(_Told(file, seen), CHUNK)
            while line := reader.readline(MOST_LINE):
                if not line.endswith(b"\n"):
                    raise UnreadableError(f"A line of {name} is too long or has no end.")
                yield line[:-1]

    def digest(self, name: str) -> str:
        """SHA-256 of a file, in hexadecimal."""
        found = hashlib.sha256()
        with _reading(name), self._files.open(name) as file:
            while chunk := file.read(CHUNK):
                found.update(chunk)
        return found.hexdigest()


def _raise(error: OSError) -> NoReturn:
    raise error


class Folder:
    """Plain files below a folder; a link leads elsewhere and is refused."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def sizes(self) -> Iterator[tuple[str, int]]:
        for folder, folders, files in os.walk(self._path, onerror=_raise):
            for name in (*folders, *files):
                path = Path(folder) / name
                found = path.lstat()
                if stat.S_ISREG(found.st_mode):
                    yield path.relative_to(self._path).as_posix(), found.st_size
                elif not stat.S_ISDIR(found.st_mode):
                    raise UnreadableError(f"{shown(name)} is neither a file nor a folder.")

    def open(self, name: str) -> BinaryIO:
        return (self._path / name).open("rb")

    def close(self) -> None:
        """A folder is not held open."""


class Zip:
    """The members of a zip, stored or deflated; nothing is unpacked to disk."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path)

    def sizes(self) -> Iterator[tuple[str, int]]:
        members = self._zip.infolist()
        if self._zip.comment or min((one.header_offset for one in members), default=0):
            raise UnreadableError("The zip holds more than its files.")
        for one in members:
            if one.orig_filename != one.filename or one.flag_bits & 1:
                raise UnreadableError(f"The zip hides {shown(one.filename)}.")
            if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise UnreadableError(f"{shown(one.filename)} is packed in an unknown way.")
            yield one.filename, one.file_size

    def open(self, name: str) -> BinaryIO:
        return self._zip.open(name)  # type: ignore[return-value]

    def close(self) -> None:
        self._zip.close()


class _Told(io.RawIOBase):
    """A file that tells somebody what is read from it."""

    def __init__(self, file: BinaryIO, seen: Callable[[bytes], None]) -> None:
        self._file = file
        self._seen = seen

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._file.read(len(buffer))
        self._seen(chunk)
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _checked_names(found: Iterator[tuple[str, int]], most: int) -> dict[str, int]:
    """Name and size of each file. Names that some system would confuse are refused too."""
    sizes: dict[str, int] = {}
    folded: set[str] = set()
    for name, size in found:
        if len(name) > 300 or not _FILE_NAME.fullmatch(name):
            raise VerificationError(f"{shown(name)} is not a plain file name.")
        if name.lower() in folded:
            raise VerificationError(f"{name} stands in it twice.")
        folded.add(name.lower())
        sizes[name] = size
        if len(sizes) > most:
            raise UnreadableError(f"It has more than {most} files.")
    return sizes


# --- A whole log -------------------------------------------------------------------------------


def tile_name(level: int | str, number: int, width: int = WIDTH) -> str:
    """Where a tile stands (C2SP tlog-tiles); level "entries" for a bundle of entries."""
    place = f"{number % 1000:03d}"
    while number := number // 1000:
        place = f"x{number % 1000:03d}/{place}"
    return f"tile/{level}/{place}" + (f".p/{width}" if width < WIDTH else "")


def tile_names(size: int) -> Iterator[str]:
    """Every tile and bundle that a log of this size is made of: what a copy must hold."""
    for depth in range(-1, 8):
        hashes = size >> 8 * max(depth, 0)
        for number in range(-(-hashes // WIDTH)):
            width = min(WIDTH, hashes - number * WIDTH)
            yield tile_name("entries" if depth < 0 else depth, number, width)


class Replay:
    """Rebuilds a log's tree from its entries and compares every tile with what comes out."""

    def __init__(self, source: Source, size: int, since: int) -> None:
        self._source = source
        self._size = size
        self._since = since
        self._levels: list[list[bytes]] = [[]]
        self._done: list[int] = [0]
        self._used: set[str] = set()
        self.earlier = EMPTY_ROOT

    def root(self) -> bytes:
        """The root of the whole. Raises VerificationError, naming the entry or the tile."""
        for number in range(-(-self._size // WIDTH)):
            self._bundle(number)
        for level in range(1, len(self._levels)):
            self._compare(level)
        found = self._root(self._levels[0])
        if self._since == self._size:
            self.earlier = found
        self._check_others()
        return found

    def _bundle(self, number: int) -> None:
        start = number * WIDTH
        hashes = self._leaves(number, min(WIDTH, self._size - start))
        if start <= self._since < start + len(hashes):
            self.earlier = self._root(hashes[: self._since - start])
        if len(hashes) == WIDTH:
            self._push(1, complete_root(hashes))
        else:
            self._levels[0] = hashes

    def _leaves(self, number: int, width: int) -> list[bytes]:
        """The leaf hashes of a bundle, compared with the tile of level 0."""
        data = self._read("entries", number, width, HASH + 2)
        if data[0::34] != bytes(width) or data[1::34] != bytes([HASH]) * width:
            raise VerificationError(f"{tile_name('entries', number)}: an entry has not 32 bytes.")
        sha256 = hashlib.sha256
        hashes = [sha256(b"\0" + data[i : i + HASH]).digest() for i in range(2, len(data), 34)]
        tile = self._read(0, number, width, HASH)
        if tile != b"".join(hashes):
            place = number * WIDTH + first_difference(tile, hashes)
            raise VerificationError(f"Entry {place} is not the one its tile of hashes names.")
        return hashes

    def _push(self, level: int, complete: bytes) -> None:
        """One more complete tile of the level below; a tile that this completes is compared."""
        if level == len(self._levels):
            self._levels.append([])
            self._done.append(0)
        self._levels[level].append(complete)
        if len(self._levels[level]) == WIDTH:
            self._compare(level)
            full, self._levels[level] = self._levels[level], []
            self._done[level] += 1
            self._push(level + 1, complete_root(full))

    def _compare(self, level: int) -> None:
        """The newest tile of a level with the hashes found below it."""
        hashes, number = self._levels[level], self._done[level]
        if not hashes:
            return
        tile = self._read(level, number, len(hashes), HASH)
        if tile != b"".join(hashes):
            span = WIDTH**level
            first = (number * WIDTH + first_difference(tile, hashes)) * span
            name = tile_name(level, number, len(hashes))
            raise VerificationError(f"Entries {first} to {first + span - 1} differ from {name}.")

    def _root(self, edge: list[bytes]) -> bytes:
        """The root over what was replayed so far and an edge of less than a bundle."""
        found = [peak for hashes in reversed(self._levels[1:]) for peak in peaks(hashes)]
        return fold([*found, *peaks(edge)])

    def _read(self, level: int | str, number: int, width: int, unit: int) -> bytes:
        """A tile of that width; a complete one may stand for its own beginning."""
        name = tile_name(level, number, width)
        has = WIDTH if name not in self._source and width < WIDTH else width
        name = name if has == width else tile_name(level, number)
        self._used.add(name)
        data = self._source.read(name, WIDTH * unit)
        if len(data) != has * unit:
            raise VerificationError(f"{name} has {len(data)} bytes, not {has * unit}.")
        return data[: width * unit]

    def _check_others(self) -> None:
        """Tiles of earlier sizes, which mirrors keep, must be beginnings of those compared."""
        for name in self._source.sizes:
            if name.startswith("tile/") and name not in self._used:
                self._check_other(name)

    def _check_other(self, name: str) -> None:
        if not (found := _TILE.fullmatch(name)):
            raise VerificationError(f"{name} is no tile.")
        level, width = found[1], int(found[3] or WIDTH)
        number = int(found[2].replace("x", "").replace("/", ""))
        depth, unit = (0, HASH + 2) if level == "entries" else (int(level), HASH)
        whole = min(WIDTH, (self._size >> 8 * depth) - number * WIDTH)
        if not 0 < width < whole or name != tile_name(level, number, width):
            raise VerificationError(f"{name} is no tile of a log of {self._size} entries.")
        data = self._read(level, number, whole, unit)[: width * unit]
        if self._source.read(name, WIDTH * unit) != data:
            raise VerificationError(f"{name} differs from the tile that followed it.")


def first_difference(tile: bytes, hashes: Sequence[bytes]) -> int:
    """Which of the hashes the tile has otherwise."""
    return next(i for i, one in enumerate(hashes) if tile[i * HASH : (i + 1) * HASH] != one)


def verify_log(source: Source, trust: Trust, since: str | None = None) -> Report:
    """A copy of a whole log: every entry, every tile, the root, and whether it begins as before."""
    keys = as_text(source.read("key", MOST_NOTE), "key") if "key" in source else ""
    contained = parse_vkeys(keys, "key") if keys else ()
    note = as_text(source.read("checkpoint", MOST_NOTE), "checkpoint")
    signed = check_checkpoint(note, trust, contained)
    earlier, what = trust.unwitnessed(), "the older checkpoint"
    before = check_checkpoint(since, earlier, contained, what) if since else signed
    new, old = signed.checkpoint, before.checkpoint
    if old.origin != new.origin or old.size > new.size:
        raise VerificationError("The older checkpoint is of another log or of a longer one.")
    replay = Replay(source, new.size, old.size)
    if replay.root() != new.root:
        raise VerificationError("The entries and tiles agree, but the signed root is another one.")
    if replay.earlier != old.root:
        raise VerificationError(f"The first {old.size} entries are not those signed before.")
    sentence = f"The log {shown(new.origin)} is whole: {new.size} entries lead to the signed root"
    tail = f", and the first {old.size} are those signed before." if since else "."
    facts = {**signed.facts(), **({"since": before.facts()} if since else {})}
    return Report(sentence + tail, facts, signed.is_pinned)


# --- Exports and evidence packs ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export says of itself, once its note is verified."""

    kind: str
    logs: dict[str, tuple[str, tuple[Vkey, ...]]]
    files: dict[str, str]
    count: int
    facts: dict[str, Any]
    is_pinned: bool


def read_manifest(source: Source, trust: Trust) -> Manifest:
    """The manifest, its parts and its signature. Raises VerificationError."""
    raw = source.read("manifest.json", MOST_MANIFEST)
    said = as_json(raw, "manifest.json")
    kind = part(said, "kind", str, "manifest.json")
    if part(said, "format", str, "manifest.json") != EXPORT or kind not in ("export", "evidence"):
        raise UnreadableError(f"manifest.json is not of the format {EXPORT}.")
    logs, files = _logs(said), _files(said)
    origin, contained = logs[min(logs)]
    note = Note.parse(
        as_text(source.read("manifest.note", MOST_NOTE), "manifest.note"), "manifest.note"
    )
    key, is_pinned = check_signer(note, origin, trust, contained, "manifest.note")
    if note.body != f"{EXPORT}\n{base64(hashlib.sha256(raw).digest())}\n":
        raise VerificationError("manifest.json is not the one that manifest.note signs.")
    at = moment(part(said, "made_at", int, "manifest.json"))
    count = part(said, "count", int, "manifest.json")
    facts = {
        "kind": kind, "made_at": at, "made_by": _as_said(said.get("made_by")),
        "reason": _as_said(said.get("reason")), "filters": _filters(said.get("filters")),
        "count": count, "key": str(key),
    }  # fmt: skip
    return Manifest(kind, logs, files, count, facts, is_pinned)


def _as_said(value: Any) -> str:
    """What the maker says: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def _filters(said: Any) -> str | dict[str, str]:
    """What was asked for, one fact each."""
    if not isinstance(said, dict):
        return _as_said(said)
    return {name: _as_said(value) for name, value in said.items()}


def _logs(said: Any) -> dict[str, tuple[str, tuple[Vkey, ...]]]:
    """The logs a manifest names: origin and keys of each."""
    logs = part(said, "logs", dict, "manifest.json")
    if not 1 <= len(logs) <= MOST_LOGS or not all(map(_LOG_NAME.fullmatch, logs)):
        raise UnreadableError("manifest.json names no log, too many, or one by a wrong name.")
    found = {}
    for name, one in logs.items():
        keys = part(one, "vkeys", list, "A log of manifest.json")
        if not all(isinstance(key, str) for key in keys) or len(keys) > MOST_SIGNATURES:
            raise UnreadableError("manifest.json holds something that is no key.")
        origin = part(one, "origin", str, "A log of manifest.json")
        if not origin.endswith(f"/{name}"):
            raise VerificationError(f"manifest.json gives {name} the origin of another log.")
        found[name] = (origin, tuple(map(Vkey.parse, keys)))
    return found


def _files(said: Any) -> dict[str, str]:
    files: dict[str, Any] = part(said, "files", dict, "manifest.json")
    for name, digest in files.items():
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            raise UnreadableError(f"manifest.json has no digest of {shown(name)}.")
    return files


def check_files(source: Source, manifest: Manifest) -> None:
    """Nothing is missing, nothing is too much; each file but the entries is the one signed."""
    own = {"manifest.json", "manifest.note"}
    if missing := sorted(manifest.files.keys() - source.sizes.keys()):
        raise VerificationError(f"{shown(missing[0])} is missing.")
    if extra := sorted(source.sizes.keys() - manifest.files.keys() - own):
        raise VerificationError(f"{extra[0]} is not named in manifest.json.")
    if own & manifest.files.keys():
        raise VerificationError("manifest.json cannot name itself.")
    needed = {"entries.ndjson", *(f"checkpoints/{name}" for name in manifest.logs)}
    if missing := sorted(needed - manifest.files.keys()):
        raise VerificationError(f"{missing[0]} is not named in manifest.json.")
    for name in manifest.files.keys() - {"entries.ndjson"}:
        if source.digest(name) != manifest.files[name]:
            raise VerificationError(f"{name} is not the file that manifest.json names.")


class Tree:
    """A signed root against which many inclusion proofs are checked.

    Keeps the upper parts of proofs that led to the root: neighbours share them.
    """

    KEPT: Final = 4096
    STEP: Final = 8

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._size = checkpoint.size
        self._root = checkpoint.root
        self._known: dict[int, dict[int, tuple[bytes, list[str]]]] = {}
        self._seen: dict[int, int] = {}

    def check(self, index: int, leaf: bytes, proof: list[str]) -> None:
        """That the proof leads from this leaf at this place to the root.

        Raises VerificationError, and what base64 raises.
        """
        inner = check_place(index, self._size, len(proof))
        node, level, passed = leaf, 0, []
        while inner - level >= self.STEP:
            part_ = _hashes(proof[level : level + self.STEP])
            node, level = climb(node, index >> level, part_), level + self.STEP
            above = (node, proof[level:])
            if self._known.get(level, {}).get(index >> level) == above:
                break
            passed.append((level, above))
        else:
            self._reach(node, index >> level, _hashes(proof[level:]), inner - level)
        self._keep(index, passed)

    def _reach(self, node: bytes, place: int, rest: list[bytes], inner: int) -> None:
        found = climb(node, place, rest[:inner])
        if climb(found, -1, rest[inner:]) != self._root:
            raise VerificationError("record, salt or proof differ from what the log holds")

    def _keep(self, index: int, passed: list[tuple[int, tuple[bytes, list[str]]]]) -> None:
        for level, above in passed:
            known = self._known.setdefault(level, {})
            if len(known) >= self.KEPT:
                known.clear()
            known[index >> level] = above

    def is_new(self, index: int) -> bool:
        """Whether this place is asked about for the first time."""
        bundle, bit = index >> 8, 1 << (index & 255)
        seen = self._seen.get(bundle, 0)
        self._seen[bundle] = seen | bit
        return not seen & bit


def _hashes(texts: list[str]) -> list[bytes]:
    a2b = binascii.a2b_base64
    found = [a2b(text, strict_mode=True) for text in texts]
    if set(map(len, found)) - {HASH}:
        raise ValueError("a hash has another length")
    return found


def check_line(line: bytes, trees: dict[str, Tree]) -> bool:
    """One entry of an export; returns whether its record is there. Raises VerificationError."""
    said = as_json(line, "what stands there")
    index, proof = part(said, "index", int, "the entry"), part(said, "proof", list, "the entry")
    tree = trees.get(part(said, "log", str, "the entry"))
    if tree is None:
        raise VerificationError("manifest.json does not name its log")
    is_there = "body" in said
    try:
        commitment = _commitment(said) if is_there else _bare_commitment(said)
        tree.check(index, leaf_hash(commitment), proof)
    except (binascii.Error, ValueError, TypeError):
        raise VerificationError("a hash, a salt or a record is not base64 of its length") from None
    if not tree.is_new(index):
        raise VerificationError(f"entry {index} stands in the export twice")
    return is_there


def _commitment(said: dict[str, Any]) -> bytes:
    """The commitment of a record that is there, once its id is the entry's."""
    salt = binascii.a2b_base64(part(said, "salt", str, "the entry"), strict_mode=True)
    body = binascii.a2b_base64(part(said, "body", str, "the entry"), strict_mode=True)
    if len(salt) != SALT or "commitment" in said:
        raise ValueError("a salt has another length")
    inside = as_json(body, "the record")
    if part(inside, "id", str, "the record") != part(said, "id", str, "the entry"):
        raise VerificationError("the record has another id than the entry")
    return commitment_of(salt, body)


def _bare_commitment(said: dict[str, Any]) -> bytes:
    """What stands for a record that was destroyed."""
    text = part(said, "commitment", str, "the entry")
    found = binascii.a2b_base64(text, strict_mode=True)
    is_id = _UUID.fullmatch(part(said, "id", str, "the entry"))
    if len(found) != HASH or "salt" in said or not is_id:
        raise ValueError("a commitment has another length")
    return found


def check_entries(source: Source, manifest: Manifest, trees: dict[str, Tree]) -> tuple[int, int]:
    """Every line of an export; how many entries, and of how many the record is gone."""
    digest, count, gone = hashlib.sha256(), 0, 0
    for line in source.lines("entries.ndjson", digest.update):
        count += 1
        try:
            gone += not check_line(line, trees)
        except VerificationError as error:
            text = str(error).rstrip(".")
            raise VerificationError(f"entries.ndjson line {count}: {text}.") from None
    if digest.hexdigest() != manifest.files["entries.ndjson"]:
        raise VerificationError("entries.ndjson is not the file that manifest.json names.")
    if count != manifest.count:
        raise VerificationError(f"entries.ndjson has {count} entries, not {manifest.count}.")
    return count, gone


def verify_export(source: Source, trust: Trust) -> Report:
    """A whole export or evidence pack: its signature, every file, and every entry's place."""
    manifest = read_manifest(source, trust)
    check_files(source, manifest)
    signed = {}
    for name, (origin, keys) in manifest.logs.items():
        what = f"checkpoints/{name}"
        signed[name] = check_checkpoint(
            as_text(source.read(what, MOST_NOTE), what), trust, keys, what
        )
        if signed[name].checkpoint.origin != origin:
            raise VerificationError(f"{what} is of another log.")
    trees = {name: Tree(one.checkpoint) for name, one in signed.items()}
    count, gone = check_entries(source, manifest, trees)
    facts = {**manifest.facts, "gone": gone, "logs": {k: one.facts() for k, one in signed.items()}}
    is_pinned = manifest.is_pinned and all(one.is_pinned for one in signed.values())
    about = f"; of {gone} the record is gone" if gone else ""
    sentence = f"All {count} entries of this {manifest.kind} are in their logs{about}."
    return Report(sentence, facts, is_pinned)


# --- Receipts and timestamps -------------------------------------------------------------------


def canonical(value: Any) -> bytes:
    """Canonical JSON (RFC 8785) of values without floats and with ASCII names."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt taken apart: what it says, what was signed, and the proof that came with it."""

    said: dict[str, Any]
    signed: bytes
    signature: bytes
    proof: str = ""
    record: bytes = b""

    @classmethod
    def parse(cls, raw: bytes) -> "Receipt":
        """A receipt as JSON or as JWS; verifies nothing. Raises UnreadableError."""
        return _jws(raw) if _JWS.fullmatch(raw.strip()) else _json(raw)


_JWS = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


def _json(raw: bytes) -> Receipt:
    return taken_apart(_receipt(as_json(raw, "The receipt")), "The receipt")


def taken_apart(said: dict[str, Any], what: str) -> Receipt:
    """JSON with the members `signature` and, where the log proves it, `log`; neither is signed."""
    signature = part(said, "signature", dict, what)
    value = unbase64(signature.get("ed25519"), f"{what}'s signature")
    content = {name: one for name, one in said.items() if name not in ("signature", "log")}
    try:
        signed = canonical(content)
    except (ValueError, RecursionError):
        raise UnreadableError(f"{what} has no canonical form.") from None
    if "log" not in said:
        return Receipt(content, signed, value)
    log = part(said, "log", dict, what)
    record = unbase64(part(log, "record", str, what), f"{what}'s record")
    return Receipt(content, signed, value, part(log, "proof", str, what), record)


def _jws(raw: bytes) -> Receipt:
    """JWS in compact form (RFC 7515), signed by EdDSA (RFC 8037) and in no other way."""
    head, body, value = raw.strip().split(b".")
    header = as_json(_unpadded(head), "The receipt's header")
    if not isinstance(header, dict) or {**header, **JWS_HEADER} != header or "crit" in header:
        raise UnreadableError("The receipt is signed in a way that is not the format's.")
    said = _receipt(as_json(_unpadded(body), "The receipt"))
    return Receipt(said, head + b"." + body, _unpadded(value))


def _unpadded(text: bytes) -> bytes:
    """base64url without padding, in its one canonical spelling."""
    standard = text.translate(bytes.maketrans(b"-_", b"+/")) + b"=" * (-len(text) % 4)
    return unbase64(standard.decode(), "A part of the receipt")


def _receipt(said: Any) -> dict[str, Any]:
    if not isinstance(said, dict) or said.get("schema_version") not in RECEIPTS:
        raise UnreadableError(f"The receipt is not of the format {' or '.join(RECEIPTS)}.")
    return said


def check_receipt(receipt: Receipt, keys: Sequence[Vkey]) -> None:
    """That one of these keys signed the receipt. Raises VerificationError."""
    if not any(key.made(receipt.signature, receipt.signed) for key in keys):
        raise VerificationError("The receipt is not signed by a trusted key of its log.")


def verify_receipt(raw: bytes, proof: str, record: bytes, trust: Trust) -> Report:
    """That a receipt is signed, and that what it tells is recorded in the log.

    Without a proof and a record of its own, those count that the receipt brings; where it brings
    none, the signature alone is verified, and the report says so.
    """
    receipt = Receipt.parse(raw)
    proof, record = proof or receipt.proof, record or receipt.record
    if not proof:
        return _only_signed(receipt, trust)
    said = receipt.said
    report = verify_proof(record, proof, trust)
    check_receipt(receipt, trust.keys_for(report.facts["log"], ())[0])
    told = as_json(record, "The record")
    for name, (mine, theirs) in _compared(said, told).items():
        if mine != theirs:
            raise VerificationError(f"The record says otherwise than the receipt: {name}.")
    facts = {"receipt": said["receipt_id"], "in_log": True, **report.facts}
    sentence = f"The receipt is signed, and what it says is entry {facts['index']} of the log"
    return Report(f"{sentence} {shown(facts['log'])}.", facts, report.is_pinned)


def keys_of(log: str, trust: Trust) -> list[Vkey]:
    """The pinned keys of a controller's log, whose name ends with its id. Raises UntrustedError."""
    keys = [key for key in trust.keys if key.name.rpartition("/")[2] == log]
    if not keys:
        raise UntrustedError(f"No key of the log {shown(log)} is known: give it with --vkey.")
    return keys


def _only_signed(receipt: Receipt, trust: Trust) -> Report:
    """A receipt alone: its log is the controller's."""
    controller = part(receipt.said, "pii_controller", dict, "The receipt")
    keys = keys_of(part(controller, "id", str, "The receipt"), trust)
    check_receipt(receipt, keys)
    facts = {"receipt": receipt.said.get("receipt_id"), "in_log": False, "key": str(keys[0])}
    sentence = (
        "The receipt is signed; that it is in the log was not checked: no proof came with it."
    )
    return Report(sentence, facts)


def _compared(receipt: Any, record: Any) -> dict[str, tuple[Any, Any]]:
    """What both the receipt and the record say."""
    target, data = (
        part(record, "target", dict, "The record"),
        part(record, "data", dict, "The record"),
    )
    notice = part(receipt, "privacy_notice", dict, "The receipt")
    receipt_id = part(receipt, "receipt_id", str, "The receipt")
    state = part(receipt, "event_state", str, "The receipt")
    pairs = {
        "receipt_id": ({"type": "consent_event", "id": receipt_id}, target),
        "event_state": (f"consent:{state}", record.get("event")),
        "event_time": (_micros(receipt.get("event_time")), data.get("event_at")),
        "purpose": (receipt.get("purpose"), record.get("purpose")),
        "privacy_notice.id": (notice.get("id"), data.get("notice_version")),
        "privacy_notice.sha256": (notice.get("sha256"), data.get("sha256")),
    }
    same = ("purpose_version", "language", "method", "channel", "given_by")
    return pairs | {name: (receipt.get(name), data.get(name)) for name in same}


def _micros(text: Any) -> int | None:
    try:
        at = datetime.fromisoformat(text)
        return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    except (TypeError, ValueError, OverflowError):
        return None


# --- Certificates of erasure -------------------------------------------------------------------


def verify_certificate(raw: bytes, trust: Trust) -> Report:
    """That a certificate is signed, says one thing throughout, and was issued as the log says.

    Whether a system told the truth when it was looked at is not in it. Where the file brings no
    proof, the signature and its own words alone are verified, and the report says so.
    """
    said = as_json(raw, CERTIFICATE_FILE)
    if not isinstance(said, dict) or said.get("schema_version") != CERTIFICATE:
        raise UnreadableError(f"{CERTIFICATE_FILE} is not of the format {CERTIFICATE}.")
    made = taken_apart(said, CERTIFICATE_FILE)
    log = part(part(said, "controller", dict, CERTIFICATE_FILE), "id", str, CERTIFICATE_FILE)
    keys = keys_of(log, trust)
    if not any(key.made(made.signature, made.signed) for key in keys):
        raise VerificationError("The certificate is not signed by a trusted key of its log.")
    facts = _certified(made.said)
    if not made.proof:
        more = "that it is in the log was not checked: no proof came with it"
        return Report(f"The certificate is signed; {more}.", {**facts, "in_log": False})
    report = _recorded(made, log, trust)
    sentence = "The certificate is signed, and its issue is in the log."
    return Report(sentence, {**facts, "in_log": True, **report.facts}, report.is_pinned)


def _certified(said: dict[str, Any]) -> dict[str, Any]:
    """What it says, once its counts agree with its systems. Raises VerificationError."""
    counts = part(said, "counts", dict, CERTIFICATE_FILE)
    systems = part(said, "systems", list, CERTIFICATE_FILE)
    outcomes = [part(one, "outcome", str, CERTIFICATE_FILE) for one in systems]
    if counts != {name: outcomes.count(name) for name in OUTCOMES}:
        raise VerificationError("The certificate's counts are not those of its systems.")
    if sum(counts.values()) != len(systems):
        raise VerificationError("A system in the certificate has not ended.")
    for one in systems:
        if one["outcome"] == "exempt" and not part(one, "kept", list, CERTIFICATE_FILE):
            raise VerificationError("A system is exempt, and the certificate says not why.")
        if one["outcome"] == "excepted" and not part(one, "exception", str, CERTIFICATE_FILE):
            raise VerificationError("A system is excepted, and the certificate says not why.")
    return {
        "certificate": said.get("certificate_id"), "number": said.get("number"),
        "replaces": said.get("replaces"), "issued_at": said.get("issued_at"),
        "statement": said.get("statement"), "systems": counts,
        "exceptions": part(said, "exceptions", list, CERTIFICATE_FILE),
    }  # fmt: skip


def _recorded(made: Receipt, log: str, trust: Trust) -> Report:
    """That the log tells of the issue of just these bytes. Raises VerificationError."""
    report = verify_proof(made.record, made.proof, trust)
    told = as_json(made.record, "The record")
    data = part(told, "data", dict, "The record")
    pairs = {
        "log": (log, str(report.facts["log"]).rpartition("/")[2]),
        "event": ("certificate:issued", told.get("event")),
        "certificate_id": (
            {"type": "certificate", "id": made.said.get("certificate_id")}, told.get("target"),
        ),
        "number": (made.said.get("number"), data.get("number")),
        "sha256": (hashlib.sha256(made.signed).hexdigest(), data.get("sha256")),
    }  # fmt: skip
    for name, (mine, theirs) in pairs.items():
        if mine != theirs:
            raise VerificationError(f"The record says otherwise than the certificate: {name}.")
    return report


# --- The command -------------------------------------------------------------------------------


def _text_file(path: Path) -> str:
    return as_text(read_file(path, MOST_NOTE), shown(str(path)))


def run_proof(given: argparse.Namespace, trust: Trust) -> Report:
    record = read_file(given.record, MOST_RECORD)
    return verify_proof(record, _text_file(given.proof), trust)


def run_entry(given: argparse.Namespace, trust: Trust) -> Report:
    if not _DIGEST.fullmatch(given.commitment.lower()):
        raise UnreadableError("A commitment is 64 hexadecimal digits.")
    return verify_entry(bytes.fromhex(given.commitment), _text_file(given.proof), trust)


def run_consistency(given: argparse.Namespace, trust: Trust) -> Report:
    proof = read_file(given.proof, MOST_NOTE)
    return verify_consistency(_text_file(given.old), _text_file(given.new), proof, trust)


def run_log(given: argparse.Namespace, trust: Trust) -> Report:
    since = _text_file(given.since) if given.since else None
    with Source(given.copy, most_files=MOST_LOG_FILES, most_bytes=given.most_bytes) as source:
        return verify_log(source, trust, since)


def run_export(given: argparse.Namespace, trust: Trust) -> Report:
    with Source(given.export, most_files=MOST_EXPORT_FILES, most_bytes=given.most_bytes) as source:
        return verify_export(source, trust)


def run_receipt(given: argparse.Namespace, trust: Trust) -> Report:
    receipt = read_file(given.receipt, MOST_RECORD)
    if given.proof is None:
        return verify_receipt(receipt, "", b"", trust)
    if given.record is None:
        raise UnreadableError("A proof needs the record it is about: give both, or neither.")
    return verify_receipt(
        receipt, _text_file(given.proof), read_file(given.record, MOST_RECORD), trust
    )


def run_certificate(given: argparse.Namespace, trust: Trust) -> Report:
    return verify_certificate(read_file(given.certificate, MOST_RECORD), trust)


def run_timestamp(given: argparse.Namespace, trust: Trust) -> NoReturn:
    """Says what checks an RFC 3161 token: `cryptography` cannot verify such signatures (CMS)."""
    text = _text_file(given.checkpoint)
    if trust.keys:
        check_checkpoint(text, trust)
    digest = hashlib.sha256(Note.parse(text, "the checkpoint").body.encode()).hexdigest()
    token = shlex.quote(ascii(str(given.token))[1:-1])
    raise UntrustedError(
        "This program does not check timestamps; with the authority's roots in ROOTS.pem run: "
        f"openssl ts -verify -sha256 -digest {digest} -in {token} -CAfile ROOTS.pem"
    )


COMMANDS: Final = {
    # name: (what it verifies, what runs, its files)
    "proof": ("a record and its proof file", run_proof, ("record", "proof")),
    "entry": ("a commitment (hexadecimal) and its proof file", run_entry, ("commitment", "proof")),
    "consistency": (
        "two checkpoints and the proof between them", run_consistency, ("old", "new", "proof"),
    ),
    "log": ("a copy of a whole log, folder or zip", run_log, ("copy",)),
    "export": ("an export or evidence pack, folder or zip", run_export, ("export",)),
    "receipt": (
        "a consent receipt (JSON or JWS), with its proof and record inside or beside it",
        run_receipt, ("receipt", "proof?", "record?"),
    ),
    "certificate": (
        "a certificate of erasure, with its proof inside", run_certificate, ("certificate",),
    ),
    "timestamp": ("says how to check a timestamp", run_timestamp, ("checkpoint", "token")),
}  # fmt: skip


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="sammati_verify", description="Verify Sammati's audit logs offline.",
        epilog="Exit codes: 0 verified, 1 does not verify, 2 cannot be read, 3 untrusted keys.",
        allow_abbrev=False,
    )  # fmt: skip
    commands = found.add_subparsers(dest="command", required=True)
    for name, (what, _, files) in COMMANDS.items():
        one = commands.add_parser(
            name, help=what, description=f"Verifies {what}.", allow_abbrev=False
        )
        for file in files:
            kind = str if file == "commitment" else Path
            one.add_argument(file.rstrip("?"), type=kind, nargs="?" if file[-1] == "?" else None)
        _add_options(one)
        if name == "log":
            one.add_argument("--since", type=Path, help="an older signed checkpoint of the log")
    return found


def _add_options(one: argparse.ArgumentParser) -> None:
    more: dict[str, Any] = {"action": "append", "default": [], "metavar": "VKEY"}
    one.add_argument("--vkey", help="a key of the log that you trust; repeatable", **more)
    one.add_argument("--keys", type=Path, help="a file of trusted keys, one a line")
    one.add_argument("--witness", help="a witness's key that you trust; repeatable", **more)
    one.add_argument("--need", type=int, help="how many witnesses must have cosigned (all)")
    one.add_argument(
        "--trust-contained-keys", action="store_true",
        help="accept keys that come with what is verified: shows that it is whole, not whose it is",
    )  # fmt: skip
    one.add_argument("--json", action="store_true", help="answer in JSON")
    one.add_argument("--most-bytes", type=int, default=MOST_BYTES, help="unpack no more than this")


def trust_of(given: argparse.Namespace) -> Trust:
    """What was pinned. A key's own type says whether a log or a witness signs with it."""
    listed = parse_vkeys(_text_file(given.keys), "The file of keys") if given.keys else ()
    keys = {one: None for one in (*map(Vkey.parse, given.vkey), *listed) if one.kind == ED25519}
    named = (*map(Vkey.parse, given.witness), *listed)
    witnesses = {one.raw: one for one in named if one.kind == COSIGNATURE}
    if len(given.vkey) > sum(Vkey.parse(one).kind == ED25519 for one in given.vkey):
        raise UnreadableError("A key given with --vkey is a witness's: give it with --witness.")
    if any(Vkey.parse(one).kind != COSIGNATURE for one in given.witness):
        raise UnreadableError("A key given with --witness is none of a witness (type 4).")
    need = len(witnesses) if given.need is None else given.need
    if not 0 <= need <= len(witnesses):
        raise UnreadableError(f"{need} witnesses cannot be needed of {len(witnesses)} given.")
    return Trust(tuple(keys), tuple(witnesses.values()), need)


def verify(given: argparse.Namespace) -> tuple[int, str, dict[str, Any]]:
    """The exit code, a sentence and the facts. Never raises for what was handed in."""
    try:
        report = COMMANDS[given.command][1](given, trust_of(given))
    except VerificationError as error:
        return error.code, str(error), {}
    except (MemoryError, RecursionError):
        return UNREADABLE, "It is too large or too deep to be read.", {}
    except Exception as error:  # hostile input may reach what nobody thought of: never verified
        return UNREADABLE, f"It cannot be read ({type(error).__name__}).", {}
    if report.is_pinned or given.trust_contained_keys:
        return VERIFIED, report.sentence, report.facts
    text = "It agrees with the keys inside it, which nobody pinned: give --vkey or --keys."
    return UNTRUSTED, text, report.facts


def main(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    code, sentence, facts = verify(given)
    if given.json:
        answer = {"verified": code == VERIFIED, "code": code, "message": sentence, "facts": facts}
        sys.stdout.write(json.dumps(answer, indent=2) + "\n")
    else:
        (sys.stderr if code else sys.stdout).write(sentence + "\n")
        sys.stdout.write("".join(_lines(facts)))
    return code


def _lines(facts: dict[str, Any], indent: str = "  ") -> Iterator[str]:
    for name, value in facts.items():
        if isinstance(value, dict):
            yield f"{indent}{shown(name)}:\n"
            yield from _lines(value, indent + "  ")
        else:
            yield f"{indent}{shown(name)}: {json.dumps(value)}\n"


if __name__ == "__main__":
    sys.exit(main())
