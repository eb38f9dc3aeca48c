"""The vault: sealed apart, opened by two for a law, each reading recorded, destroyed on its day."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from audit.actors import Actor
from audit.models import EntryIndex, Payload
from erasure.errors_vault import (
    VaultAccessStateError,
    VaultClosedError,
    VaultGroundError,
    VaultSecondPersonError,
)
from erasure.models import VaultAccess, VaultItem
from erasure.vault import jobs, opening, storing
from keys import rewrapping
from keys import services as keys
from subjects import services as subjects
from subjects.errors import SubjectUnknownError
from tests.erasure import own_world
from tests.erasure.own_world import EMAIL, NUMBER, case_about, planted

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-04")]

CITATION = "DPDP Rules 2025, r.8(3)"
BY = Actor.system("test")
MEERA, RAVI = Actor("officer", "meera"), Actor("officer", "ravi")
UNTIL = date(2027, 12, 1)


@pytest.fixture
def lotus(db):
    return own_world.make()


@pytest.fixture
def asha(lotus):
    return planted(lotus)


def element(category, until=UNTIL):
    return {"category": category, "citation": CITATION, "until": until.isoformat()}


def keep(lotus, person, *categories, until=UNTIL):
    """Put categories of somebody into the vault, and destroy their key."""
    case = case_about(lotus, person)
    kept = storing.Kept(case.id, person.id, tuple(element(one, until) for one in categories))
    new = storing.store(by=BY, controller_id=lotus.id, kept=[kept])
    again = storing.store(by=BY, controller_id=lotus.id, kept=[kept])
    assert again == 0
    subjects.destroy_key(by=BY, subject=person)
    return new


def ask(lotus, person, **changes):
    given = {
        "ground": "seventh_schedule", "citation": "DPDP Act s.36, r.23", "matter": "M-7",
        "reason": "The order of the court.", **changes,
    }  # fmt: skip
    return opening.ask(by=MEERA, controller_id=lotus.id, subject_id=person.id, **given)


def approved(lotus, person):
    return opening.approve(by=RAVI, access=ask(lotus, person))


class TestKeeping:
    def test_only_what_the_plan_names_and_what_finds_it(self, lotus, asha):
        assert keep(lotus, asha, "pd:City") == 2

        found = set(VaultItem.objects.values_list("category", "element", "citation", "destroy_on"))
        assert found == {
            ("pd:City", "profile", CITATION, UNTIL),
            ("identifiers", "identifiers", CITATION, UNTIL),
        }

    def test_everything_where_categories_are_not_told_apart(self, lotus, asha):
        keep(lotus, asha, "")

        kept = set(VaultItem.objects.values_list("category", flat=True))
        assert kept == {"pd:City", "pd:LoyaltyCard", "pd:EmailAddress", "pd:Health", "identifiers"}

    def test_nothing_of_somebody_of_whom_nothing_is_known(self, lotus, asha):
        subjects.destroy_key(by=BY, subject=asha)
        case = case_about(lotus, asha)
        kept = storing.Kept(case.id, asha.id, (element("pd:City"),))

        assert storing.store(by=BY, controller_id=lotus.id, kept=[kept]) == 0

    def test_outlives_the_persons_own_key_and_says_nothing_in_clear(self, lotus, asha):
        keep(lotus, asha, "pd:City")

        for item in VaultItem.objects.all():
            assert b"Delhi" not in bytes(item.sealed)
            assert EMAIL.encode() not in bytes(item.sealed)
        assert len(opening.read(by=MEERA, access=approved(lotus, asha))) == 2

    def test_is_wrapped_anew_with_the_other_keys(self, lotus, asha):
        keep(lotus, asha, "pd:City")
        pairs = {(one.table, one.blob) for one in rewrapping.pairs()}

        assert ("erasure_vaultitem", "wrapped_key") in pairs


class TestOpening:
    @pytest.fixture(autouse=True)
    def kept(self, lotus, asha):
        keep(lotus, asha, "pd:City")

    def test_two_open_it_and_the_one_who_asked_reads(self, lotus, asha):
        opened = {one.category: one for one in opening.read(by=MEERA, access=approved(lotus, asha))}

        assert opened["pd:City"].value["crm"]["city"]["value"] == "Delhi"
        assert opened["identifiers"].value["email"] == [EMAIL]
        assert opened["identifiers"].value["crm"] == [NUMBER]
        assert opened["pd:City"].citation == CITATION

    def test_nobody_approves_their_own(self, lotus, asha):
        access = ask(lotus, asha)

        with pytest.raises(VaultSecondPersonError):
            opening.approve(by=MEERA, access=access)
        with pytest.raises(IntegrityError), transaction.atomic():
            VaultAccess.objects.filter(pk=access.pk).update(
                approved_at=datetime.now(UTC), approved_by="meera"
            )

    def test_nobody_reads_before_or_for_another_or_too_late(self, lotus, asha, time_machine):
        access = ask(lotus, asha)
        with pytest.raises(VaultClosedError):
            opening.read(by=MEERA, access=access)
        opening.approve(by=RAVI, access=access)
        with pytest.raises(VaultClosedError):
            opening.read(by=RAVI, access=access)
        time_machine.move_to(datetime.now(UTC) + timedelta(hours=9))
        with pytest.raises(VaultClosedError):
            opening.read(by=MEERA, access=access)

    def test_what_was_refused_stays_closed(self, lotus, asha):
        access = opening.refuse(by=RAVI, access=ask(lotus, asha))

        with pytest.raises(VaultAccessStateError):
            opening.approve(by=RAVI, access=access)
        with pytest.raises(VaultClosedError):
            opening.read(by=MEERA, access=access)

    def test_each_reading_is_recorded(self, lotus, asha):
        access = approved(lotus, asha)

        opening.read(by=MEERA, access=access)
        opening.read(by=MEERA, access=access)

        events = EntryIndex.objects.filter(event__startswith="vault:").order_by("id")
        assert list(events.values_list("event", flat=True)) == [
            "vault:stored", "vault:asked", "vault:approved", "vault:read", "vault:read",
        ]  # fmt: skip

    def test_without_the_record_nothing_is_shown(self, lotus, asha, monkeypatch):
        access = approved(lotus, asha)

        def broken(*args, **kwargs):
            raise DatabaseError

        monkeypatch.setattr(opening.audit, "record", broken)
        with pytest.raises(DatabaseError):
            opening.read(by=MEERA, access=access)

    def test_the_log_names_nobody(self, lotus, asha):
        opening.read(by=MEERA, access=approved(lotus, asha))

        assert not EntryIndex.objects.filter(subject_id=asha.id).exists()
        assert not any(
            str(asha.id).encode() in bytes(one.body)
            for one in Payload.objects.filter(id__in=_vault_entries())
        )

    @pytest.mark.parametrize(
        "changed", [{"ground": "curiosity"}, {"citation": " "}, {"matter": ""}]
    )
    def test_without_a_law_nobody_asks(self, lotus, asha, changed):
        with pytest.raises(VaultGroundError):
            ask(lotus, asha, **changed)

    def test_of_another_company_nobody_is_there(self, asha):
        tulip = own_world.make("tulip", "NL")

        with pytest.raises(SubjectUnknownError):
            ask(tulip, asha)


def _vault_entries():
    return list(EntryIndex.objects.filter(event__startswith="vault:").values_list("id", flat=True))


class TestTheEnd:
    def test_comes_on_its_day_and_not_before(self, lotus, asha):
        keep(lotus, asha, "pd:City")

        assert storing.destroy_due(limit=10, today=UNTIL - timedelta(days=1)) == 0
        assert storing.destroy_due(limit=10, today=UNTIL) == 2

        assert opening.read(by=MEERA, access=approved(lotus, asha)) == []
        for item in VaultItem.objects.all():
            assert (item.sealed, item.wrapped_key) == (None, None)
            assert item.destroyed_at is not None

    def test_waits_for_a_legal_hold(self, lotus, asha):
        keep(lotus, asha, "pd:City")
        hold = lotus.company.stands(asha, "hold")

        assert storing.destroy_due(limit=10, today=UNTIL) == 0
        subjects.end_standing(by=BY, standing=hold)
        assert storing.destroy_due(limit=10, today=UNTIL) == 2

    def test_is_a_job(self, lotus, asha):
        keep(lotus, asha, "pd:City", until=datetime.now(UTC).date())

        assert jobs.storing.destroy_due(limit=jobs.BATCH) == 2
        assert EntryIndex.objects.filter(event="vault:destroyed").count() == 2


def command(**given):
    out = io.StringIO()
    call_command("destroy_due", stdout=out, **given)
    return out.getvalue().strip()


class TestTheCommand:
    def test_only_counts_first(self, lotus, asha):
        keep(lotus, asha, "pd:City", until=datetime.now(UTC).date())

        assert command(dry_run=True) == "2 would be destroyed, 0 held."
        assert VaultItem.objects.filter(destroyed_at=None).count() == 2

    def test_destroys_what_is_due_and_tells_what_a_hold_keeps(self, lotus, asha, monkeypatch):
        monkeypatch.setattr(jobs, "BATCH", 1)
        keep(lotus, asha, "pd:City", until=datetime.now(UTC).date())
        hold = lotus.company.stands(asha, "hold")
        held = (command(dry_run=True), command())
        subjects.end_standing(by=BY, standing=hold)

        assert held == ("0 would be destroyed, 2 held.", "0 destroyed, 2 held.")
        assert command() == "2 destroyed, 0 held."
        assert command() == "0 destroyed, 0 held."
        assert EntryIndex.objects.filter(event="vault:destroyed").count() == 2

    def test_broken_off_it_has_destroyed_whole_batches_and_goes_on(self, lotus, asha, monkeypatch):
        keep(lotus, asha, "pd:City", until=datetime.now(UTC).date())
        monkeypatch.setattr(jobs, "BATCH", 1)
        whole, calls = storing.destroy_due, []

        def dies(*, limit):
            calls.append(limit)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return whole(limit=limit)

        monkeypatch.setattr(storing, "destroy_due", dies)
        with pytest.raises(KeyboardInterrupt):
            command()

        assert VaultItem.objects.filter(destroyed_at=None).count() == 1
        assert EntryIndex.objects.filter(event="vault:destroyed").count() == 1
        monkeypatch.setattr(storing, "destroy_due", whole)
        assert command() == "1 destroyed, 0 held."


class TestTheTable:
    @pytest.mark.parametrize(
        "changed", ["sealed = 'x'", "destroy_on = '2099-01-01'", "category = 'x'"]
    )
    def test_refuses_any_change_but_the_end(self, lotus, asha, changed):
        keep(lotus, asha, "pd:City")

        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE erasure_vaultitem SET {changed}")

    def test_refuses_to_forget(self, lotus, asha):
        keep(lotus, asha, "pd:City")

        for table in ("erasure_vaultitem", "erasure_vaultaccess"):
            ask(lotus, asha)
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {table}")

    def test_an_access_is_decided_once(self, lotus, asha):
        access = approved(lotus, asha)

        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE erasure_vaultaccess SET refused_at = now()")
        with pytest.raises(VaultAccessStateError):
            opening.refuse(by=RAVI, access=access)


def test_each_element_has_a_key_of_its_own(lotus, asha):
    keep(lotus, asha, "pd:City", "pd:Health")

    found = [
        keys.unwrap(one.wrapping_version, bytes(one.wrapped_key), context=one.id.bytes)
        for one in VaultItem.objects.all()
    ]
    assert len(set(found)) == len(found) == 3
