"""What the verifier is given: copies, exports and proofs of real logs, and of logs made up here.

Exports are written by this file as docs/log-format.md describes them, not by the exporter, so that
verifier and exporter are held to the document and not to each other.
"""

import base64
import functools
import hashlib
import importlib.util
import io
import json
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import sealing
from audit.canonical import canonical
from audit.models import Payload
from audit.tiles import LogReader, NoSuchTileError
from audit.tlog import merkle, notes
from audit.tlog.notes import COSIGNATURE, ED25519, Vkey
from config.places import BASE_DIR
from keys import services as keys

SCRIPT = BASE_DIR / "clients" / "verify" / "sammati_verify.py"
ORIGIN = "log.example/log/v1/system"
VERIFIED, WRONG, UNREADABLE, UNTRUSTED = 0, 1, 2, 3
MADE_AT = 1_790_000_000_000_000


def load():
    """The verifier as a module, from its file: it belongs to no package."""
    spec = importlib.util.spec_from_file_location("sammati_verify", SCRIPT)
    found = importlib.util.module_from_spec(spec)
    sys.modules["sammati_verify"] = found
    spec.loader.exec_module(found)
    return found


verifier = load()


def text64(raw):
    return base64.b64encode(raw).decode()


def trusting(*vkeys):
    """These keys pinned."""
    return verifier.Trust(keys=tuple(verifier.Vkey.parse(str(one)) for one in vkeys))


def holds(commitment, proof, trust):
    """Whether the bytes of a proof file prove a commitment."""
    try:
        verifier.verify_entry(commitment, verifier.as_text(proof, "the proof"), trust)
    except verifier.VerificationError:
        return False
    return True


def stands(record, proof, trust):
    """Whether the bytes of a proof file, with the salt they hold, prove a record."""
    try:
        verifier.verify_proof(record, verifier.as_text(proof, "the proof"), trust)
    except verifier.VerificationError:
        return False
    return True


# --- Running it ------------------------------------------------------------------------------


class Answer:
    """What the command answered: its exit code, its sentence and its facts."""

    def __init__(self, code, out):
        self.code = code
        self.said = json.loads(out)
        assert self.said["code"] == code
        assert self.said["verified"] is (code == VERIFIED)
        self.message, self.facts = self.said["message"], self.said["facts"]
        assert self.message.endswith(".") or "openssl" in self.message, self.message
        assert "\n" not in self.message


def ask(capsys, *arguments):
    """The command inside this process."""
    code = verifier.main([*map(str, arguments), "--json"])
    return Answer(code, capsys.readouterr().out)


ALONE = """
import runpy, sys
visible = sys.argv[1]
sys.path.append(visible)
sys.argv = sys.argv[2:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    sys.stderr.write("MODULES " + " ".join(sorted(sys.modules)))
"""


@functools.cache
def visible(folder):
    """A folder in which only `cryptography` and what it needs can be found."""
    for name in ("cryptography", "cffi"):
        found = distribution(name)
        for top in {file.parts[0] for file in found.files if ".." not in file.parts}:
            link = folder / top
            if not link.exists():
                link.symlink_to(found.locate_file(top))
    return folder


def alone(folder, *arguments):
    """The command in a process of its own that finds nothing but `cryptography`."""
    command = [sys.executable, "-I", "-S", "-c", ALONE, visible(folder), SCRIPT, *arguments]
    return subprocess.run(
        list(map(str, command)), cwd="/", env={}, capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip


# --- Keys and signatures ---------------------------------------------------------------------


class Signer:
    """A key that is not the suite's: of a made-up log, of a witness, of an attacker."""

    def __init__(self, name, kind=ED25519, seed=b"\x07" * 32):
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.vkey = Vkey(name, kind, self._private.public_key().public_bytes_raw())

    def raw(self, data):
        """A signature alone, in base64."""
        return text64(self._private.sign(data))

    def sign(self, body):
        return notes.signature_line(self.vkey, self._private.sign(body.encode()))

    def cosign(self, body, seconds):
        message = notes.cosigned(body, seconds)
        return notes.signature_line(self.vkey, self._private.sign(message), seconds=seconds)

    def checkpoint(self, size, root):
        body = notes.Checkpoint(self.vkey.name, size, root).body
        return notes.note(body, [self.sign(body)])


def witness(name, seed):
    return Signer(name, COSIGNATURE, seed)


class OurSigner:
    """The suite's own key, in the name of one log."""

    def __init__(self, origin):
        self.vkey = sealing.log_key(origin)

    def sign(self, body):
        return notes.signature_line(self.vkey, keys.sign(body.encode()).value)


# --- Logs ------------------------------------------------------------------------------------


class MadeUpLog:
    """A tree over any leaves, without a database: small, or large and quickly made."""

    def __init__(self, entries, signer=None):
        self.entries = entries
        self.signer = signer or Signer(ORIGIN)
        self._levels = [[merkle.leaf_hash(one) for one in entries]]
        while len(self._levels[-1]) > 1:
            lower = self._levels[-1]
            pairs = zip(lower[::2], lower[1::2], strict=False)
            self._levels.append([merkle.node_hash(*pair) for pair in pairs])

    @property
    def size(self):
        return len(self.entries)

    def node(self, level, number):
        return self._levels[level][number]

    def checkpoint(self, size=None):
        size = self.size if size is None else size
        return self.signer.checkpoint(size, merkle.root(size, self.node))

    def proof(self, index, size=None, extra=b""):
        size = self.size if size is None else size
        hashes = tuple(merkle.inclusion_proof(index, size, self.node))
        return str(notes.Proof(index, hashes, self.checkpoint(size), extra))

    def consistency(self, old, new):
        return consistency_answer(merkle.consistency_proof(old, new, self.node), old, new)

    def copy(self, size=None):
        """The whole log as files."""
        size = self.size if size is None else size
        tiles = {}
        for number in range(-(-size // 256)):
            part = self.entries[number * 256 : min(size, number * 256 + 256)]
            tiles["entries", number] = b"".join(b"\x00\x20" + one for one in part)
        for level in range(0, 64, 8):
            hashes = self._levels[level][: size >> level] if level < len(self._levels) else []
            for start in range(0, len(hashes), 256):
                tiles[level // 8, start // 256] = b"".join(hashes[start : start + 256])
        files = {tile_name(*place, data): data for place, data in tiles.items()}
        key = f"{self.signer.vkey}\n".encode()
        return {"checkpoint": self.checkpoint(size).encode(), "key": key, **files}


def tile_name(level, number, data):
    width = len(data) // (34 if level == "entries" else 32)
    return verifier.tile_name(level, number, width)


def numbered(count, salt=b""):
    """So many different commitments."""
    return [hashlib.sha256(salt + number.to_bytes(4)).digest() for number in range(count)]


def consistency_answer(hashes, old, new):
    """What the log's read interface answers."""
    return json.dumps({"old": old, "new": new, "hashes": [text64(one) for one in hashes]})


def copied(controller_id):
    """A real log as files: what its read interface serves."""
    reader = LogReader.of(controller_id)
    note = reader.checkpoint().note
    lines = "".join(f"{key}\n" for key in sealing.log_keys(reader.tree.origin))
    files = {"checkpoint": note.encode(), "key": lines.encode()}
    for number in range(-(-reader.size // 256)):
        entries = reader.part(number).entries
        data = b"".join(b"\x00\x20" + entries[i : i + 32] for i in range(0, len(entries), 32))
        files[tile_name("entries", number, data)] = data
    for level in range(4):
        for number in range(1000):
            try:
                data = reader.tile(level, number)
            except NoSuchTileError:
                break
            files[tile_name(level, number, data)] = data
    return files


# --- Exports ---------------------------------------------------------------------------------


def export_line(reader, entry_id, size, *, is_gone=False):
    """A line of entries.ndjson, as docs/log-format.md describes it."""
    index = reader.position(entry_id)
    line = {
        "log": sealing.log_name(reader.tree.controller_id), "index": index, "id": str(entry_id),
        "proof": [text64(one) for one in reader.inclusion(index, size)],
    }  # fmt: skip
    if is_gone:
        start = index % 256 * 32
        return {**line, "commitment": text64(reader.part(index // 256).entries[start : start + 32])}
    kept = Payload.objects.get(id=entry_id)
    return {**line, "salt": text64(bytes(kept.salt)), "body": text64(bytes(kept.body))}


def exported(logs, *, gone=(), more=None, kind="export"):
    """The files of an export of these entries: {controller id: [entry ids]}."""
    names, lines, files = {}, [], dict(more or {})
    for controller_id, ids in logs.items():
        reader, name = LogReader.of(controller_id), sealing.log_name(controller_id)
        checkpoint, origin = reader.checkpoint(), reader.tree.origin
        vkeys = [str(key) for key in sealing.log_keys(origin)]
        names[name] = {"origin": origin, "vkeys": vkeys}
        files[f"checkpoints/{name}"] = checkpoint.note.encode()
        lines += [
            export_line(reader, one, checkpoint.size, is_gone=one in gone) for one in ids
        ]  # fmt: skip
    files["entries.ndjson"] = b"".join(canonical(one) + b"\n" for one in lines)
    return signed_export(
        files, names, OurSigner(names[min(names)]["origin"]), kind=kind, count=len(lines)
    )


def signed_export(files, logs, signer, /, **changes):
    """The files with a manifest that names them, signed."""
    files = {k: v for k, v in files.items() if k not in {"manifest.json", "manifest.note"}}
    manifest = canonical({
        "format": "sammati-export@1", "kind": "export", "logs": logs, "made_at": MADE_AT,
        "made_by": "01900000-0000-7000-8000-0000000000ff", "reason": "audit", "filters": {},
        "count": 1,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        **changes,
    })  # fmt: skip
    body = f"sammati-export@1\n{text64(hashlib.sha256(manifest).digest())}\n"
    note = notes.note(body, [signer.sign(body)])
    return {**files, "manifest.json": manifest, "manifest.note": note.encode()}


def resigned(files, log, entries=None, /, **changes):
    """The same export, signed again by the log's own key after a change: the exporter lies."""
    said = manifest_of(files)
    inner = {**files, **({"entries.ndjson": entries} if entries is not None else {})}
    count = inner.get("entries.ndjson", b"").count(b"\n")
    signer = OurSigner(said["logs"][min(said["logs"])]["origin"])
    return signed_export(inner, said["logs"], signer, **{"count": count, **changes})


def manifest_of(files):
    return json.loads(files["manifest.json"])


def zipped(path, files):
    """A zip of these files; a list of pairs may hold a name twice."""
    pairs = files.items() if isinstance(files, dict) else files
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in pairs:
            made.writestr(zipfile.ZipInfo(name), data)
    return path


def unpacked(path, files):
    for name, data in files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return path


def flipped(data, at, bit=0):
    """The bytes with one bit of one byte turned."""
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def as_zip_bytes(files):
    found = io.BytesIO()
    zipped(found, files)
    return found.getvalue()


def write(folder, **texts):
    """Files by name (dots for underscores at the end of it), and their paths in order."""
    paths = []
    for name, content in texts.items():
        path = Path(folder) / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        paths.append(path)
    return paths
