import re

import msgspec
import pytest
from django.db import transaction

from audit import catalogue, classes, sealing, selectors, services, verification
from audit.actors import Actor, SubjectRef, Target
from audit.canonical import CanonicalError, commitment
from audit.errors import NotAtomicError
from audit.models import EntryIndex, Payload
from audit.services import FEW
from tests.audit.log import BY, LOG, OTHER_LOG, PERSON, draft, waiting, write

pytestmark = pytest.mark.django_db


def lines():
    return len(waiting()), Payload.objects.count(), EntryIndex.objects.count()


def body_of(entry_id):
    return bytes(Payload.objects.get(id=entry_id).body)


def said(entry_id):
    return msgspec.json.decode(body_of(entry_id))


class TestRecord:
    @pytest.mark.req("AUD-01")
    def test_stores_the_line_the_payload_and_the_index(self):
        (entry_id,) = write(purpose="a.b", outcome="given", reason_code="R", data={"n": 1})

        ((entry, (log, committed)),) = waiting().items()
        payload = Payload.objects.get()
        index = EntryIndex.objects.get()
        assert lines() == (1, 1, 1)
        assert entry == payload.id == index.id == entry_id
        assert log == index.controller_id == LOG
        assert payload.retention_class == "rc1"
        assert committed == commitment(bytes(payload.salt), bytes(payload.body))
        assert said(entry_id) == {
            "id": str(entry_id), "at": services.micros(index.at), "event": "consent:given",
            "actor": {"type": "officer", "id": BY.id}, "target": {"type": "thing", "id": "1"},
            "purpose": "a.b", "outcome": "given", "reason_code": "R", "data": {"n": 1},
        }  # fmt: skip
        assert (index.event, index.purpose, index.outcome, index.reason_code) == (
            "consent:given", "a.b", "given", "R",
        )  # fmt: skip

    def test_record_takes_one(self):
        with transaction.atomic():
            entry_id = services.record(
                event="list:viewed", by=BY, controller_id=LOG, target=Target("list", "x")
            )

        assert said(entry_id)["event"] == "list:viewed"
        assert Payload.objects.get().retention_class == "rc2"

    @pytest.mark.parametrize("count", [1, FEW, FEW + 1, 3 * FEW])
    def test_many_are_stored_in_order_whichever_way_they_are_written(self, count):
        with transaction.atomic():
            drafts = [draft(data={"n": n}) for n in range(count)]
            ids = services.record_many(drafts)

        assert lines() == (count, count, count)
        assert ids == sorted(ids)
        assert [said(one)["data"]["n"] for one in ids] == list(range(count))
        assert not list(verification.verify())

    @pytest.mark.parametrize("count", [2, FEW + 2])
    def test_equal_payloads_have_unequal_salts(self, count):
        write(count)

        assert len({bytes(one.salt) for one in Payload.objects.all()}) == count
        assert len({committed for _, committed in waiting().values()}) == count

    def test_none_is_nothing(self):
        with transaction.atomic():
            assert services.record_many([]) == []

        assert lines() == (0, 0, 0)

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("count", [0, 1, FEW + 1])
    def test_outside_a_transaction_is_refused(self, count):
        with pytest.raises(NotAtomicError):
            services.record_many([draft()] * count)

        assert lines() == (0, 0, 0)

    @pytest.mark.req("AUD-01")
    def test_an_event_outside_the_catalogue_is_refused(self):
        with pytest.raises(KeyError), transaction.atomic():
            services.record_many([draft(), draft(event="consent:invented")])

        assert lines() == (0, 0, 0)

    def test_data_without_canonical_form_are_refused(self):
        with pytest.raises(CanonicalError), transaction.atomic():
            services.record_many([draft(), draft(data={"score": 0.5})])

        assert lines() == (0, 0, 0)

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("count", [1, FEW + 1])
    def test_a_transaction_that_is_rolled_back_leaves_nothing(self, count):
        with transaction.atomic():
            services.record_many([draft()] * count)
            assert len(waiting()) == count
            transaction.set_rollback(True)

        assert lines() == (0, 0, 0)


@pytest.mark.req("P6")
class TestPseudonyms:
    @pytest.mark.parametrize("count", [1, FEW + 1])
    def test_a_payload_names_the_person_by_pseudonym_only(self, count):
        ids = write(
            count, subject=PERSON, target=Target("subject", str(PERSON.id)),
            by=Actor("subject", str(PERSON.id)),
        )  # fmt: skip

        body = body_of(ids[-1])
        for form in (str(PERSON.id), PERSON.id.hex):
            assert form.encode() not in body
        assert said(ids[-1])["subject"] == str(PERSON.pseudonym)
        assert said(ids[-1])["actor"] == {"type": "subject", "id": str(PERSON.pseudonym)}
        assert said(ids[-1])["target"] == {"type": "subject", "id": str(PERSON.pseudonym)}

    def test_the_index_finds_the_person(self):
        (entry_id,) = write(subject=PERSON, by=Actor("subject", str(PERSON.id)))

        (found,) = selectors.entries_about(LOG, PERSON.id)
        assert (found.id, found.subject_id) == (entry_id, PERSON.id)

    def test_an_officer_is_named_although_the_entry_is_about_a_person(self):
        (entry_id,) = write(subject=PERSON)

        assert said(entry_id)["actor"] == {"type": "officer", "id": BY.id}

    def test_a_person_whose_key_is_gone_has_no_name_at_all(self):
        gone = SubjectRef(PERSON.id, None)
        (entry_id,) = write(
            subject=gone, target=Target("subject", str(PERSON.id)),
            by=Actor("subject", str(PERSON.id)),
        )  # fmt: skip

        assert "subject" not in said(entry_id)
        assert said(entry_id)["actor"]["id"] == said(entry_id)["target"]["id"] == ""
        assert str(PERSON.id).encode() not in body_of(entry_id)

    @pytest.mark.req("P6")
    def test_nor_does_the_index_find_them(self):
        gone = SubjectRef(PERSON.id, None)
        own, shown = write(
            subject=gone, target=Target("subject", str(PERSON.id)),
            by=Actor("subject", str(PERSON.id)),
        ) + write(subject=gone, target=Target("page", str(PERSON.id)))  # fmt: skip

        lines = EntryIndex.objects.in_bulk([own, shown])
        assert (lines[own].actor_id, lines[own].target_id, lines[own].subject_id) == ("", "", None)
        assert (lines[shown].actor_id, lines[shown].target_id) == (BY.id, "")
        assert lines[shown].subject_id is None


@pytest.mark.req("P11")
class TestRecordRead:
    def read(self, subjects):
        with transaction.atomic():
            services.record_read(
                by=BY, controller_id=LOG, target=Target("page", "people"), subjects=subjects,
                data={"search": "crm"},
            )  # fmt: skip
        return list(EntryIndex.objects.order_by("id"))

    def test_of_one_person_is_a_record_viewed(self):
        (entry,) = self.read([PERSON])

        assert (entry.event, entry.subject_id) == ("record:viewed", PERSON.id)
        assert said(entry.id)["data"] == {"search": "crm", "shown": 1}

    def test_of_several_is_a_list_viewed_by_each(self):
        other = SubjectRef(OTHER_LOG, LOG)

        entries = self.read(iter([PERSON, other]))

        assert [entry.event for entry in entries] == ["list:viewed"] * 2
        assert [entry.subject_id for entry in entries] == [PERSON.id, other.id]
        assert said(entries[0].id)["data"]["shown"] == 2

    def test_that_showed_nobody_is_recorded_too(self):
        (entry,) = self.read([])

        assert (entry.event, entry.subject_id) == ("list:viewed", None)


class TestSelectors:
    @pytest.mark.req("P9")
    def test_show_only_the_logs_that_are_asked_for(self):
        mine = write(2, subject=PERSON)
        theirs = write(controller_id=OTHER_LOG, subject=PERSON)

        assert [one.id for one in selectors.entries([LOG])] == mine[::-1]
        assert [one.id for one in selectors.entries_about(OTHER_LOG, PERSON.id)] == theirs
        assert list(selectors.entries([])) == []
        assert selectors.count() == 3

    def test_read_a_payload_and_a_commitment(self):
        (entry_id,) = write(data={"n": 1})
        committed = waiting()[entry_id][1]

        assert selectors.payload(entry_id)["data"] == {"n": 1}
        assert selectors.commitment_of(EntryIndex.objects.get()) == ""
        sealing.seal_all()
        assert selectors.commitment_of(EntryIndex.objects.get()) == committed.hex()

    def test_know_of_nothing_where_there_is_nothing(self):
        assert selectors.payload(LOG) is None


@pytest.mark.req("BRD-LG1")
@pytest.mark.req("AUD-01")
class TestCatalogue:
    def test_each_event_has_a_code_a_class_and_a_sentence(self, subtests):
        for event in catalogue.EVENTS.values():
            with subtests.test(event.code):
                assert re.fullmatch(r"[a-z]+(_[a-z]+)*:[a-z]+(_[a-z]+)*", event.code)
                assert len(event.code) <= EntryIndex._meta.get_field("event").max_length
                assert event.retention in classes.RetentionClass
                assert str(event.sentence)

    def test_an_unknown_code_is_an_error(self):
        with pytest.raises(KeyError):
            catalogue.event("consent:forgotten")
