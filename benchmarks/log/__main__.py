"""`python -m benchmarks.log`: measures of the audit log, a table, and JSON in benchmarks/results/.

`LEAVES=` entries in the log of the sequencer's measures (five million unless said otherwise).
"""

import json
import os
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from benchmarks.log import (  # noqa: E402 (Django first)
    appending,
    house,
    proving,
    replaying,
    sequencing,
)
from config import env  # noqa: E402

RESULTS = Path(__file__).parent.parent / "results"
PART = 500_000
WITH_PAYLOADS = "database, with payloads"
"""Beyond the goal: every record is read as well, hashed and compared with its line."""
STEADY, SECONDS = 50_000, 20.0
EVIDENCE = ("audit_bundle", "audit_tile", "audit_checkpoint", "audit_tree")


@dataclass(frozen=True)
class Prices:
    """Bytes a record: what is permanent, the payload, the index."""

    evidence: float
    payload: float
    index: float


@dataclass(frozen=True)
class Found:
    """Everything one run measured."""

    appended: list[appending.Appended]
    placed: list[sequencing.Placed]
    lag: sequencing.Lag
    proofs: proving.Proofs
    replayed: dict[str, replaying.Rate]
    prices: Prices


def main() -> int:
    name = os.environ.get("SAMMATI_EMBEDDED", "bench-log")
    leaves = env.integer("LEAVES", default=5_000_000)
    with house.fresh(name) as connection:
        appended = appending.measured(connection)
        count = connection.execute("SELECT count(*) FROM audit_payload").fetchone()
        each = int(str(count[0])) if count else 1
        payload, index = (
            house.bytes_of(connection, one) / each for one in ("audit_payload", "audit_entryindex")
        )
        replayed = {WITH_PAYLOADS: replaying.records()}
        placed = [sequencing.drained(PART) for _ in range(max(2, leaves // PART))]
        lag = sequencing.lagging(STEADY, SECONDS)
        replayed |= {"database": replaying.tree(), "copy": replaying.copied()}
        evidence = house.bytes_of(connection, *EVIDENCE) / sequencing.size()
    prices = Prices(evidence, payload, index)
    found = Found(appended, placed, lag, proving.measured(), replayed, prices)
    print(*lines(found), sep="\n")
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"log-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps(asdict(found), indent=1))
    print(f"\nThe same as JSON: {path}")
    return 0


def lines(found: Found) -> list[str]:
    told = ["", "audit log"]
    for one in found.appended:
        low, high = one.spread
        told.append(
            f"  append, {one.size} a commit: {one.ours:,.0f}/s; raw COPY of the same bytes "
            f"{one.raw:,.0f}/s; ratio {one.ratio:.2f} ({low:.2f} to {high:.2f})"
        )
    rates = [one.rate for one in found.placed]
    told.append(
        f"  sequencer: {rates[0]:,.0f} leaves/s into an empty log, {rates[-1]:,.0f}/s at "
        f"{found.placed[-1].before:,} leaves (slowest part {min(rates):,.0f}/s)"
    )
    lag, proofs, prices = found.lag, found.proofs, found.prices
    told.append(
        f"  lag at {lag.rate:,.0f} leaves/s: p50 {lag.p50:.2f} s, p99 {lag.p99:.2f} s, "
        f"longest {lag.longest:.2f} s"
    )
    told.append(
        f"  proof at 10^8: {proofs.hash_bytes} bytes of hashes; the whole file with one witness "
        f"{proofs.file_bytes}; {proofs.verified:,.0f} records verified a second of processor"
    )
    told += [
        f"  replayed from {what}: {rate.a_second:,.0f}/s of processor ({rate.entries:,} entries)"
        for what, rate in found.replayed.items()
    ]
    told.append(
        f"  bytes a record: evidence {prices.evidence:.1f}, payload {prices.payload:.0f}, "
        f"index {prices.index:.0f}"
    )
    return [*told, "", *goals(found)]


def goals(found: Found) -> list[str]:
    append = next(one.ratio for one in found.appended if one.size == appending.GROUP)
    slowest = min(one.rate for one in found.placed)
    growth = found.placed[-1].rate / found.placed[0].rate
    proofs = found.proofs
    checks = (
        ("append by group commit at least half of raw COPY", f"{append:.2f}", append >= 0.5),
        ("100,000 leaves/s, at every size", f"{slowest:,.0f}/s", slowest >= 100_000),
        ("lag p99 at most 1 s at half that rate",
         f"{found.lag.p99:.2f} s at {found.lag.rate:,.0f}/s",
         found.lag.p99 <= 1 and found.lag.rate >= 0.95 * STEADY),
        ("rate independent of the log's size", f"last part {growth:.2f} of the first",
         growth >= 0.8),
        ("proof hashes at most 32 x ceil(log2 n) bytes", f"{proofs.hash_bytes}",
         proofs.hash_bytes <= proofs.most_bytes),
        ("proof file under 2 kB at 10^8", f"{proofs.file_bytes}", proofs.file_bytes < 2048),
        ("50,000 offline proofs/s", f"{proofs.verified:,.0f}/s", proofs.verified >= 50_000),
        *(
            (f"400,000 entries/s replayed from {what}", f"{rate.a_second:,.0f}/s",
             rate.a_second >= 400_000)
            for what, rate in found.replayed.items() if what != WITH_PAYLOADS
        ),
        ("evidence at most 72 bytes a record", f"{found.prices.evidence:.1f}",
         found.prices.evidence <= 72),
    )  # fmt: skip
    return [
        f"{'reached    ' if is_reached else 'NOT REACHED'} {what}: {figure}"
        for what, figure, is_reached in checks
    ]


if __name__ == "__main__":
    sys.exit(main())
