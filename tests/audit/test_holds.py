"""What a legal hold keeps beyond its time, and what becomes of it when the hold ends."""

from datetime import timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from audit import retention, selectors
from audit.actors import SubjectRef
from audit.classes import RetentionClass
from audit.errors import HoldEndedError, HoldReasonError
from audit.models import Dropped, EntryIndex
from audit.tiles import LogReader
from subjects import services as subjects
from tests.audit import ages
from tests.audit.ages import BY, FEBRUARY, alive, ended, problems, recorded
from tests.audit.log import LOG, OTHER_LOG, PERSON
from tests.subjects import people

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.req("AUD-06"),
    pytest.mark.usefixtures("past"),
]

PROCESSING = RetentionClass.PROCESSING
OTHER = SubjectRef(UUID(int=0xABCD), UUID(int=0xDCBA))


class TestHolds:
    def test_on_a_person_keep_what_is_theirs_aside(self):
        kept = recorded(FEBRUARY, 2, event="list:viewed", subject=PERSON)
        others = recorded(FEBRUARY, 3, event="list:viewed", subject=OTHER)

        with ages.holding((LOG, PERSON.id)):
            ran = ended()

        assert next(one for one in ran.dropped if one.month.retention == PROCESSING).kept == 2
        assert alive([*kept, *others]) == kept
        assert set(selectors.entries_about(LOG, PERSON.id).values_list("id", flat=True)) == set(
            kept
        )
        held = b"".join(sorted(one.bytes for one in kept))
        assert bytes(Dropped.objects.get(controller_id=LOG, retention_class="rc2").held) == held
        reader = LogReader.of(LOG)
        assert all(reader.proof(reader.position(one)) for one in kept)
        assert problems() == []

    def test_of_the_same_person_at_another_company_keep_nothing_here(self):
        entries = recorded(FEBRUARY, event="list:viewed", subject=PERSON)

        with ages.holding((OTHER_LOG, PERSON.id)):
            ended()

        assert alive(entries) == []

    def test_on_everybody_of_a_log_keep_whatever_is_about_somebody(self):
        kept = [
            *recorded(FEBRUARY, 2, event="list:viewed", subject=PERSON),
            *recorded(FEBRUARY, event="list:viewed", subject=OTHER),
        ]
        about_nobody = recorded(FEBRUARY, event="list:viewed", subject=None)
        elsewhere = recorded(FEBRUARY, event="list:viewed", subject=PERSON, controller_id=OTHER_LOG)

        with ages.holding((LOG, None)):
            ended()

        assert alive([*kept, *about_nobody, *elsewhere]) == kept
        assert problems() == []

        assert ended().released == 3
        assert alive(kept) == []

    def test_that_end_let_the_next_run_end_what_they_kept(self):
        kept = recorded(FEBRUARY, 2, event="list:viewed", subject=PERSON)
        others = recorded(FEBRUARY, 1, event="list:viewed", subject=OTHER)
        with ages.holding((LOG, PERSON.id), (LOG, OTHER.id)):
            ended()

        with ages.holding((LOG, OTHER.id)):
            assert ended().released == 2
            assert ended().released == 0

        assert alive([*kept, *others]) == others
        assert not EntryIndex.objects.filter(id__in=kept).exists()
        newest = Dropped.objects.filter(controller_id=LOG, retention_class="rc2").latest("id")
        assert (newest.count, bytes(newest.held)) == (2, others[0].bytes)
        assert selectors.payload(newest.entry_id)["event"] == "retention:released"
        assert problems() == []

        assert ended().released == 1
        assert alive(others) == []
        assert problems() == []

    def test_that_never_stood_release_nothing_and_say_nothing(self):
        recorded(FEBRUARY, event="list:viewed")
        ended()
        before = selectors.count()

        assert ended() == retention.Ran(0, (), ())
        assert selectors.count() == before

    def test_a_payload_without_its_line_is_kept_while_anything_is_held(self, superuser):
        """Nobody can tell whose it is."""
        (lost, kept) = recorded(FEBRUARY, 2, event="list:viewed", subject=OTHER)
        superuser.execute("DELETE FROM audit_entryindex WHERE id = %s", [lost])

        with ages.holding((LOG, PERSON.id)):
            ended()

        assert alive([lost, kept]) == [lost]
        assert (
            bytes(Dropped.objects.get(controller_id=LOG, retention_class="rc2").held) == lost.bytes
        )
        assert problems() == []

        ended()
        assert alive([lost]) == []

    def test_on_a_person_are_those_of_their_standing(self):
        lotus = people.controller("lotus", "IN")
        asha = people.add(lotus, ("email", people.EMAIL))
        ben = people.add(lotus, ("phone", people.PHONE))
        about = [
            recorded(
                FEBRUARY, event="list:viewed", subject=subjects.ref(one), controller_id=lotus.id
            )
            for one in (asha, ben)
        ]
        held = subjects.set_standing(by=people.BY, subject=asha, state="hold")

        ended()
        assert [alive(ids) == ids for ids in about] == [True, False]

        subjects.end_standing(by=people.BY, standing=held)
        ended()
        assert alive(about[0]) == []


class TestHoldsOfWholeLogs:
    def test_keep_everything_since_then(self):
        early = recorded(FEBRUARY - timedelta(days=1), event="list:viewed")
        late = recorded(FEBRUARY, 2, event="list:viewed")
        other = recorded(FEBRUARY, event="list:viewed", controller_id=OTHER_LOG)
        held = retention.hold(by=BY, controller_id=LOG, since_at=FEBRUARY, reason="case-7.2001")

        ended()
        assert alive([*early, *late, *other]) == late

        retention.end_hold(by=BY, hold_id=held.id)
        ended()
        assert alive(late) == []
        assert problems() == []

    @pytest.mark.parametrize("reason", ["", "Mrs Rao's claim", "x" * 61, "-"])
    def test_need_a_code(self, reason):
        with pytest.raises(HoldReasonError):
            retention.hold(by=BY, controller_id=LOG, since_at=FEBRUARY, reason=reason)

    def test_end_once(self):
        held = retention.hold(by=BY, controller_id=LOG, since_at=FEBRUARY, reason="case-7")
        retention.end_hold(by=BY, hold_id=held.id)

        with pytest.raises(HoldEndedError):
            retention.end_hold(by=BY, hold_id=held.id)

    def test_are_set_listed_and_ended_by_a_command(self):
        out = StringIO()
        given = ["--log", str(LOG), "--since", "2001-02-01", "--reason", "case-7"]
        call_command("audit_hold", *given, stdout=out)
        held = selectors.holds().get()
        assert out.getvalue() == f"{held.id} log {LOG} since 2001-02-01: case-7\n"

        call_command("audit_hold", "--end", str(held.id), stdout=out)
        assert not selectors.holds().exists()

    @pytest.mark.parametrize(
        "given",
        [
            ["--log", str(LOG)],
            ["--log", "lotus"],
            ["--log", str(LOG), "--since", "yesterday", "--reason", "case-7"],
            ["--log", str(LOG), "--since", "2001-02-01", "--reason", "Mrs Rao"],
            ["--end", str(LOG)],
        ],
    )
    def test_are_refused_by_the_command_if_they_make_no_sense(self, given):
        with pytest.raises(CommandError):
            call_command("audit_hold", *given)
        assert not selectors.holds().exists()

    def test_are_recorded(self):
        held = retention.hold(by=BY, controller_id=LOG, since_at=FEBRUARY, reason="case-7")
        retention.end_hold(by=BY, hold_id=held.id)

        entries = selectors.entries([LOG]).values_list("event", "target_id")
        assert list(entries) == [
            ("retention:hold_ended", str(held.id)), ("retention:hold_set", str(held.id)),
        ]  # fmt: skip
