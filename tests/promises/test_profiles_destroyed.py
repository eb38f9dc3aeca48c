"""A person's key is destroyed: every door is tried, and every byte that is left of them."""

import base64
import os
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import redis
from django.conf import settings as given_settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from audit import sealing
from audit.models import EntryIndex
from consent import services as consents
from keys import rewrapping
from keys import services as keys
from keys.errors import UnsealError
from profiles import documents
from profiles import services as profiles
from profiles.documents import Observed
from profiles.errors import SubjectNotFoundError
from profiles.errors_guarded import ExportGoneError
from profiles.models import AttributeDefinition, FormerRecord, ProfileRecord, Seat
from profiles.services import ingesting
from subjects import readable
from subjects import services as subjects
from subjects.errors import SubjectErasedError
from subjects.models import DataKey
from subjects.sealing import keyring
from tests.factories.company import AUTHOR, OFFERS
from tests.profiles.guarded_world import CASE, REASON
from tests.promises.profiled import PLANTED, SECRETS, Api, company, desk, finds
from tests.promises.test_private import everything
from work import services as work
from work.models import Job

pytestmark = [pytest.mark.req("PRO-04", "P6", "P8"), pytest.mark.django_db(transaction=True)]

EMAIL = PLANTED["email"]
OLD = {"income": 777_123, "diagnosis": "planted-former"}
NEEDLES = (*SECRETS, "777123", "planted-former")
TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition
AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'
"""


@pytest.fixture
def folder(settings, tmp_path):
    place = tmp_path / "exports"
    place.mkdir(mode=0o700)
    settings.PROFILE_EXPORT_FOLDER = str(place)
    return place


@pytest.fixture
def lotus(transactional_db, folder):
    cache.clear()
    found = company()
    AttributeDefinition.objects.filter(controller_id=found.id).update(former_days=30)
    return found


def takes_in(lotus, person, values, days_ago):
    at = datetime.now(UTC) - timedelta(days=days_ago)
    ingesting.record(
        by=AUTHOR, controller_id=lotus.id, subject_id=person.id, source="crm",
        values={code: Observed(value, at, "kyc") for code, value in values.items()},
    )  # fmt: skip


@pytest.fixture
def asha(lotus):
    """Somebody of whom everything was taken in, replaced, read, opened, found and exported."""
    person = lotus.company.person(EMAIL)
    lotus.company.yes(person)
    takes_in(lotus, person, OLD, 9)
    takes_in(lotus, person, PLANTED, 2)
    opening = {
        "by": lotus.ravi, "controller_id": lotus.id, "subject_id": person.id, "purpose": OFFERS,
        "reason": REASON,
    }  # fmt: skip
    profiles.reveal(attribute="email", **opening)
    profiles.break_glass(case=CASE, **opening)
    assert finds(lotus, lotus.ravi, EMAIL) == person.id
    assert EMAIL in str(shown(lotus, person))
    api = Api(lotus)
    assert "845019" in api.read(person.id).content.decode()
    assert "845019" in api.list(person.id).content.decode()
    assert re.search(r"845\D?019", page(lotus, person).content.decode())
    lotus.export = exported(lotus, person)
    return person


def shown(lotus, person, by=None):
    return profiles.read(
        by=by or lotus.ravi, controller_id=lotus.id, subject_id=person.id, purpose=OFFERS
    )


def page(lotus, person):
    seat = Seat.objects.get(controller_id=lotus.id, holder_id=lotus.ravi.id)
    client = desk(lotus.ravi)
    client.raise_request_exception = False
    query = {"purpose": OFFERS, "seat": str(seat.id)}
    return client.get(reverse("admin:profile", args=[person.id]), query)


def exported(lotus, *people):
    export = profiles.request_export(
        by=lotus.ravi, controller_id=lotus.id, subject_ids=[one.id for one in people],
        purpose=OFFERS, reason=REASON,
    )  # fmt: skip
    profiles.approve_export(by=lotus.meera, export=export)
    works()
    export.refresh_from_db()
    assert export.state == "ready"
    return export


def works():
    while work.run_available(worker="w", due_by=timezone.now() + timedelta(hours=2)):
        pass


def destroyed(lotus, person):
    subjects.destroy_key(by=AUTHOR, subject=person)
    works()
    sealing.seal_all()


def spellings(word):
    """A word as it may stand in a column: in clear, in hexadecimal, in base64 at any place."""
    raw = word.encode()
    encoded = {
        base64.b64encode(b"\0" * pad + raw).decode()[4 if pad else 0 : -4] for pad in range(3)
    }
    return [word, raw.hex(), *(one for one in encoded if len(one) >= 8)]


def where(superuser, words):
    """The tables of which any row has one of these in any column, binary ones included."""
    wanted = [f"%{one}%" for word in words for one in spellings(word)]
    found = set()
    for (table,) in superuser.execute(TABLES).fetchall():
        query = f"SELECT EXISTS (SELECT FROM {table} t WHERE t::text ILIKE ANY(%s))"
        if superuser.execute(query, [wanted]).fetchone()[0]:
            found.add(table)
    return found


def blobs(superuser):
    """Every binary value of every table."""
    columns = superuser.execute(
        "SELECT format('%I.%I', table_schema, table_name), format('%I', column_name) "
        "FROM information_schema.columns WHERE data_type = 'bytea' AND table_schema = 'public'"
    ).fetchall()
    for table, column in columns:
        query = f"SELECT DISTINCT {column} FROM {table} WHERE length({column}) > 28"
        for (value,) in superuser.execute(query).fetchall():
            yield bytes(value)


class TestNothingIsReadable:
    def test_in_any_table_before_or_after(self, lotus, asha, superuser):
        """Values are nowhere in clear while there is a key, and records are gone after it."""
        assert where(superuser, NEEDLES) == set()
        assert ProfileRecord.objects.filter(subject=asha).count() == 3
        assert FormerRecord.objects.filter(subject=asha).exists()

        destroyed(lotus, asha)

        assert where(superuser, NEEDLES) == set()
        assert not ProfileRecord.objects.filter(subject=asha).exists()
        assert not FormerRecord.objects.filter(subject=asha).exists()

    def test_the_search_of_tables_finds_what_is_there(self, lotus, superuser):
        """The search itself: it must be able to fail."""
        AttributeDefinition.objects.filter(code="email").update(title="planted-asthma")

        assert where(superuser, ["planted-asthma"]) == {"public.profiles_attributedefinition"}

    def test_by_any_key_that_is_left_anywhere(self, lotus, asha, superuser):
        """Somebody has a backup of the sealed records, the database as it is now, and the keys."""
        other = lotus.person("ravi.other@example.in")
        backup = [
            (bytes(row.sealed), context(row))
            for model in (ProfileRecord, FormerRecord)
            for row in model.objects.filter(subject=asha)
        ]
        assert len(backup) >= 4
        ring = keyring(lotus.id, [asha.id])
        assert all(ring.unseal(asha.id, sealed, context=one) for sealed, one in backup)

        destroyed(lotus, asha)

        left = data_keys_left()
        assert other.id in left
        assert asha.id not in left
        candidates = [*left.values(), *blobs(superuser), bytes(32)]
        for sealed, one in backup:
            for key in candidates:
                for at in {0, len(key) - 32}:
                    if len(key) >= 32:
                        with pytest.raises(UnsealError):
                            keys.open_sealed(
                                key[at : at + 32], sealed, context=asha.id.bytes + b"\0" + one
                            )

    def test_in_the_broker_or_the_cache(self, lotus, asha):
        destroyed(lotus, asha)

        address = given_settings.CACHES["default"]["LOCATION"]
        with redis.Redis.from_url(address) as valkey:
            text = everything(valkey)
        assert [one for one in NEEDLES if one in text] == []

    def test_in_the_queue(self, lotus, asha):
        destroyed(lotus, asha)

        text = " ".join(
            f"{one.payload} {one.cursor} {one.last_error_code}" for one in Job.objects.all()
        )
        assert Job.objects.exists()
        assert [one for one in NEEDLES if one in text] == []

    def test_in_what_was_logged(self, lotus, asha, capfd):
        capfd.readouterr()
        shown_again = (
            lambda: shown(lotus, asha), lambda: Api(lotus).read(asha.id), lambda: page(lotus, asha),
        )  # fmt: skip
        destroyed(lotus, asha)
        for one in shown_again:
            try:
                one()
            except SubjectNotFoundError:
                continue

        text = "".join(capfd.readouterr())
        assert [one for one in NEEDLES if one in text] == []

    def test_in_any_file(self, lotus, asha, folder):
        made = folder / str(lotus.export.id)
        assert "845019" in made.read_text()

        destroyed(lotus, asha)

        for base, _, names in os.walk(folder):
            for name in names:
                with open(os.path.join(base, name), encoding="utf-8") as file:
                    text = file.read()
                assert [one for one in NEEDLES if one in text] == []
        lotus.export.refresh_from_db()
        assert (lotus.export.state, lotus.export.selection) == ("ended", [])


def context(row):
    made = documents.context if isinstance(row, ProfileRecord) else documents.former_context
    return made(row.source_id, row.sensitivity)


def data_keys_left():
    return {
        row.subject_id: keys.unwrap(
            row.wrapping_version, bytes(row.wrapped), context=row.subject_id.bytes
        )
        for row in DataKey.objects.all()
    }


class TestEveryDoor:
    @pytest.fixture
    def gone(self, lotus, asha):
        destroyed(lotus, asha)
        return asha

    def test_answers_as_about_nobody(self, lotus, gone):
        api = Api(lotus)
        nobody = uuid.uuid4()

        mine, theirs = api.read(gone.id), api.read(nobody)

        assert mine.status_code == theirs.status_code == 404
        assert stripped(mine) == stripped(theirs)
        assert api.list(gone.id).json() == {"items": []}
        assert page(lotus, gone).status_code == 404
        for by in (lotus.ravi, lotus.meera, lotus.service):
            with pytest.raises(SubjectNotFoundError):
                shown(lotus, gone, by)
        assert finds(lotus, lotus.meera, EMAIL) is None
        assert finds(lotus, lotus.meera, str(gone.id), "record") is None

    def test_opens_nothing_more(self, lotus, gone):
        """The reveal and the broken glass from before are still running."""
        opening = {
            "by": lotus.ravi, "controller_id": lotus.id, "subject_id": gone.id, "purpose": OFFERS,
            "reason": REASON,
        }  # fmt: skip
        with pytest.raises(SubjectNotFoundError):
            profiles.reveal(attribute="email", **opening)
        with pytest.raises(SubjectNotFoundError):
            profiles.break_glass(case=CASE, **opening)

    def test_takes_nothing_in_again(self, lotus, gone):
        with pytest.raises(SubjectErasedError):
            takes_in(lotus, gone, PLANTED, 1)

        assert not ProfileRecord.objects.filter(subject=gone).exists()

    def test_hands_out_no_file_from_before_and_none_with_them_after(self, lotus, gone, folder):
        with pytest.raises(ExportGoneError):
            profiles.take_export(by=lotus.ravi, export=lotus.export)

        there = lotus.person("there@example.in")
        again = exported(lotus, gone, there)
        assert again.shown == 1
        assert str(gone.id) not in (folder / str(again.id)).read_text()

    def test_tells_nobody_who_was_read(self, lotus, gone):
        assert not EntryIndex.objects.filter(subject_id=gone.id).exists()


class TestFilesOfThePast:
    def test_are_not_handed_out_before_the_worker_has_come(self, lotus, asha, folder):
        """Between the destruction and the job that deletes the file."""
        subjects.destroy_key(by=AUTHOR, subject=asha)

        assert (folder / str(lotus.export.id)).exists()
        with pytest.raises(ExportGoneError):
            profiles.take_export(by=lotus.ravi, export=lotus.export)

    @pytest.mark.parametrize("state", ["restricted", "erasing", "erased", "vault"])
    def test_are_not_handed_out_once_somebody_in_them_is_hidden(self, lotus, asha, state):
        profiles.take_export(by=lotus.ravi, export=lotus.export)
        lotus.company.stands(asha, state)

        with pytest.raises(ExportGoneError):
            profiles.take_export(by=lotus.ravi, export=lotus.export)

    def test_of_others_stay(self, lotus, asha, folder):
        there = lotus.person("there@example.in")
        other = exported(lotus, there)

        destroyed(lotus, asha)

        assert profiles.take_export(by=lotus.ravi, export=other) == folder / str(other.id)

    def test_in_the_making_end_too(self, lotus, asha, folder):
        export = profiles.request_export(
            by=lotus.ravi, controller_id=lotus.id, subject_ids=[asha.id], purpose=OFFERS,
            reason=REASON,
        )  # fmt: skip
        profiles.approve_export(by=lotus.meera, export=export)
        work.run_available(worker="w", limit=1)  # the lines are written, the file is not finished
        assert "845019" in (folder / f"{export.id}.part").read_text()

        destroyed(lotus, asha)

        export.refresh_from_db()
        assert export.state == "ended"
        assert list(folder.iterdir()) == []


class TestJoinedRecords:
    def test_go_with_the_person(self, lotus, asha, superuser):
        twin = lotus.company.person("asha.twin@example.in")
        takes_in(lotus, twin, {"school": "Planted Twin School"}, 1)
        consents.merge(
            by=AUTHOR, controller_id=lotus.id, kept_id=asha.id, absorbed_id=twin.id,
            reason="duplicate",
        )  # fmt: skip
        assert "Planted Twin School" not in str(where(superuser, ["Planted Twin School"]))

        destroyed(lotus, asha)

        assert readable.with_key(lotus.id, [asha.id, twin.id]) == []
        assert not ProfileRecord.objects.filter(subject__in=[asha.id, twin.id]).exists()


def test_a_rotation_brings_nothing_back(lotus, asha):
    """Keys that were destroyed are not among what is wrapped anew."""
    destroyed(lotus, asha)

    assert asha.id not in set(DataKey.objects.values_list("subject_id", flat=True))
    assert rewrapping.behind(1) == 0


def stripped(response):
    return re.sub(r'"request_id":"[^"]+"', "", response.content.decode())
