"""The worked example of docs/log-format.md, computed from its seeds by hashes and keys alone."""

import base64
import hashlib
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

LOG = "01900000-0000-7000-8000-00000000000a"
ORIGIN = f"sammati.example/log/v1/{LOG}"
WITNESS = "witness.example/w1"
SECONDS = 1_790_000_060
AT = 1_790_000_000_000_000
SALTS = [bytes(range(n * 16, n * 16 + 16)) for n in range(3)]
OFFICER = "01900000-0000-7000-8000-0000000000ff"
RECORDS = [
    {
        "id": "019a0000-0000-7000-8000-000000000001", "at": AT, "event": "purpose:approved",
        "actor": {"type": "officer", "id": OFFICER},
        "target": {"type": "purpose", "id": "01900000-0000-7000-8000-000000000077"},
        "purpose": "marketing.email.offers", "data": {"version": 1},
    },
    {
        "id": "019a0000-0000-7000-8000-000000000002", "at": AT + 1_500_000,
        "event": "consent:given",
        "actor": {"type": "subject", "id": "5b3f3c0e-6a3e-4c8e-9a64-2f1d8c9b7a10"},
        "target": {"type": "consent_event", "id": "01900000-0000-7000-8000-000000000042"},
        "subject": "5b3f3c0e-6a3e-4c8e-9a64-2f1d8c9b7a10", "purpose": "marketing.email.offers",
        "outcome": "given",
        "data": {"before": "unknown", "channel": "web", "given_by": "principal", "language": "hi",
                 "method": "checkbox", "sequence": 1, "state": "given"},
    },
    {
        "id": "019a0000-0000-7000-8000-000000000003", "at": AT + 61_000_000,
        "event": "log:heartbeat", "actor": {"type": "system", "id": "sequencer"},
        "target": {"type": "log", "id": LOG}, "data": {},
    },
]  # fmt: skip


def text64(raw):
    return base64.b64encode(raw).decode()


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def body(record):
    """Sorted names, no blanks, UTF-8."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Key:
    def __init__(self, name, kind, seed):
        self.name, self.kind = name, bytes([kind])
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.raw = self._private.public_key().public_bytes_raw()
        self.id = sha256(name.encode(), b"\n", self.kind, self.raw)[:4]
        self.vkey = f"{name}+{self.id.hex()}+{text64(self.kind + self.raw)}"

    def line(self, text, time=b""):
        return f"— {self.name} {text64(self.id + time + self._private.sign(text.encode()))}\n"


LOG_KEY = Key(ORIGIN, 1, bytes(range(32)))
WITNESS_KEY = Key(WITNESS, 4, bytes(range(32, 64)))

BODIES = [body(one) for one in RECORDS]
COMMITMENTS = [sha256(salt, one) for salt, one in zip(SALTS, BODIES, strict=True)]
LEAVES = [sha256(b"\0", one) for one in COMMITMENTS]
NODE = sha256(b"\1", LEAVES[0], LEAVES[1])
ROOT = sha256(b"\1", NODE, LEAVES[2])


def checkpoint(size, root):
    text = f"{ORIGIN}\n{size}\n{text64(root)}\n"
    return f"{text}\n{LOG_KEY.line(text)}"


OLDER = checkpoint(2, NODE)
SIGNED = f"{ORIGIN}\n3\n{text64(ROOT)}\n"
COSIGNATURE = WITNESS_KEY.line(f"cosignature/v1\ntime {SECONDS}\n{SIGNED}", SECONDS.to_bytes(8))
CHECKPOINT = checkpoint(3, ROOT) + COSIGNATURE
PROOF = (
    f"c2sp.org/tlog-proof@v1\nextra {text64(SALTS[1])}\nindex 1\n"
    f"{text64(LEAVES[0])}\n{text64(LEAVES[2])}\n\n{CHECKPOINT}"
)
CONSISTENCY = json.dumps([text64(LEAVES[2])])
LINE = body({
    "log": LOG, "index": 1, "id": RECORDS[1]["id"], "salt": text64(SALTS[1]),
    "body": text64(BODIES[1]), "proof": [text64(LEAVES[0]), text64(LEAVES[2])],
}).decode()  # fmt: skip
MANIFEST = body({
    "format": "sammati-export@1", "kind": "export",
    "logs": {LOG: {"origin": ORIGIN, "vkeys": [LOG_KEY.vkey]}},
    "made_at": AT + 120_000_000, "made_by": OFFICER, "reason": "audit", "filters": {}, "count": 1,
    "files": {
        f"checkpoints/{LOG}": sha256(CHECKPOINT.encode()).hex(),
        "entries.ndjson": sha256(LINE.encode() + b"\n").hex(),
    },
}).decode()  # fmt: skip
MANIFEST_TEXT = f"sammati-export@1\n{text64(sha256(MANIFEST.encode()))}\n"
MANIFEST_NOTE = f"{MANIFEST_TEXT}\n{LOG_KEY.line(MANIFEST_TEXT)}"
BUNDLE = b"".join(b"\x00\x20" + one for one in COMMITMENTS)
