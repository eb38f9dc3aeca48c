"""Whether a person was locked before an entry named them: then no erasure can overtake it (P6)."""

import pytest

from audit import services as audit
from subjects import services as subjects

__all__ = ["locked_first"]


@pytest.fixture
def locked_first(monkeypatch):
    """Asks it of an event and a person, after what was done."""
    done, lock_many, record = [], subjects.lock_many, audit.record

    def lock(controller_id, ids):
        done.extend(("locked", one) for one in ids)
        return lock_many(controller_id, ids)

    def write(**said):
        person = said.get("subject")
        done.append((said["event"], person and person.id))
        return record(**said)

    monkeypatch.setattr(subjects, "lock_many", lock)
    monkeypatch.setattr(audit, "record", write)
    return lambda event, person: ("locked", person) in done[: done.index((event, person))]
