"""Evidence packs: what one person was asked and answered, for anybody to check."""

import base64
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import EntryIndex
from audit.sealing import log_key, seal_all
from audit.selectors import payload
from audit.tiles import LogReader
from audit.witnesses.models import Cosignature
from config.places import BASE_DIR
from consent import services as consents
from consent.transitions import State
from keys import services as keys
from keys.provider import Signature
from subjects import services as subjects
from tests.desk import house
from tests.portal import world
from tests.portal.world import APPROVER, AUTHOR, MAPS, OFFERS, SURVEYS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-29")]
VERIFIER = BASE_DIR / "clients" / "verify" / "sammati_verify.py"


def address(lotus):
    return f"/admin/people/{lotus.person.id}/evidence/"


def take(client, lotus, purpose=OFFERS, **more):
    seal_all()
    form = {"purpose": purpose, "reason": "court", "case": "C-17", **more}
    return client.post(address(lotus), form)


@pytest.fixture
def pack(desk, lotus):
    """The files of a pack by name, of a person who said yes, withdrew, and said yes again."""
    lotus.world.answer(lotus.person, OFFERS, State.WITHDRAWN, method="call_centre")
    lotus.world.yes(lotus.person, OFFERS, language="hi", is_explicit=True)
    return opened(take(desk, lotus))


def opened(answer):
    assert answer.status_code == 200, answer.content[:500]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def verify(tmp_path, content, *options):
    """What the independent verifier says of a pack, offline."""
    path = tmp_path / "pack.zip"
    path.write_bytes(content)
    return subprocess.run(
        [sys.executable, "-I", str(VERIFIER), "export", str(path), *options],
        check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def zipped(files):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


def vkey(lotus):
    return str(log_key(LogReader.of(lotus.id).tree.origin))


class TestThePack:
    def test_tells_the_chain_with_words_receipts_and_entries(self, pack):
        told = json.loads(pack["chain.json"])

        assert [one["state"] for one in told["lines"]] == ["given", "withdrawn", "given"]
        assert [one["notice"][-7:] for one in told["lines"]] == ["en.json", "en.json", "hi.json"]
        for one in told["lines"]:
            record = json.loads(pack[f"records/{one['entry']}.json"])
            assert record["target"]["id"] == one["id"]
            assert record["subject"] == told["person"]["pseudonym"]
            assert json.loads(pack[one["receipt"]])["receipt_id"] == one["id"]

    def test_holds_the_words_exactly_as_they_were_shown(self, pack):
        told = json.loads(pack["chain.json"])

        for line in told["lines"]:
            assert hashlib.sha256(pack[line["notice"]]).hexdigest() == line["notice_sha256"]
        published = json.loads(pack[f"records/{told['notices'][0]['published_entry']}.json"])
        assert published["event"] == "notice:published"
        assert told["notices"][0]["sha256"] in published["data"]["sha256"].values()

    @pytest.mark.req("CON-07")
    def test_proves_words_of_a_language_that_was_added_later(self, desk, lotus):
        words = consents.draft_translation(
            by=AUTHOR, version=lotus.world.notice, language="ta",
            content={**world.content("hi", lotus.controller), "title": "நாங்கள் கேட்பது"},
        )  # fmt: skip
        consents.approve_translation(by=APPROVER, translation=words, sha256=words.sha256)
        lotus.world.answer(lotus.person, OFFERS, State.WITHDRAWN, method="call_centre")
        lotus.world.yes(lotus.person, OFFERS, language="ta", is_explicit=True)

        pack = opened(take(desk, lotus))

        told = {one["file"][-7:]: one for one in json.loads(pack["chain.json"])["notices"]}
        added = json.loads(pack[f"records/{told['ta.json']['published_entry']}.json"])
        assert (added["event"], added["data"]["sha256"]) == ("translation:approved", words.sha256)
        first = json.loads(pack[f"records/{told['en.json']['published_entry']}.json"])
        assert first["event"] == "notice:published"

    def test_holds_receipts_whose_signatures_verify_with_the_keys_beside_them(self, pack):
        known = json.loads(pack["keys.json"])
        (name, *_) = [one for one in pack if one.startswith("receipts/")]
        receipt = json.loads(pack[name])
        signed = receipt.pop("signature")

        ours = next(one for one in keys.public_keys() if str(one.key_id) == signed["key_id"])
        assert known[signed["key_id"]]["ed25519"] == ours.raw.hex()
        value = base64.b64decode(signed["ed25519"])
        content = json.dumps(receipt, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert keys.verify(
            content.encode(), Signature(key_id=ours.key_id, version=ours.version, value=value)
        )

    def test_has_the_data_of_the_certificate_with_the_hash_of_every_file(self, pack):
        data = json.loads(pack["certificate.json"])

        assert data["part_a"]["hash_algorithm"] == "SHA256"
        assert data["part_a"]["hash_values"] == data["part_b"]["hash_values"]
        later = {"certificate.json", "index.html", "manifest.json", "manifest.note"}
        assert data["part_a"]["hash_values"] == {
            name: hashlib.sha256(content).hexdigest()
            for name, content in pack.items()
            if name not in later
        }
        assert data["part_a"]["signature"] == ""

    def test_has_a_page_that_needs_nothing_from_elsewhere(self, pack):
        page = pack["index.html"].decode()

        assert "<script" not in page
        assert "http-equiv" not in page
        assert "src=" not in page
        assert 'rel="stylesheet"' not in page
        for text in ("Offers by e-mail", "ई-मेल से ऑफ़र", "C-17", "For a court or tribunal",
                     "Withdrawn", "as an explicit statement", "olga"):  # fmt: skip
            assert text in page

    @pytest.mark.parametrize(
        ("language", "direction", "word"), [("hi", "ltr", 'lang="hi"'), ("ur", "rtl", 'lang="ur"')]
    )
    def test_has_the_page_in_the_officers_language(self, desk, lotus, language, direction, word):
        desk.defaults["HTTP_ACCEPT_LANGUAGE"] = language

        page = opened(take(desk, lotus))["index.html"].decode()

        assert word in page
        assert f'dir="{direction}"' in page.split("<head>")[0]

    def test_names_the_person_by_nothing_but_ids(self, pack, lotus):
        for name, content in pack.items():
            assert lotus.email.encode() not in content, name
            assert b"asha" not in content.lower(), name


class TestTheVerifier:
    def test_accepts_a_pack_offline(self, desk, lotus, tmp_path):
        answer = take(desk, lotus)

        said = verify(tmp_path, answer.content, "--vkey", vkey(lotus))

        assert said.returncode == 0, said.stdout + said.stderr

    @pytest.mark.req("AUD-04")
    def test_finds_a_change_in_any_file(self, pack, lotus, tmp_path):
        for name in pack:
            changed = {**pack, name: _bent(pack[name])}
            said = verify(tmp_path, zipped(changed), "--vkey", vkey(lotus))
            assert said.returncode != 0, name

    def test_finds_a_file_that_is_missing_or_too_much(self, pack, lotus, tmp_path):
        less = {name: content for name, content in pack.items() if not name.startswith("receipts")}
        more = {**pack, "receipts/other.json": b"{}"}

        for files in (less, more):
            assert verify(tmp_path, zipped(files), "--vkey", vkey(lotus)).returncode != 0

    def test_refuses_a_pack_of_another_key(self, pack, lotus, tmp_path):
        stranger = vkey(lotus).rsplit("+", 1)[0][:-1] + "0+" + "A" * 44

        assert verify(tmp_path, zipped(pack), "--vkey", stranger).returncode != 0


def _bent(content):
    """The same bytes but one."""
    place = len(content) // 2
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


class TestChainsOfEveryKind:
    def test_of_a_refusal(self, desk, lotus):
        lotus.world.answer(lotus.person, SURVEYS, State.REFUSED)

        told = json.loads(opened(take(desk, lotus, SURVEYS))["chain.json"])

        assert [one["state"] for one in told["lines"]] == ["refused"]

    def test_of_a_renewal(self, desk, lotus):
        lotus.world.yes(lotus.person, OFFERS)

        told = json.loads(opened(take(desk, lotus))["chain.json"])

        assert [one["state"] for one in told["lines"]] == ["given", "renewed"]

    def test_of_an_import_without_words(self, desk, lotus):
        earlier = timezone.now() - timedelta(days=40)
        lotus.world.yes(
            lotus.person, SURVEYS, language="", method="import", event_at=earlier, is_import=True
        )

        files = opened(take(desk, lotus, SURVEYS))

        assert json.loads(files["chain.json"])["lines"][0]["notice"] == ""
        assert "No line of the chain names words" in files["index.html"].decode()

    def test_of_a_purpose_never_asked_is_told_and_not_recorded(self, desk, lotus, entries):
        answer = take(desk, lotus, MAPS)

        assert answer.status_code == 422
        assert "never asked about this purpose" in answer.content.decode()
        assert not entries("evidence:taken")

    def test_of_a_record_that_waits_for_its_place_is_told(self, desk, lotus):
        form = {"purpose": OFFERS, "reason": "court", "case": ""}
        seal_all()
        lotus.world.answer(lotus.person, OFFERS, State.WITHDRAWN)

        answer = desk.post(address(lotus), form)

        assert answer.status_code == 422
        assert "waits for its place" in answer.content.decode()

    @pytest.mark.req("P6")
    def test_of_an_erased_person_is_what_remains(self, desk, lotus, superuser, tmp_path):
        subjects.destroy_key(by=house.BY, subject=lotus.person)
        EntryIndex.objects.filter(subject_id=lotus.person.id).delete()

        answer = take(desk, lotus)

        files = opened(answer)
        told = json.loads(files["chain.json"])
        assert told["lines"][0]["entry"]
        assert told["person"]["pseudonym"]
        assert "key is destroyed" in files["index.html"].decode()
        assert verify(tmp_path, answer.content, "--vkey", vkey(lotus)).returncode == 0


@pytest.mark.req("AUD-06")
class TestTimestamps:
    def test_come_with_what_they_stamp_and_how_it_belongs_to_the_pack(self, desk, lotus, tmp_path):
        seal_all()
        first = LogReader.of(lotus.id).checkpoint()
        Cosignature.objects.create(
            controller_id=lotus.id, size=first.size, witness="tsa.example", token=b"token",
            at=timezone.now(),
        )  # fmt: skip
        desk.get(f"/admin/people/{lotus.person.id}/")  # the log grows on

        answer = take(desk, lotus)

        files = opened(answer)
        assert verify(tmp_path, answer.content, "--vkey", vkey(lotus)).returncode == 0
        assert files["timestamps/1.tsr"] == b"token"
        assert files["timestamps/1.checkpoint"].startswith(files["timestamps/1.body"])
        assert "tsa.example" in files["index.html"].decode()
        assert self.grew(tmp_path, files, lotus) == 0

    def grew(self, tmp_path, files, lotus):
        """What the verifier says of the two checkpoints."""
        names = ("timestamps/1.checkpoint", f"checkpoints/{lotus.id}", "timestamps/1.consistency")
        paths = [tmp_path / name.replace("/", "-") for name in names]
        for name, path in zip(names, paths, strict=True):
            path.write_bytes(files[name])
        command = [sys.executable, "-I", str(VERIFIER), "consistency", *map(str, paths)]
        return subprocess.run([*command, "--vkey", vkey(lotus)], check=False).returncode


class TestTheDoor:
    @pytest.mark.req("P11")
    def test_records_the_taking_with_reason_case_and_digest(self, desk, lotus, entries, officer):
        files = opened(take(desk, lotus))

        (entry,) = entries("evidence:taken")
        said = payload(entry.id)["data"]
        assert (entry.actor_id, entry.subject_id) == (str(officer.id), lotus.person.id)
        assert (entry.purpose, said["reason"], said["case"]) == (OFFERS, "court", "C-17")
        assert said["manifest_sha256"] == hashlib.sha256(files["manifest.json"]).hexdigest()

    @pytest.mark.req("P11")
    def test_gives_nothing_when_the_taking_cannot_be_recorded(self, desk, lotus, broken_log):
        seal_all()
        broken_log.breaks()

        answer = desk.post(address(lotus), {"purpose": OFFERS, "reason": "court", "case": ""})

        assert answer.status_code == 503
        assert b"PK" not in answer.content[:2]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"reason": ""},
            {"reason": "curious"},
            {"purpose": "no.such"},
            {"case": "a@lotus.example"},
        ],
    )
    def test_asks_for_a_known_purpose_and_a_reason(self, desk, lotus, entries, wrong):
        answer = take(desk, lotus, **wrong)

        assert answer.status_code == 422
        assert not entries("evidence:taken")

    @pytest.mark.req("P9")
    def test_is_closed_to_officers_of_others_and_to_operators(self, lotus, tulip, entries):
        stranger = house.signed_in(house.officer(tulip, "tara", "privacy_officer"))
        operator = house.signed_in(house.officer(lotus, "otto", "operator"))

        assert take(stranger, lotus).status_code == 404
        assert take(operator, lotus).status_code == 403
        assert not entries("evidence:taken")

    def test_stands_on_the_persons_page(self, desk, lotus):
        page = desk.get(f"/admin/people/{lotus.person.id}/").content.decode()

        assert address(lotus) in page
        assert desk.get(address(lotus)).status_code == 200

    def test_is_a_file_to_save(self, desk, lotus):
        answer = take(desk, lotus)

        assert answer["Content-Type"] == "application/zip"
        assert answer["Content-Disposition"].startswith(f'attachment; filename="evidence-{OFFERS}-')
        assert "no-store" in answer["Cache-Control"]
