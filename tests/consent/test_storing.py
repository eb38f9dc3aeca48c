"""One choice is stored by one statement, many by COPY, an import behind: the rows are the same."""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from consent import services
from consent.models import ConsentEvent, ConsentState, NoticeVersion
from consent.services import choices
from consent.services.bulk import import_many
from consent.services.writing import Writer
from consent.transitions import State
from keys.ids import uuid7
from tests.factories.company import company as another
from tests.portal.world import AUTHOR, OFFERS, SURVEYS

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PEOPLE = 13  # of four choices each: more than go without COPY

_ROWS = {
    "consent_consentevent": "subject_id = %s ORDER BY purpose_id, sequence",
    "consent_consentstate": "subject_id = %s ORDER BY purpose_id",
    "consent_change": "subject_id = %s ORDER BY number",
    "audit_entryindex": "subject_id = %s AND event LIKE 'consent:%%' ORDER BY id",
}
_BODIES = """
SELECT convert_from(p.body, 'utf8') FROM audit_payload p JOIN audit_entryindex i ON i.id = p.id
WHERE i.subject_id = %s AND i.event LIKE 'consent:%%' ORDER BY i.id
"""
OWN = ("id", "number", "position", "noted_at")
"""What every row has for itself."""


def rows(query, person):
    with connection.cursor() as cursor:
        cursor.execute(query, [person.id])
        return [row[0] for row in cursor.fetchall()]


def stored(person):
    """All that is stored of a person's choices, with names in the place of ids."""
    found = {
        table: rows(f"SELECT to_jsonb(t) FROM {table} t WHERE {where}", person)
        for table, where in _ROWS.items()
    }
    found = {table: [decoded(row) for row in each] for table, each in found.items()}
    lines = [row["id"] for row in found["consent_consentevent"]]
    named = {str(person.id): "PERSON", str(person.pseudonym): "PSEUDONYM"}
    named |= {line: f"LINE {number}" for number, line in enumerate(lines)}
    shown = [
        {name: known(value, named) for name, value in row.items() if name not in OWN}
        for each in found.values()
        for row in each
    ]
    bodies = [decoded(body) for body in rows(_BODIES, person)]
    return shown, [masked(body, named) for body in bodies]


def known(value, named):
    return named.get(value, value) if isinstance(value, str) else value


def decoded(value):
    return json.loads(value) if isinstance(value, str) else value


def masked(body, named):
    del body["id"]
    text = json.dumps(body, sort_keys=True)
    for value, name in named.items():
        text = text.replace(value, name)
    return text


def wishes(person, **more):
    """A yes, its renewal and its end, a no about something else; the first two with evidence."""
    said = [
        (OFFERS, State.GIVEN, 1, {"session": "s\\1", "ui_version": "v 2"}),
        (OFFERS, State.GIVEN, 2, {"source": "till"}),
        (OFFERS, State.REFUSED, 3, {}),
        (SURVEYS, State.REFUSED, 4, {}),
    ]
    return [
        services.Choice(
            subject_id=person.id, purpose=purpose, state=state, method="checkbox", channel="web",
            language="hi", event_at=NOW.replace(minute=minute), evidence=evidence, **more,
        )
        for purpose, state, minute, evidence in said
    ]  # fmt: skip


def people(company, number, where):
    return [company.person(f"p{n}@{where}.example") for n in range(number)]


@pytest.mark.parametrize("number", [1, PEOPLE])
def test_choices_recorded_one_by_one_or_together_leave_the_same_rows(company, number):
    with time_machine.travel(NOW, tick=False):
        slow, fast = people(company, number, "one"), people(company, number, "many")
        for choice in (wish for person in slow for wish in wishes(person)):
            services.record(by=AUTHOR, controller_id=company.id, choice=choice)
        together = [wish for person in fast for wish in wishes(person)]
        choices.record_many(by=AUTHOR, controller_id=company.id, choices=together)

    assert [stored(one) for one in fast] == [stored(one) for one in slow]


def test_imports_leave_the_same_rows_however_many_are_stored_at_once(company, monkeypatch):
    monkeypatch.setattr("consent.services.bulk.AT_ONCE", 5)
    with time_machine.travel(NOW, tick=False):
        slow, fast = people(company, PEOPLE, "one"), people(company, PEOPLE, "many")
        for choice in (wish for person in slow for wish in wishes(person, is_import=True)):
            services.record(by=AUTHOR, controller_id=company.id, choice=choice)
        brought = [wish for person in fast for wish in wishes(person, is_import=True)]
        told = import_many(by=AUTHOR, controller_id=company.id, choices=brought, new={})

    assert told == [True] * len(brought)
    assert [stored(one) for one in fast] == [stored(one) for one in slow]


def test_one_choice_is_one_statement(company, asha, django_assert_num_queries):
    (choice, *_) = wishes(asha)
    writer = Writer.open(AUTHOR, company.id, [choice])
    writer.take(choice)

    with django_assert_num_queries(1):
        writer.store()


def test_a_refused_line_is_not_quoted(company, asha):
    (choice, *_) = wishes(asha)
    twice = [Writer.open(AUTHOR, company.id, [choice]) for _ in range(2)]
    for writer in twice:
        writer.take(choice)
    twice[0].store()

    with pytest.raises(IntegrityError) as caught:
        twice[1].store()

    assert caught.value.constraint_name in ("consent_event_sequence_once", "consent_state_once")
    assert str(asha.id) not in str(caught.value)


@pytest.mark.parametrize("slug", ["", "marigold"])
def test_no_line_or_state_is_of_a_company_that_has_not_its_purpose(company, asha, slug):
    other = another(slug).controller.id if slug else uuid7()
    (choice, *_) = wishes(asha)
    services.record(by=AUTHOR, controller_id=company.id, choice=choice)
    line = ConsentEvent.objects.get()
    line.pk, line.controller_id, line.sequence, line._state.adding = uuid7(), other, 2, True

    for change, why in (
        (lambda: line.save(force_insert=True), "no person of this"),
        (lambda: ConsentState.objects.update(controller_id=other), "stays with its person"),
    ):
        with pytest.raises(IntegrityError, match=why):
            checked(change)


@pytest.mark.req("CON-01", "CON-14")
def test_a_line_and_a_state_rest_on_words_that_were_approved_by_the_same_company(company, asha):
    (choice, *_) = wishes(asha)
    services.record(by=AUTHOR, controller_id=company.id, choice=choice)
    strange = NoticeVersion.objects.filter(controller=another("marigold").controller).get()
    line = copied(ConsentEvent.objects.get(), sequence=2)
    words = NoticeVersion.objects.get(pk=line.notice_version_id)
    unpublished = {"published_at": None, "published_by": "", "effective_from": None}
    draft = copied(words, number=words.number + 1, **unpublished)
    draft.save(force_insert=True)

    for field, value, why in (
        ("subject_id", uuid7(), "no person of this"),
        ("purpose_id", uuid7(), "no approved version"),
        ("purpose_version", 99, "no approved version"),
        ("notice_version_id", uuid7(), "no published notice"),
        ("notice_version_id", strange.id, "no published notice"),
        ("notice_version_id", draft.id, "no published notice"),
    ):
        wrong = copied(line, **{field: value})
        with pytest.raises(IntegrityError, match=why):
            checked(lambda made=wrong: made.save(force_insert=True))
    line.save(force_insert=True)

    assert ConsentEvent.objects.count() == 2
    state = ConsentState.objects.get()
    ConsentState.objects.all().delete()
    with pytest.raises(IntegrityError, match="no published notice"):
        checked(lambda: copied(state, notice_version_id=strange.id).save(force_insert=True))
    assert not ConsentState.objects.exists()


def copied(row, **changes):
    """A new row like this one but for the changes."""
    made = type(row)(**{field.attname: getattr(row, field.attname) for field in row._meta.fields})
    for name, value in {"pk": uuid7(), **changes}.items():
        setattr(made, name, value)
    made._state.adding = True
    return made


@transaction.atomic
def checked(change):
    """The change, with what the database checks before it commits."""
    change()
    connection.check_constraints()
