"""The search for what is left of a person: it finds whatever is planted, and nothing else."""

import base64
import io
import sys
import zipfile

import pytest
import redis
from django.conf import settings as given
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from audit import sealing
from audit.models import EntryIndex
from erasure import traces
from erasure.services.opening import NewCase, open_case
from erasure.traces import places
from profiles.models import AttributeDefinition
from subjects.errors import SubjectUnknownError
from subjects.models import Identifier, Trigger
from tests.desk import house
from tests.erasure import own_world
from tests.erasure.own_world import EMAIL, NUMBER, PHONE, case_about, own_step, planted, tell
from tests.factories.company import AUTHOR
from work import services as work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("P6", "P8")]


@pytest.fixture
def lotus(transactional_db, settings, tmp_path):
    cache.clear()
    for name in places.FOLDERS:
        if hasattr(given, name):
            setattr(settings, name, "")
    settings.PROFILE_EXPORT_FOLDER = str(tmp_path / "exports")
    (tmp_path / "exports").mkdir(mode=0o700)
    return own_world.make()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "exports"


@pytest.fixture
def asha(lotus):
    return planted(lotus)


@pytest.fixture
def erased(lotus, asha):
    tell(lotus, own_step(lotus, case_about(lotus, asha)))
    sealing.seal_all()
    return asha


def audit(person, *words, more=()):
    """What the command says, and how it ends."""
    out, code = io.StringIO(), 0
    before, sys.stdin = sys.stdin, io.StringIO("\n".join(words))
    try:
        call_command(
            "erasure_audit", str(person.id), controller="lotus", words=bool(words),
            more=list(more), stdout=out,
        )  # fmt: skip
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.stdin = before
    return code, out.getvalue()


KNOWN_BY = (EMAIL, PHONE, NUMBER)


class TestAfterAnErasure:
    def test_nothing_is_left(self, erased):
        code, text = audit(erased, *KNOWN_BY)

        assert "LEFT" not in text, text
        assert (code, "Nothing is left" in text) == (0, True)

    def test_what_may_stay_is_told(self, erased):
        _, text = audit(erased, *KNOWN_BY)

        assert "kept  digest  subjects_tombstone" in text
        assert "kept  id      consent_consentevent" in text

    def test_what_was_sought_is_not_written(self, erased):
        _, text = audit(erased, *KNOWN_BY)

        assert [one for one in KNOWN_BY if one in text] == []

    def test_without_words_it_says_that_it_does_not_know_any(self, erased):
        _, text = audit(erased)

        assert "give --words" in text

    def test_nor_once_an_officer_looked_at_them(self, lotus, erased):
        """Reads are on record, of the erased as well; the record must not bring them back."""
        desk = house.signed_in(house.officer(lotus.company, "olga", "privacy_officer"))
        before = EntryIndex.objects.count()
        page = desk.get(reverse("admin:person", args=[erased.id]))
        ledger = desk.get(f"/admin/consent/consentevent/?subject_id={erased.id}")

        code, text = audit(erased, *KNOWN_BY)

        assert (page.status_code, ledger.status_code) == (200, 200)
        assert EntryIndex.objects.count() > before
        assert "LEFT" not in text, text
        assert code == 0


class TestBeforeOne:
    def test_the_tables_that_name_them_are_told(self, asha):
        code, text = audit(asha)

        assert code == 1
        assert "LEFT  digest  subjects_identifier" in text
        assert "LEFT  id      subjects_trigger" in text
        assert "LEFT  word" not in text  # all of it is sealed

    def test_a_case_under_way_still_knows_what_they_were_called(self, lotus, asha):
        open_case(
            by=AUTHOR, controller_id=lotus.id,
            new=NewCase(subject_id=asha.id, trigger="request", trigger_ref="R-1"),
        )  # fmt: skip
        Identifier.objects.filter(subject_id=asha.id).delete()
        AttributeDefinition.objects.filter(code="city").update(title=f"as {PHONE} said")

        _, text = audit(asha)

        assert "LEFT  word    profiles_attributedefinition" in text


class TestWhatWasForgotten:
    @pytest.mark.parametrize(
        "spelled",
        [EMAIL, EMAIL.upper(), EMAIL.encode().hex(), base64.b64encode(EMAIL.encode()).decode(),
         base64.b64encode(b"to: " + EMAIL.encode() + b" from").decode()],
    )  # fmt: skip
    def test_in_a_table_is_found_however_it_is_spelled(self, erased, spelled):
        AttributeDefinition.objects.filter(code="city").update(title=spelled[:100])

        code, text = audit(erased, *KNOWN_BY)

        assert (code, "LEFT  word    profiles_attributedefinition" in text) == (1, True)

    def test_in_a_row_that_should_have_gone(self, lotus, erased):
        Trigger.objects.create(
            controller_id=lotus.id, subject_id=erased.id, code="late", last_at=erased.created_at
        )

        assert "LEFT  id      subjects_trigger" in audit(erased, *KNOWN_BY)[1]

    def test_in_the_queue(self, lotus, erased):
        work.enqueue(kind="profiles.retention", controller_id=lotus.id, payload={"code": "x"})
        with connection.cursor() as cursor:
            cursor.execute("UPDATE work_job SET payload = %s", [f'{{"code": "{EMAIL}"}}'])

        assert "LEFT  word    work_job" in audit(erased, *KNOWN_BY)[1]

    def test_in_the_cache(self, erased):
        cache.set(f"limit:{EMAIL}", 1)

        code, text = audit(erased, *KNOWN_BY)

        assert (code, "LEFT  word    store" in text) == (1, True)

    @pytest.mark.parametrize("kind", ["list", "hash", "set", "zset"])
    def test_in_the_broker(self, erased, kind):
        with redis.Redis.from_url(given.CACHES["default"]["LOCATION"]) as store:
            put = {
                "list": lambda: store.rpush("q", EMAIL), "set": lambda: store.sadd("q", EMAIL),
                "hash": lambda: store.hset("q", "a", EMAIL),
                "zset": lambda: store.zadd("q", {EMAIL: 1}),
            }  # fmt: skip
            put[kind]()

            assert "LEFT  word    store" in audit(erased, *KNOWN_BY)[1]

    def test_in_a_file_and_in_its_name(self, erased, folder):
        (folder / "one").write_text(f"for {EMAIL}, with care")
        (folder / f"{PHONE}.csv").write_text("nothing")

        _, text = audit(erased, *KNOWN_BY)

        assert f"LEFT  word    {folder / 'one'}" in text
        assert ".csv" in text

    def test_across_the_seam_of_two_parts_of_a_file(self, erased, folder):
        size = places.PART
        (folder / "long").write_bytes(b"x" * (size - 5) + EMAIL.encode())

        assert "long" in audit(erased, *KNOWN_BY)[1]

    def test_within_an_archive(self, erased, folder):
        with zipfile.ZipFile(folder / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("people.csv", f"{NUMBER},1")

        assert "export.zip:people.csv" in audit(erased, *KNOWN_BY)[1]

    def test_of_letters_in_the_development_mailbox_it_says_that_they_are_copies(
        self, erased, settings, tmp_path
    ):
        settings.EMAIL_FILE_PATH = str(tmp_path / "mailbox")
        (tmp_path / "mailbox").mkdir()
        letter = tmp_path / "mailbox" / "one.eml"
        letter.write_text(f"To: {EMAIL}")

        code, text = audit(erased, *KNOWN_BY)

        assert (code, f"copy  word    {letter}" in text, "LEFT" in text) == (0, True, False), text
        assert f"1 letters to them lie in the development mailbox, {letter.parent}" in text

    def test_where_letters_really_leave_no_file_is_excused(self, erased, settings, tmp_path):
        settings.EMAIL_FILE_PATH = str(tmp_path / "mailbox")
        settings.PRODUCTION = True
        (tmp_path / "mailbox").mkdir()
        (tmp_path / "mailbox" / "one.eml").write_text(f"To: {EMAIL}")

        code, text = audit(erased, *KNOWN_BY)

        assert (code, "LEFT  word" in text) == (1, True)

    def test_in_a_log_that_is_named(self, erased, tmp_path):
        log = tmp_path / "web.log"
        log.write_text(f"GET /?email={EMAIL}")

        assert "LEFT" not in audit(erased, *KNOWN_BY)[1]
        assert "web.log" in audit(erased, *KNOWN_BY, more=[log])[1]


class TestAsking:
    def test_for_somebody_of_another_company_is_refused(self, lotus, asha):
        tulip = own_world.make("tulip", "NL")

        with pytest.raises(SubjectUnknownError):
            traces.sought(tulip.id, asha.id)

    def test_in_a_file_that_is_not_there_is_refused(self, asha, tmp_path):
        with pytest.raises(CommandError, match="nothing at"):
            audit(asha, more=[tmp_path / "gone.log"])

    def test_for_a_word_too_short_to_mean_anything_says_so(self, erased):
        assert "1 words were too short" in audit(erased, EMAIL, "ab")[1]
