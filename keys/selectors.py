"""Which keys this database has been used with."""

from collections.abc import Mapping

from keys.models import KeyVersion

Fingerprints = Mapping[tuple[str, int], str]


def registered_fingerprints() -> dict[tuple[str, int], str]:
    """Fingerprints by (purpose, version), as they were when first used with this database."""
    rows = KeyVersion.objects.order_by("purpose", "version")
    return {(row.purpose, row.version): row.fingerprint for row in rows}


def mismatches(*, held: Fingerprints, known: Fingerprints) -> list[tuple[str, int]]:
    """What the database knows and the key file lacks or contradicts: proof of a wrong file."""
    return sorted(name for name, fingerprint in known.items() if held.get(name) != fingerprint)
