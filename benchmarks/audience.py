"""`python -m benchmarks.audience`: an audience decided and recorded, against the bare SQL.

Small unless said otherwise: `SUBJECTS=1000000 python -m config.run.with_servers --set bench \
python -m benchmarks.audience` asks about a million people, four in five of one controller. The
bare SQL returns the same ids, undecided and unrecorded, left in the client library's memory. The
audience is asked for, made by its job in steps, and committed; then taken as NDJSON, apart.
"""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks import world  # sets Django up
from config import env
from config.run import embedded

RESULTS = Path(__file__).parent / "results"
ROUNDS = 3
BARE = """
SELECT s.id FROM subjects_subject s
JOIN consent_consentstate c ON c.subject_id = s.id AND c.purpose_id = $2
WHERE s.controller_id = $1 AND s.residence <> '' AND s.age_state = 'adult' AND NOT s.has_guardian
  AND c.state IN ('given', 'renewed') AND c.is_provable
  AND (c.expires_at IS NULL OR c.expires_at > now())
  AND NOT EXISTS (SELECT 1 FROM subjects_standing x WHERE x.subject_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM consent_objection o WHERE o.subject_id = s.id)
"""


def main() -> int:
    subjects = env.integer("SUBJECTS", default=100_000)
    with embedded.in_use(world.SET):
        made = world.prepare(subjects)
        found = measured(made)
    print(*(f"{name:24} {value}" for name, value in found.items()), sep="\n")
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"audience-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps(found, indent=1))
    print(f"\nThe same as JSON: {path}")
    return 0 if found["same_ids"] else 1


def measured(made: world.World) -> dict[str, object]:
    """Rounds of both in turn, so that whatever else the machine does meets both."""
    from benchmarks.audience_rounds import Rounds  # noqa: PLC0415 (Django is up only now)

    rounds = Rounds(made.services[0], BARE)
    rounds.bare()  # what is read first is read from disk
    taken: list[tuple[float, float, float]] = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        ids = rounds.bare()
        bare = time.perf_counter()
        audience = rounds.audience()
        decided = time.perf_counter()
        size = rounds.take(audience)
        taken.append((bare - begun, decided - bare, time.perf_counter() - decided))
    bare_s, made_s, taken_s = (median(column) for column in zip(*taken, strict=True))
    return {
        "subjects": made.subjects, "asked_about": audience.total,
        "permitted": audience.permitted, "excluded": audience.excluded,
        "same_ids": rounds.are_same(audience, ids), "entries": audience.parts.count(),
        "bare_seconds": round(bare_s, 3), "audience_seconds": round(made_s, 3),
        "times_bare": round(made_s / bare_s, 2), "take_seconds": round(taken_s, 3),
        "take_bytes": size, "rounds": [[round(one, 3) for one in row] for row in taken],
    }  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
