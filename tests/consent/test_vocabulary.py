"""The terms that purposes, data and grounds may be named by."""

import csv

import pytest

from consent.versions import vocabulary
from policies.pdp.registered import ADVERTISING
from policies.rules.prohibited import MONITORING

pytestmark = pytest.mark.req("CON-11")


def test_every_term_has_an_iri_and_is_there_once():
    rows = []
    for name in ("dpv.csv", "in-dpdp.csv"):
        with (vocabulary.PLACE / name).open(encoding="utf-8", newline="") as file:
            rows += [row["term"] for row in csv.DictReader(file)]

    assert len(rows) == len(set(rows)) == len(vocabulary.terms()) > 1500
    iris = {vocabulary.iri(term) for term in rows}
    assert len(iris) == len(rows)
    assert vocabulary.iri("dpv:DirectMarketing") == "https://w3id.org/dpv#DirectMarketing"
    assert vocabulary.iri("pd:EmailAddress") == "https://w3id.org/dpv/pd#EmailAddress"


@pytest.mark.parametrize(
    "unknown", ["dpv:NoSuchTerm", "DirectMarketing", "", "x:Marketing", "dpv:"]
)
def test_a_term_that_is_not_there_has_none(unknown):
    with pytest.raises(KeyError):
        vocabulary.iri(unknown)
    assert not vocabulary.is_purpose(unknown)


def test_our_own_terms_stand_below_terms_that_exist_and_cite_the_act():
    with (vocabulary.PLACE / "in-dpdp.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    for row in rows:
        assert row["term"].startswith("in-dpdp:")
        assert vocabulary.terms()[row["broader"]]
        assert row["reference"].startswith("DPDP Act 2023 s.")


def test_every_indian_ground_has_a_term_and_every_european_one():
    indian = ["consent", *(f"s7{letter}" for letter in "abcdefghi")]

    assert len({vocabulary.basis("IN", one) for one in indian} - {None}) == 10
    assert vocabulary.basis("IN", "s7a") == "in-dpdp:S7-a"
    assert [vocabulary.basis("EU", f"6-1-{one}") for one in "abcdef"] == [
        f"eu-gdpr:A6-1-{one}" for one in "abcdef"
    ]
    for pack, ground in (("IN", "6-1-a"), ("EU", "s7a"), ("EU", ""), ("IN", "s7j"), ("EU", "13")):
        assert vocabulary.basis(pack, ground) is None


def test_data_that_claim_the_vocabulary_must_be_in_it_and_a_companys_own_need_not():
    codes = ("pd:Health", "pd:Unheard", "own.code", "dpv:Marketing", "loyalty")

    assert vocabulary.unknown_data(codes) == ("pd:Unheard", "dpv:Marketing")
    assert vocabulary.is_special("pd:Health")
    assert not vocabulary.is_special("pd:EmailAddress")


def test_operations_are_processing_with_the_prefix_or_without():
    assert vocabulary.unknown_operations(("Use", "dpv:Profiling", "use", "Sell", "pd:Health")) == (
        "use", "Sell", "pd:Health",
    )  # fmt: skip


def test_the_terms_that_the_rules_look_for_exist():
    named = {one for one in MONITORING | ADVERTISING if one.startswith("dpv:")}

    assert named <= vocabulary.terms().keys()
