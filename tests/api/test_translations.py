"""Services bring words in other languages; nobody is shown them, and none leave by this door."""

import json
from uuid import uuid4

import pytest

from consent import services as consent
from consent.models import NoticeTranslation
from consent.versions.languages import SCHEDULED
from consent.versions.translated import texts
from tests.api import house
from tests.api.house import pointers, problem
from tests.portal.world import APPROVER, MAPS, OFFERS, SURVEYS, content

pytestmark = pytest.mark.req("CON-07")

NDJSON, CSV = "application/x-ndjson", "text/csv"


@pytest.fixture
def api(lotus):
    """Calls as a service that is registered for everything the notice asks about."""
    return house.caller(lotus, purposes=(OFFERS, SURVEYS, MAPS))


@pytest.fixture
def path(lotus):
    return f"/notices/{lotus.notice.id}/translations"


def words(lotus, **changes):
    return {**content("hi", lotus.controller), **changes}


def draft(lotus, language="ta", origin="machine", **changes):
    return {"language": language, "origin": origin, "content": words(lotus, **changes)}


def lines(*rows):
    return "\n".join(json.dumps(row) for row in rows).encode()


def test_it_works(api, lotus, path):
    response = api.post(path, draft(lotus))

    assert response.status_code == 201
    body = response.json()
    assert body["version"] == str(lotus.notice.id)
    assert [(one["language"], one["origin"], one["state"]) for one in body["items"]] == [
        ("en", "human", "approved"), ("hi", "human", "approved"), ("ta", "machine", "draft"),
    ]  # fmt: skip
    assert body["missing"] == []
    assert {one["language"] for one in body["waived"]} == set(SCHEDULED) - {"hi"}
    assert api.get(path).json() == body


def test_no_words_leave_before_they_are_approved(api, lotus, path):
    api.post(path, draft(lotus, title="ரகசியம்"))

    for answer in (api.get(path), api.get("/notices", {"purpose": OFFERS, "language": "ta"})):
        assert "ரகசியம்" not in answer.content.decode()
    assert api.get("/notices", {"purpose": OFFERS, "language": "ta"}).json()["language"] == "en"


def test_approved_words_are_read_as_any_others(api, lotus, path):
    api.post(path, draft(lotus, origin="human", title="நாங்கள் கேட்பது"))
    made = NoticeTranslation.objects.get(language="ta")
    consent.approve_translation(by=APPROVER, translation=made, sha256=made.sha256)

    found = api.get("/notices", {"purpose": OFFERS, "language": "ta-IN"}).json()

    assert (found["language"], found["content"]["title"]) == ("ta", "நாங்கள் கேட்பது")
    assert found["sha256"] == made.sha256


@pytest.mark.parametrize("kind", [NDJSON, f"{NDJSON}; charset=utf-8"])
def test_a_file_of_lines_is_taken_whole(api, lotus, path, kind):
    raw = lines(draft(lotus), draft(lotus, "te", "human"))

    response = api.post(path, raw=raw, kind=kind)

    assert response.status_code == 201
    assert NoticeTranslation.objects.filter(language__in=["ta", "te"], state="draft").count() == 2


def test_a_table_of_texts_is_taken_too(api, lotus, path):
    english = content("en", lotus.controller)
    rows = [f'ta,human,{place},"<{place}>"' for place, _ in texts(english)]
    raw = ("language,origin,place,text\r\n" + "\r\n".join(rows)).encode()

    response = api.post(path, raw=raw, kind=CSV)

    assert (response.status_code, response.json().get("code")) == (201, None)
    made = NoticeTranslation.objects.get(language="ta").content
    assert made["title"] == "</title>"
    assert made["board"] == {"text": "</board/text>", "url": "https://board.example/"}


def test_a_repeat_has_one_effect(api, lotus, path, entries):
    for _ in range(2):
        assert api.post(path, draft(lotus), Idempotency_Key="k-1").status_code == 201

    assert len(entries("translation:drafted")) == 1


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"language": "en"}, 409, "language_is_source"),
        ({"language": "hi"}, 409, "translation_approved"),
        ({"language": "zz-ZZZZZ"}, 201, ""),
        ({"content": {"title": "x" * 200_000}}, 422, "translation_unlike"),
    ],
)
def test_what_is_refused_says_why(api, lotus, path, change, status, code):
    response = api.post(path, {**draft(lotus), **change})

    if code:
        problem(response, status, code)
    else:
        assert response.status_code == status


def test_bad_input_leaves_nothing(api, lotus, path, unchanged):
    unchanged()

    assert pointers(api.post(path, {})) == {
        ("/language", "required"), ("/origin", "required"), ("/content", "required"),
    }  # fmt: skip
    assert pointers(api.post(path, {**draft(lotus), "origin": "robot"})) == {
        ("/origin", "invalid_choice")
    }
    assert pointers(api.post(path, {**draft(lotus), "approved": True})) == {
        ("/approved", "unknown_member")
    }
    empty = api.post(path, raw=b"", kind=CSV, Content_Type=CSV)
    problem(empty, 422, "translation_file_invalid")
    for raw in (b"{}", b"nothing,like,this\n", lines(draft(lotus), {"language": "te"})):
        problem(api.post(path, raw=raw, kind=CSV), 422, "translation_file_invalid")
    problem(api.post(path, raw=b"\xff\xfe", kind=NDJSON), 400, "malformed_body")
    problem(api.post(path, raw=b"x" * (1024 * 1024 + 1), kind=CSV), 413, "body_too_large")
    plain = api.post(path, raw=lines(draft(lotus)), kind="text/plain")
    problem(plain, 415, "unsupported_media_type")
    assert not NoticeTranslation.objects.filter(state="draft").exists()


@pytest.mark.req("P9")
def test_of_others_nothing_is_told(lotus, tulip, api):
    few = house.caller(lotus, code="few", purposes=(OFFERS,))
    for caller, version in ((api, tulip.notice.id), (few, lotus.notice.id), (api, uuid4())):
        path = f"/notices/{version}/translations"
        problem(caller.get(path), 404, "notice_version_missing")
        problem(caller.post(path, draft(lotus)), 404, "notice_version_missing")
