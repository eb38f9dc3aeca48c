# ruff: noqa: INP001 (scripts of the image, not a package)
"""Makes the files that compose.yaml needs, in docker/secrets: `python docker/make_secrets.py HOST`.

It never replaces a file. Run it as root, or as the account whose number SAMMATI_UID names. The
certificate it makes is self-signed, for a first try: put your own in its place.
"""

import argparse
import os
import secrets
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from keys import keyfile  # noqa: E402 (the suite lies beside this folder)

IMAGE_UID = 10001
LOGINS = ("superuser", "owner", "app", "retention")
CERTIFICATE_DAYS = 90
# Other images read these under accounts of their own; the folder keeps this machine's people out.
SHARED = {"superuser_password", "broker_config", "tls_certificate", "tls_key"}


class Secrets:
    """The folder of secrets; `written` names what was new."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written: list[str] = []
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)

    def keep(self, name: str, make: Callable[[], str]) -> str:
        """The content of the file, made now if it is missing."""
        path = self.folder / name
        if path.exists():
            return path.read_text()
        mode = 0o444 if name in SHARED else 0o400
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(made := make())
        self._hand_over(path, mode)
        self.written.append(name)
        return made

    def _hand_over(self, path: Path, mode: int) -> None:
        path.chmod(mode)
        if os.geteuid() == 0 and mode == 0o400:
            os.chown(path, IMAGE_UID, IMAGE_UID)


def make(folder: Path, host: str) -> list[str]:
    """Every missing secret; returns the names of the new ones."""
    kept = Secrets(folder)
    words = {
        login: kept.keep(f"{login}_password", lambda: secrets.token_hex(32)) for login in LOGINS
    }
    kept.keep("secret_key", lambda: secrets.token_urlsafe(64))
    kept.keep("database_url", lambda: database_url("app", words["app"]))
    kept.keep("database_owner_url", lambda: database_url("owner", words["owner"]))
    kept.keep("database_retention_url", lambda: database_url("retention", words["retention"]))
    broker = secrets.token_hex(32)
    config = kept.keep("broker_config", lambda: f"requirepass {broker}\n")
    kept.keep("redis_url", lambda: f"redis://:{config.split()[-1]}@broker:6379/0")
    kept.keep("keys", lambda: keyfile.fresh().as_text())
    keep_certificate(kept, host)
    return kept.written


def database_url(login: str, password: str) -> str:
    return f"postgresql://sammati_{login}:{password}@database:5432/sammati"


def keep_certificate(kept: Secrets, host: str) -> None:
    """A key and a certificate belong together: both are made, or neither."""
    if any((kept.folder / name).exists() for name in ("tls_key", "tls_certificate")):
        return
    key = ec.generate_private_key(ec.SECP256R1())
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    kept.keep("tls_key", lambda: key.private_bytes(serialization.Encoding.PEM, *form).decode())
    kept.keep("tls_certificate", lambda: certificate(key, host))


def certificate(key: ec.EllipticCurvePrivateKey, host: str) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=CERTIFICATE_DAYS))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    )
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host", nargs="?", default="localhost", help="the public host name")
    parser.add_argument("--folder", type=Path, default=HERE / "secrets")
    chosen = parser.parse_args()
    written = make(chosen.folder, chosen.host)
    sys.stdout.write(f"New in {chosen.folder}: {', '.join(written) or 'nothing'}\n")
    if "keys" in written:
        sys.stdout.write("Back up the file keys apart from the database.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
