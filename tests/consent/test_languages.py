"""Language tags, scripts and directions; words built alike; files of drafts. Nothing is stored."""

import json
import unicodedata

import pytest

from consent.versions import languages, translated
from consent.versions.languages import RTL, SCHEDULED
from consent.versions.naming import language_name
from tests.portal import world

pytestmark = pytest.mark.req("CON-07")

SCHEDULE = {
    "as", "bn", "brx", "doi", "gu", "hi", "kn", "ks", "kok", "mai", "ml", "mni", "mr", "ne", "or",
    "pa", "sa", "sat", "sd", "ta", "te", "ur",
}  # fmt: skip
"""The Eighth Schedule to the Constitution of India."""
BLOCKS = {
    "Latn": "LATIN", "Beng": "BENGALI", "Deva": "DEVANAGARI", "Gujr": "GUJARATI",
    "Knda": "KANNADA", "Arab": "ARABIC", "Mlym": "MALAYALAM", "Orya": "ORIYA",
    "Guru": "GURMUKHI", "Olck": "OL CHIKI", "Taml": "TAMIL", "Telu": "TELUGU",
    "Mtei": "MEETEI MAYEK",
}  # fmt: skip
ENGLISH = {
    "title": "What we ask", "items": [{"purpose": "a.b", "title": "Offers", "data": ["Name"]}],
    "board": {"text": "Complain", "url": "https://board.example/"}, "note": "",
}  # fmt: skip
HINDI = {
    "title": "हम क्या पूछते हैं", "items": [{"purpose": "a.b", "title": "ऑफ़र", "data": ["नाम"]}],
    "board": {"text": "शिकायत", "url": "https://board.example/hi"}, "note": "",
}  # fmt: skip


class TestTheTable:
    def test_is_english_and_the_eighth_schedule(self):
        assert languages.REQUIRED[0] == "en"
        assert set(SCHEDULED) == SCHEDULE
        assert len(SCHEDULED) == 22

    @pytest.mark.parametrize("one", languages.LANGUAGES, ids=lambda one: one.tag)
    def test_names_each_language_in_its_own_script(self, one):
        for script, name in ((one.script, one.endonym), *one.others):
            letters = [letter for letter in name if letter.isalpha()]
            assert letters
            assert all(unicodedata.name(letter).startswith(BLOCKS[script]) for letter in letters)

    def test_runs_from_the_right_where_the_script_is_arabic(self):
        from_the_right = {one.tag for one in languages.LANGUAGES if one.direction == RTL}

        assert from_the_right == {"ks", "sd", "ur"}

    def test_has_canonical_tags_only(self):
        for one in languages.LANGUAGES:
            for tag in (one.tag, *one.variants):
                assert languages.canonical(tag) == tag


class TestTags:
    @pytest.mark.parametrize(
        ("tag", "canonical"),
        [
            ("hi", "hi"), ("HI", "hi"), ("hin", "hi"), ("hi-Deva", "hi"), ("hi-deva-in", "hi-IN"),
            ("KS-deva", "ks-Deva"), ("ks-Arab", "ks"), ("sat-OLCK", "sat"),
            ("mni-mtei", "mni-Mtei"),
            ("pa-arab-pk", "pa-Arab-PK"), ("kok-Deva", "kok"), ("sr-latn-rs", "sr-Latn-RS"),
            ("de-CH-1996", "de-CH-1996"), ("es-419", "es-419"), ("snd-Deva", "sd-Deva"),
            ("", ""), ("h", ""), ("hindi", ""), ("hi_IN", ""), ("hi-", ""), ("-hi", ""),
            ("हिन्दी", ""),
            ("hi-IN-DEVA", ""), ("x-private", ""), ("hi\n", ""), ("en-" + "a" * 20, ""),
        ],
    )  # fmt: skip
    def test_have_one_spelling(self, tag, canonical):
        assert languages.canonical(tag) == canonical
        assert languages.canonical(canonical) == canonical

    @pytest.mark.parametrize(
        ("tag", "script", "direction"),
        [
            ("ur", "Arab", "rtl"), ("ks", "Arab", "rtl"), ("ks-Deva", "Deva", "ltr"),
            ("sd", "Arab", "rtl"), ("sd-Deva", "Deva", "ltr"), ("pa-Arab", "Arab", "rtl"),
            ("pa", "Guru", "ltr"), ("sat", "Olck", "ltr"), ("mni-Mtei", "Mtei", "ltr"),
            ("hi-Arab", "Arab", "rtl"), ("ar", "", "rtl"), ("sv", "", "ltr"),
            ("az-Arab", "Arab", "rtl"),
            ("", "", "ltr"), ("nonsense-tag!", "", "ltr"),
        ],
    )  # fmt: skip
    def test_tell_script_and_direction(self, tag, script, direction):
        assert (languages.script_of(tag), languages.direction(tag)) == (script, direction)

    def test_are_named_in_their_script(self):
        assert language_name("ks") == "کٲشُر"
        assert language_name("ks-Deva") == "कॉशुर"
        assert language_name("hi-IN") == "हिन्दी"
        assert language_name("sv") == "svenska"
        assert language_name("zzz") == "zzz"


class TestTheNearest:
    @pytest.mark.parametrize(
        ("wished", "available", "shown"),
        [
            ("hi", {"en", "hi"}, "hi"), ("hi-IN", {"en", "hi"}, "hi"), ("HI", {"en", "hi"}, "hi"),
            ("hi", {"en", "hi-IN"}, "hi-IN"), ("ks-Deva", {"en", "ks", "ks-Deva"}, "ks-Deva"),
            ("ks-Deva", {"en", "ks"}, "ks"), ("ks", {"en", "ks-Deva"}, "ks-Deva"),
            ("sd-Deva", {"en", "sd", "sd-Deva-IN"}, "sd-Deva-IN"),
            ("ta", {"en", "hi"}, "en"), ("", {"en", "hi"}, "en"), ("ta", {"hi"}, ""),
            ("ta", set(), ""),
        ],
    )  # fmt: skip
    def test_is_the_language_else_another_script_else_english(self, wished, available, shown):
        assert languages.best(wished, available) == shown

    def test_of_several_wishes_is_the_first_that_can_be_had(self):
        assert languages.nearest(["ta", "hi"], {"en", "hi"}) == "hi"
        assert languages.nearest(["ta", "te"], {"en", "hi"}) == "en"
        assert languages.nearest(["en", "hi"], {"en", "hi"}) == "en"
        assert languages.nearest(["ta"], {"hi"}) == ""

    def test_tells_what_is_missing_in_whatever_script(self):
        assert languages.missing({"en", *SCHEDULED}) == []
        assert languages.missing({"en", *SCHEDULED, "ks-Deva"} - {"ks"}) == []
        assert languages.missing({"en", *SCHEDULED} - {"sat"}) == ["sat"]


class TestBuiltAlike:
    def test_words_of_both_demo_languages_are(self):
        controller = type("C", (), {"slug": "lotus", "contact_email": "a@lotus.example"})
        english, hindi = (world.content(tag, controller) for tag in ("en", "hi"))

        assert translated.unlike(english, hindi) == []

    @pytest.mark.parametrize(
        ("change", "places"),
        [
            ({"title": " "}, ["/title"]), ({"title": 3}, ["/title"]), ({"note": "new"}, ["/note"]),
            ({"items": []}, ["/items"]), ({"items": HINDI["items"] * 2}, ["/items"]),
            ({"items": [{**HINDI["items"][0], "purpose": "other"}]}, ["/items/0/purpose"]),
            ({"items": [{**HINDI["items"][0], "data": []}]}, ["/items/0/data"]),
            ({"items": [{**HINDI["items"][0], "data": [" "]}]}, ["/items/0/data"]),
            ({"board": "x"}, ["/board"]), ({"secret member": "x"}, ["/*"]),
        ],
    )  # fmt: skip
    def test_tells_where_they_are_not(self, change, places):
        assert translated.unlike(ENGLISH, {**HINDI, **change}) == places

    def test_misses_what_is_left_out(self):
        assert translated.unlike(ENGLISH, {"title": "x"}) == ["/items", "/board", "/note"]

    def test_lets_a_list_of_texts_be_longer(self):
        words = {**HINDI, "items": [{**HINDI["items"][0], "data": ["नाम", "उपनाम"]}]}

        assert translated.unlike(ENGLISH, words) == []


def ndjson(*rows):
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def as_csv(language="hi", origin="human", leave=(), **more):
    texts = {"/title": "शीर्षक", "/items/0/title": "ऑफ़र", "/items/0/data/0": "नाम",
             "/board/text": "शिकायत", **more}  # fmt: skip
    lines = [f"{language},{origin},{place},{text}" for place, text in texts.items()
             if place not in leave]  # fmt: skip
    return "language,origin,place,text\n" + "\n".join(lines) + "\n"


class TestFiles:
    def test_ndjson_has_a_draft_a_line(self):
        found = translated.parsed(
            ndjson({"language": "hi", "origin": "machine", "content": HINDI},
                   {"language": "ur", "origin": "human", "content": {"title": "x"}}),
            ENGLISH,
        )  # fmt: skip

        assert [(one.language, one.origin) for one in found] == [("hi", "machine"), ("ur", "human")]
        assert found[0].content == HINDI

    def test_csv_has_a_text_a_line_and_keeps_codes_and_addresses(self):
        (draft,) = translated.parsed("\ufeff" + as_csv(), ENGLISH)

        assert draft.content["title"] == "शीर्षक"
        assert draft.content["items"] == [{"purpose": "a.b", "title": "ऑफ़र", "data": ["नाम"]}]
        assert draft.content["board"] == {"text": "शिकायत", "url": "https://board.example/"}
        assert translated.unlike(ENGLISH, draft.content) == []

    def test_the_places_are_those_of_the_english_texts(self):
        assert [place for _, _, place, _ in translated.as_csv(ENGLISH)] == [
            "/title", "/items/0/title", "/items/0/data/0", "/board/text",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("lines", "said"),
        [
            ("", "empty"), (" \n", "empty"), ("{", "Line 1 is not an object"),
            ('{"language": "hi"}', "Line 1 has other members"), ("[]", "The columns are"),
            (ndjson({"language": "hi", "origin": "robot", "content": {}}), "origin is human"),
            (ndjson({"language": "hi", "origin": "human", "content": []}), "content an object"),
            (ndjson({"language": 1, "origin": "human", "content": {}}), "origin is human"),
            ('{"language": "hi", "language": "ur", "origin": "human", "content": {}}', "Line 1"),
            (ndjson(*[{"language": "hi", "origin": "human", "content": {}}] * 2), "twice"),
            ("a,b\n1,2\n", "The columns are"), (as_csv(origin="robot"), "Line 2 has other cells"),
            (as_csv() + "hi,human,/title\n", "other cells"),
            (as_csv() + "hi,human,/title,x,y\n", "other"),
            (as_csv() + "hi,human,/title,again\n", "Line 6 says a text again"),
            (as_csv(leave={"/title"}), "lacks the texts at /title"),
            (as_csv(**{"/secret": "x"}), "at a place that the English words lack"),
            (as_csv() + 'hi,human,"/x', "not CSV"),
            ("{}\n" * 30_000, "more than"),
        ],
    )  # fmt: skip
    def test_that_cannot_be_read_are_told_by_line_and_not_repeated(self, lines, said):
        with pytest.raises(translated.UnreadableError, match=said) as refusal:
            translated.parsed(lines, ENGLISH)

        assert "secret" not in str(refusal.value)
        assert "robot" not in str(refusal.value)
