"""Where the embedded servers keep their files: one deterministic place per checkout and user.

Every process of one checkout (the supervisor, `manage.py`, the tests) finds the same servers
without asking. As root PostgreSQL must run as another user, so its data cannot live below a home
that this user may not enter; then they live in a folder of their own under /var/lib.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = BASE_DIR / ".local"


@dataclass(frozen=True)
class Places:
    """The folders of one set of embedded servers. `sockets` is private to their user."""

    data: Path
    sockets: Path

    @property
    def postgres(self) -> Path:
        return self.data / "postgres"

    @property
    def valkey(self) -> Path:
        return self.data / "valkey"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"


def places(name: str = "run") -> Places:
    """The folders of the set `name` ("run", or "test" for the test suite's own servers)."""
    digest = hashlib.sha256(f"{BASE_DIR}:{name}".encode()).hexdigest()[:12]
    if os.getuid() == 0:
        root = Path("/var/lib/sammati") / digest
        return Places(data=root, sockets=root / "sockets")
    sockets = Path(tempfile.gettempdir()) / f"sammati-{os.getuid()}-{digest}"
    return Places(data=LOCAL_DIR / name, sockets=sockets)
