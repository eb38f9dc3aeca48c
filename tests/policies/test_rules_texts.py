"""The registry of codes: complete in words and citations, and refusing half-declared rules."""

import pytest

from policies import texts
from policies.rules import RULES, registry
from policies.rules.cures import CURES
from policies.rules.permit import FINDINGS
from policies.rules.registry import Rule, RuleError

CODES = sorted(texts.CATALOGUES["en"])
NUMBERS = ["R01", "R02", "R03", "R04", "R05", "R06", "R07", "R08", "R10", "R11", "R12", "R13"]
NUMBERS += ["R14", "R20", "R21", "R22", "R23", "R24", "R25", "R26", "R27"]
NUMBERS += ["R29", "R30", "R31", "R32", "R33", "R34", "R35", "R36", "R37", "R38", "R39"]
NUMBERS += ["R40", "R41", "R42", "R43", "R44", "R45", "R46", "R47"]
NUMBERS += ["R50", "R51", "R52", "R53", "R54"]
NUMBERS += ["R60", "R61", "R62", "R63", "R64", "R65", "R66", "R67", "R68", "R69"]
NUMBERS += ["R70", "R71", "R72", "R75", "R76", "R80", "R85", "R86", "R87", "R88", "R89", "R90"]
DECLARED = {
    "gate": 7,
    "code": "NEW_CODE",
    "text": "Text.",
    "person": "Text.",
    "refs": {"IN": ("DPDP Act 2023 s.4",), "EU": ("GDPR Art 6",)},
}


@pytest.fixture
def spare_registry(monkeypatch):
    monkeypatch.setattr(registry, "_declared", dict(registry._declared))


def test_all_rules_of_the_table_are_declared_in_order():
    assert [rule.number for rule in RULES] == NUMBERS


@pytest.mark.req("POL-09")
def test_code_has_both_texts(subtests):
    for code in CODES:
        with subtests.test(code):
            admin = texts.reason_text(code)
            person = texts.reason_text(code, audience="user")

            assert texts.UNKNOWN_CODE not in (admin, person)
            assert admin.endswith(".")
            assert person.endswith(".")


@pytest.mark.req("POL-09")
def test_code_has_citations_that_resolve(subtests):
    for code in CODES:
        with subtests.test(code):
            refs = texts.legal_refs(code)

            assert refs
            assert all(texts.instrument(ref) for ref in refs)


def test_code_has_a_known_cure(subtests):
    for code in CODES:
        with subtests.test(code):
            assert texts.CURE_OF[code] in CURES


def test_every_cure_is_used():
    assert set(texts.CURE_OF.values()) == set(CURES)


def test_unknown_language_falls_back_to_english():
    english = texts.reason_text("CONSENT_WITHDRAWN")

    assert texts.reason_text("CONSENT_WITHDRAWN", language="sat-Olck") == english
    assert texts.reason_text("CONSENT_WITHDRAWN", language="en-IN") == english


@pytest.mark.req("POL-09")
def test_the_person_reads_every_reason_of_the_law_in_hindi():
    for code in [rule.code for rule in RULES] + [each.reason.code for each in FINDINGS]:
        said = texts.reason_text(code, language="hi", audience="user")

        assert said.endswith("।"), code
        assert not set("abcdefghijklmnopqrstuvwxyz").intersection(said.lower()), code
        assert texts.languages(code, "user") == ("en", "hi")


@pytest.mark.req("POL-09")
@pytest.mark.parametrize(("language", "stop"), [("hi", "।"), ("ur", "۔")])
def test_officers_read_every_reason_in_their_language(language, stop, subtests):
    for code in CODES:
        with subtests.test(code):
            said = texts.reason_text(code, language=language)

            assert said.endswith(stop)
            assert texts.languages(code, "admin") == ("en", "hi", "ur")


def test_what_a_language_lacks_is_said_in_english():
    english = texts.reason_text("CONSENT_WITHDRAWN", audience="user")

    assert texts.reason_text("CONSENT_WITHDRAWN", language="ur", audience="user") == english
    assert texts.languages("NO_SUCH_CODE", "user") == ("en",)


def test_another_language_is_one_catalogue(monkeypatch):
    said = texts.Text("Widerrufen.", "Du hast widerrufen.")
    monkeypatch.setitem(texts.CATALOGUES, "de", {"CONSENT_WITHDRAWN": said})

    assert texts.reason_text("CONSENT_WITHDRAWN", language="de-AT") == said.admin
    assert texts.reason_text("CONSENT_MISSING", language="de").startswith("The person")


def test_unknown_code_still_gives_a_sentence():
    assert texts.reason_text("NO_SUCH_CODE") == texts.UNKNOWN_CODE
    assert texts.cure("no_such_cure").code == ""
    assert texts.legal_refs("NO_SUCH_CODE") == ()
    assert texts.instrument("GDPR") is None
    assert texts.instrument("Moon Treaty Art 1") is None


@pytest.mark.parametrize(
    ("number", "change", "message"),
    [
        ("R60", {}, "twice"),
        ("R79", {"code": "CONSENT_WITHDRAWN"}, "two rules"),
        ("R79", {"cure": "magic"}, "unknown cure"),
        ("R79", {"person": ""}, "text"),
        ("R79", {"refs": {"IN": ("DPDP Act 2023 s.4",)}}, "citation"),
    ],
)
def test_faulty_declaration_is_refused(spare_registry, number, change, message):
    faulty = Rule(number, **{**DECLARED, **change})

    with pytest.raises(RuleError, match=message):
        faulty(lambda _facts, _pack: True)


def test_rule_in_the_wrong_gate_is_refused(spare_registry):
    Rule("R79", **{**DECLARED, "gate": 2})(lambda _facts, _pack: True)

    with pytest.raises(RuleError, match="order"):
        registry.ordered()


def test_rule_without_condition_cannot_decide():
    with pytest.raises(RuleError, match="condition"):
        Rule("R79", **DECLARED).fires(None, "IN")
