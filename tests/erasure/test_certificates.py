"""Certificates: all of a case's systems, in plain words, signed, naming nobody (ERA-09, P7)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from audit.canonical import canonical
from audit.models import EntryIndex
from erasure.certificates import selectors
from erasure.certificates.errors import CertificateMissingError, CertificateTooEarlyError
from erasure.certificates.issuing import issue_many
from erasure.models import Certificate, Step
from keys import services as keys
from keys.provider import Signature
from tests.desk.conftest import broken_log
from tests.erasure.ended import KEPT, case, party, step, system, world

__all__ = ["broken_log"]

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-09", "ERA-05", "ERA-06")]


@pytest.fixture
def company():
    return world.make()


@pytest.fixture
def asha(company):
    return company.person("asha@example.in")


@pytest.fixture
def ended(company, asha):
    """One case, whose four systems and parties ended in the four ways there are."""
    found = case(company, asha)
    step(
        found, system=system(company, "crm", "Customer files"), evidence={"rows": 3}, round=2,
        possible_repeats=1,
    )  # fmt: skip
    step(found, system=system(company, "ledger", "Accounts"), ends="exempt", kept=[KEPT])
    step(
        found, system=system(company, "mail", "Newsletter"), ends="excepted",
        excepted_reason="The vendor was wound up.",
    )  # fmt: skip
    step(found, party=party(company, "courier", "Swift Couriers"), ends="informed")
    return found


def issued(of):
    issue_many(case_ids=[of.id], at=timezone.now())
    return selectors.newest(of.controller_id, of.id)


def test_each_system_is_told_with_how_it_ended(ended):
    said = selectors.content(issued(ended))

    assert [(one["code"], one["outcome"]) for one in said["systems"]] == [
        ("crm", "absent"), ("ledger", "exempt"), ("mail", "excepted"), ("courier", "informed"),
    ]  # fmt: skip
    assert said["counts"] == {"absent": 1, "exempt": 1, "excepted": 1, "informed": 1}
    assert said["systems"][0] | {"said": ""} == {
        "code": "crm", "name": "Customer files", "kind": "system", "duty": "instruct",
        "verb": "erase", "outcome": "absent", "said": "", "categories": [], "kept": [],
        "evidence": {"rows": 3}, "exception": "", "told_rounds": 2, "possible_repeats": 1,
        "told_at": "2026-11-02T09:35:00+00:00", "confirmed_at": "2026-11-02T09:35:00+00:00",
        "ended_at": "2026-11-02T09:35:00+00:00",
    }  # fmt: skip


def test_what_stays_is_said_in_plain_words_with_the_law(ended):
    said = selectors.content(issued(ended))

    assert said["exceptions"] == [
        "Accounts: pd:Transaction stays until 2034-03-31 "
        "(retention: Companies Act 2013 s.128(5)).",
        "Newsletter: was not found to have obeyed; an officer signed for this exception. "
        "Reason: The vendor was wound up.",
    ]  # fmt: skip
    assert [one["category"] for one in said["stays"]] == ["pd:Transaction"]
    assert said["statement"].startswith("1 of 4 were looked at")


def test_what_was_only_shown_is_not_said_to_be_looked_at(company, asha):
    found = case(company, asha)
    shown = {"reference": "letter 12", "by": "officer-1", "shown_by": "officer-2"}
    step(found, system=system(company, "crm", "Customer files"), evidence={"shown": shown})

    said = selectors.content(issued(found))

    (crm,) = said["systems"]
    assert crm["said"].startswith("Customer files was to erase; evidence was shown")
    assert crm["evidence"] == {"shown": {"reference": "letter 12"}}
    assert said["statement"] == (
        "0 of 1 were looked at after they had been told, and had obeyed; "
        "1 were shown to have obeyed, by evidence that an officer accepted."
    )


def test_it_names_nobody(ended, asha):
    body = bytes(issued(ended).body).decode()

    assert str(asha.id) not in body
    assert str(asha.pseudonym) not in body
    assert "asha" not in body
    assert "officer-1" not in body


def test_it_is_signed_over_its_canonical_bytes(ended):
    found = issued(ended)

    body = bytes(found.body)
    assert canonical(selectors.content(found)) == body
    version = next(one.version for one in keys.public_keys() if one.key_id == found.key_id)
    assert keys.verify(body, Signature(found.key_id, version, bytes(found.signature)))
    assert not keys.verify(body + b" ", Signature(found.key_id, version, bytes(found.signature)))


def test_its_issue_is_in_the_log_without_the_person(ended):
    found = issued(ended)

    entry = EntryIndex.objects.get(event="certificate:issued")
    assert (entry.target_id, entry.subject_id) == (str(found.id), None)


@pytest.mark.parametrize("state", ["planned", "sent", "accepted", "confirmed", "failed"])
def test_nothing_is_certified_while_a_step_has_not_ended(ended, company, state):
    one = step(ended, system=system(company, "slow", "Slow one"), ends=None)
    if state != "planned":
        Step.objects.filter(id=one.id).update(state="sent")
        Step.objects.filter(id=one.id).update(state=state)

    with pytest.raises(CertificateTooEarlyError):
        issue_many(case_ids=[ended.id], at=timezone.now())

    assert not Certificate.objects.exists()


def test_one_that_is_too_early_holds_back_all_of_its_call(ended, company, asha):
    early = case(company, asha, ref="r-2")
    step(early, system=system(company, "crm", "Customer files"), ends=None)

    with pytest.raises(CertificateTooEarlyError):
        issue_many(case_ids=[ended.id, early.id], at=timezone.now())

    assert not Certificate.objects.exists()


def test_a_later_one_takes_the_formers_place_and_names_it(ended):
    first = issued(ended)
    Step.objects.filter(case=ended, system__code="crm").update(
        late_at=timezone.now(), late_finding="absent"
    )

    second = issued(ended)

    said = selectors.content(second)
    assert (second.number, said["number"], said["replaces"]) == (2, 2, str(first.id))
    assert said["systems"][0]["found_again"] == "absent"
    assert said["systems"][0]["looked_again_at"]
    assert [one.number for one in selectors.certificates(ended.controller_id, ended.id)] == [2, 1]


def test_many_are_issued_at_once_and_few_statements(company, ended, django_assert_max_num_queries):
    others = []
    for index in range(40):
        one = case(company, company.person(f"p{index}@example.in"), ref=f"m-{index}")
        step(one, system=system(company, "crm", "Customer files"))
        others.append(one.id)

    with django_assert_max_num_queries(12):
        assert issue_many(case_ids=[ended.id, *others], at=timezone.now()) == 41

    assert selectors.numbers(company.id, others) == dict.fromkeys(others, 1)


def test_a_case_about_nothing_says_so(company, asha):
    said = selectors.content(issued(case(company, asha)))

    assert (said["systems"], said["exceptions"]) == ([], [])
    assert said["statement"] == "No system holds anything that this case is about."


def test_what_a_system_said_cannot_keep_it_from_being_issued(company, asha):
    found = case(company, asha)
    odd = {"seconds": 0.25, "big": 2**60, "größe": 1, "parts": [1, 0.5], "none": None, "ok": True}
    step(found, system=system(company, "crm", "Customer files"), evidence=odd)

    said = selectors.content(issued(found))

    assert said["systems"][0]["evidence"] == {
        "seconds": "0.25", "big": str(2**60), "parts": [1, "0.5"], "none": None, "ok": True,
    }  # fmt: skip


def test_a_certificate_never_changes(ended):
    found = issued(ended)

    for change in (
        lambda: Certificate.objects.filter(id=found.id).update(number=9),
        lambda: Certificate.objects.filter(id=found.id).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_none_can_be_stored_under_another_controller(ended):
    found = issued(ended)
    other = world.make(slug="orchid", name="Orchid")

    with pytest.raises(DatabaseError), transaction.atomic():
        Certificate.objects.create(
            controller_id=other.id, case=ended, number=7, body=b"{}", signature=b"s",
            key_id=found.key_id, issued_at=timezone.now() + timedelta(days=1),
        )  # fmt: skip


def test_another_controller_finds_none(ended):
    issued(ended)
    other = world.make(slug="orchid", name="Orchid")

    with pytest.raises(CertificateMissingError):
        selectors.newest(other.id, ended.id)


@pytest.mark.django_db(transaction=True)
def test_no_certificate_without_its_entry_in_the_log(ended, broken_log):
    broken_log.breaks()

    with pytest.raises(DatabaseError):
        issue_many(case_ids=[ended.id], at=timezone.now())

    assert not Certificate.objects.exists()
