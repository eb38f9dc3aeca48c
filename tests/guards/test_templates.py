"""No word on a page without gettext: a simple reading of the templates' text."""

import re
from html.parser import HTMLParser

from tests.guards.tree import files, name, report

TRANSLATED = re.compile(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL)
COMMENT = re.compile(r"{%\s*comment\b.*?{%\s*endcomment\s*%}|{#.*?#}", re.DOTALL)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
WORD = re.compile(r"[A-Za-z]{2,}")
ENTITY = re.compile(r"&#?\w+;")
READ_ALOUD = {"alt", "aria-label", "aria-description", "placeholder", "title", "label", "content"}
NOT_TEXT = {"style", "script"}
NAMES = {
    # words that are the same in every language
    "Sammati",
}


class Words(HTMLParser):
    """Collects what a person would read or hear, with its line."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.silent = 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in NOT_TEXT
        spoken = dict(attrs)
        if tag == "meta" and spoken.get("name") != "description":
            return
        for key, value in spoken.items():
            if key in READ_ALOUD:
                self.note(value or "")

    def handle_endtag(self, tag):
        self.silent -= tag in NOT_TEXT

    def handle_data(self, data):
        if not self.silent:
            self.note(data)

    def note(self, text):
        words = [word for word in WORD.findall(ENTITY.sub(" ", text)) if word not in NAMES]
        if words:
            self.found.append((self.getpos()[0], " ".join(text.split())[:80]))


def untranslated(source):
    """The words of a template that pass by gettext, with their lines."""
    for pattern in (TRANSLATED, COMMENT, TAG):
        source = pattern.sub(lambda found: "\n" * found[0].count("\n"), source)
    parser = Words()
    parser.feed(source)
    return parser.found


def test_every_word_on_a_page_goes_through_gettext():
    found = [
        f"{name(path)}:{line}: {text}"
        for path in files(".html")
        if "templates" in path.parts
        for line, text in untranslated(path.read_text())
    ]

    assert not found, report(found, "Wrap it: {% translate %} or {% blocktranslate trimmed %}.")


class TestTheGuardItself:
    def test_finds_text_and_spoken_attributes(self):
        source = '<p>\nHello there</p><img alt="A picture" class="wide one">'

        assert [text for _, text in untranslated(source)] == ["Hello there", "A picture"]

    def test_passes_what_is_translated(self):
        source = (
            '<p title="{% translate "Hi" %}">{% blocktranslate %}Hi {{ x }}{% endblocktranslate %}'
            "{{ value }} &nbsp; {# a note #}</p><style>body { color: red }</style>"
        )

        assert untranslated(source) == []
