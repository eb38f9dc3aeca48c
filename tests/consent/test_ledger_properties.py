"""Random sequences through the services on a real database: the state is the fold of the ledger."""

from collections import defaultdict
from itertools import takewhile

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit import selectors as audit
from audit.models import EntryIndex
from consent import services
from consent.errors import ConsentMissingError, IllegalTransitionError
from consent.models import ConsentEvent, ConsentState
from consent.transitions import State
from tests.consent.test_transitions import TABLE
from tests.portal.world import AUTHOR, MAPS, OFFERS, SURVEYS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-12")]

RUNNING = {"given", "renewed"}
NOES = {"refused", "withdrawn"}
PURPOSES = st.sampled_from([OFFERS, SURVEYS, MAPS])
STEPS = st.lists(
    st.tuples(PURPOSES, st.sampled_from([*State, "withdraw", "withdraw_all"])),
    min_size=1, max_size=14,
)  # fmt: skip


def expected(before, wished):
    """The state a wish leads to, or None where the step is illegal; written apart from the code."""
    after = wished
    if before in RUNNING and wished == "given":
        after = "renewed"
    if wished == "refused" and before in RUNNING | {"expired", "withdrawn"}:
        after = "withdrawn"
    if wished == "withdrawn" and before == "invalidated":
        after = "refused"
    return after if after in TABLE[before].split() else None


def take(company, person, purpose, step):
    """Carry out one step; returns the states written by purpose, or None where it was refused."""
    who = {"by": AUTHOR, "controller_id": company.id, "subject_id": person.id}
    try:
        with transaction.atomic():
            if step == "withdraw_all":
                events = services.withdraw_all(**who, method="button")
            elif step == "withdraw":
                events = [services.withdraw(**who, purpose=purpose, method="button")]
            else:
                events = [company.answer(person, purpose, step)]
    except (IllegalTransitionError, ConsentMissingError):
        return None
    return [(event.purpose_id, event.state) for event in events]


def foretell(before, purpose, step):
    """What `take` ought to do to `before`, by purpose; None where it ought to be refused."""
    if step == "withdraw_all":
        return {code: "withdrawn" for code, state in before.items() if state in RUNNING}
    if step == "withdraw":
        if before[purpose] == "withdrawn":
            return {}
        after = expected(before[purpose], "withdrawn") if before[purpose] != "unknown" else None
    else:
        after = expected(before[purpose], step.value)
    return None if after is None else {purpose: after}


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(STEPS)
def test_states_are_the_fold_of_a_gapless_ledger(company, steps):
    person = company.person(f"p{company.controller.subjects.count()}@example.in")
    model = defaultdict(lambda: "unknown")
    path = defaultdict(list)

    for purpose, step in steps:
        model[purpose]  # noqa: B018 (so that every purpose that was tried is compared)
        change = foretell(model, purpose, step)
        assert (take(company, person, purpose, step) is None) == (change is None)
        for code, state in (change or {}).items():
            model[code] = state
            path[code].append(state)

    for code, state in model.items():
        ledger = list(
            ConsentEvent.objects.filter(subject=person, purpose__code=code).order_by("sequence")
        )
        assert [line.state for line in ledger] == path[code]
        assert [line.sequence for line in ledger] == list(range(1, len(ledger) + 1))
        assert sorted(line.id for line in ledger) == [line.id for line in ledger]
        current = ConsentState.objects.filter(subject=person, purpose__code=code).first()
        if not ledger:
            assert (state, current) == ("unknown", None)
            continue
        again = [*takewhile(lambda line: line.state in NOES, reversed(ledger))]
        decides = again[-1] if again else ledger[-1]  # a no that is said again changes nothing
        assert (current.state, current.sequence, current.event_id, current.since_at) == (
            state, ledger[-1].sequence, decides.id, decides.event_at,
        )  # fmt: skip
        entries = EntryIndex.objects.filter(subject_id=person.id, purpose=code).order_by("id")
        assert [entry.event for entry in entries] == [f"consent:{one}" for one in path[code]]
        said = [audit.payload(entry.id)["data"] for entry in entries]
        assert [one["sequence"] for one in said] == [line.sequence for line in ledger]
        assert [one["before"] for one in said] == ["unknown", *path[code][:-1]]
