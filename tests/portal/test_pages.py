"""What holds for every page, in every language."""

import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from tests.portal import catalogues
from tests.portal.world import MAPS, OFFERS, SURVEYS

MAX_BYTES = 50_000
STYLE_SHEET = settings.BASE_DIR / "portal" / "static" / "portal" / "portal.css"
INLINE = re.compile(r"<(?:script|style)\b|\son\w+=|\sstyle=|javascript:", re.IGNORECASE)
SIDES = re.compile(r"(?:margin|padding|border)-(?:left|right)|(?:align|float): (?:left|right)")
FETCHED = re.compile(r'<(?:link|img|script|iframe)\b[^>]*\b(?:href|src)="([^"]*)"')
PLACEHOLDER = re.compile(r"%\(\w+\)s")
LANGUAGES = [code for code, _name in settings.LANGUAGES]
TRANSLATED = [code for code in LANGUAGES if code != "en"]


@pytest.fixture
def places(company, asha, sign_in):
    """Every page of a person with answers of every kind, as (client, address)."""
    company.yes(asha, OFFERS)
    event = company.yes(asha, SURVEYS, language="hi")
    company.republish()
    company.yes(asha, MAPS)
    client = sign_in(company)
    mine = ["choices/", "history/", "withdraw-all/", f"done/{event.id}/", f"receipts/{event.id}/"]
    everybodys = [
        "", "lotus/", "lotus/notices/website/", "lotus/sign-in/", "lotus/sign-in/sent/",
        "sign-in/token", "nowhere/",
    ]  # fmt: skip
    return client, [f"/privacy/{place}" for place in mine + everybodys]


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
class TestEveryPage:
    def pages(self, places, language):
        client, addresses = places
        client.cookies["django_language"] = language
        for address in addresses:
            yield address, client.get(address)

    def test_is_light(self, places, language):
        sheet = STYLE_SHEET.stat().st_size

        heavy = [
            f"{address}: {len(page.content) + sheet}"
            for address, page in self.pages(places, language)
            if len(page.content) + sheet > MAX_BYTES
        ]

        assert heavy == []

    def test_has_no_inline_script_or_style_and_asks_nobody_else(self, places, language):
        for address, page in self.pages(places, language):
            text = page.content.decode()
            fetched = FETCHED.findall(text)

            assert not INLINE.search(text), address
            assert fetched, address
            assert all(one.startswith(settings.STATIC_URL) for one in fetched), address
            assert "'unsafe" not in page.headers["Content-Security-Policy"]

    def test_says_its_language_and_direction(self, places, language):
        direction = "rtl" if language == "ur" else "ltr"

        for address, page in self.pages(places, language):
            text = page.content.decode()
            assert f'<html lang="{language}" dir="{direction}">' in text, address
            assert len(re.findall(r"<h1\b", text)) == 1, address

    def test_offers_every_language_in_its_own_script(self, places, language):
        for address, page in self.pages(places, language):
            if page.status_code == 200:
                names = re.findall(r'<button name="language"[^>]*>([^<]+)<', page.content.decode())
                assert names == ["English", "हिंदी", "اردو"], address

    def test_has_a_title_of_its_own(self, places, language):
        titles = [
            re.search(r"<title>(.*?)</title>", page.content.decode())[1]
            for _address, page in self.pages(places, language)
        ]

        assert len(set(titles)) >= len(titles) - 1  # asking for a link and the start of it


class TestTheStyleSheet:
    def test_names_no_other_place_and_no_side(self):
        text = STYLE_SHEET.read_text()

        assert "url(" not in text
        assert "@import" not in text
        assert not SIDES.findall(text)

    def test_makes_every_answer_look_the_same(self):
        rules = re.findall(r"^([^{}@\n]*)\{", STYLE_SHEET.read_text(), re.MULTILINE)

        assert not [rule for rule in rules if "answer=" in rule or "value=" in rule]


@pytest.mark.req("POR-12")
@pytest.mark.parametrize("language", TRANSLATED)
class TestTranslations:
    def messages(self):
        said = {word for path in catalogues.sources() for word in catalogues.words(path)}
        return said | catalogues.cures()

    def test_are_complete(self, language):
        compiled = catalogues.compiled(language)

        missing = sorted(word for word in self.messages() if not compiled.get(word))

        assert missing == [], "Translate them in locale/ (locale/README.md says how)."

    def test_keep_every_placeholder(self, language):
        compiled = catalogues.compiled(language)

        wrong = [
            word
            for word in self.messages()
            if sorted(PLACEHOLDER.findall(word)) != sorted(PLACEHOLDER.findall(compiled[word]))
        ]

        assert wrong == []

    def test_say_every_refusal_of_a_consent(self, language):
        compiled = catalogues.compiled(language)

        missing = sorted(word for word in catalogues.refusals("consent") if word not in compiled)

        assert missing == [], "Mark the sentence with gettext_noop, and translate it."

    def test_are_compiled_from_what_is_written(self, language):
        compiled = catalogues.compiled(language)
        written = {word: text for word, text in catalogues.written(language).items() if text}

        assert {word: text for word, text in compiled.items() if word} == written

    def test_hold_nothing_that_no_page_says(self, language):
        known = self.messages() | catalogues.djangos()

        assert sorted(catalogues.written(language).keys() - known) == []


class TestErrorPages:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_of_our_own_failure_needs_nothing_but_itself(self, language):
        with translation.override(language):
            page = render_to_string("500.html")

        assert f'lang="{language}"' in page
        assert not INLINE.search(page)


def test_a_citation_in_urdu_keeps_its_own_direction():
    """Else its brackets turn round at the end of a sentence that runs from right to left."""
    turned = [text for text in catalogues.compiled("ur").values() if loose_citation(text)]

    assert turned == [], "Put U+2066 and U+2069 around s.5(3), Art 6(1)(f) and their like."


def loose_citation(text):
    apart = re.sub("\u2066[^\u2069]*\u2069", "", text)
    return re.search(r"\d\([a-z0-9]{1,4}\)", apart)
