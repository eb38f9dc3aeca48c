"""A child, her mother, and those who verify them; tokens come from an issuer made for tests."""

from datetime import date, timedelta

from consent import services as consent
from consent.family.tokens import TokenDetails
from subjects import family
from tests.portal.world import APPROVER, AUTHOR

ISSUER = "tests.consent.families.house.Issuer"
GOOD, MINOR, NOBODY = "token-good-7Qz", "token-minor-7Qz", "token-nobody-7Qz"
REFERENCE = "DL-REF-8812"
DOCUMENT = "2345 6789 0124"


class Issuer:
    """Knows three tokens."""

    def exchange(self, token):
        return {
            GOOD: TokenDetails(True, True, REFERENCE),
            MINOR: TokenDetails(True, False, REFERENCE),
            NOBODY: TokenDetails(False, True, REFERENCE),
        }.get(token)


class BrokenIssuer:
    def exchange(self, token):
        raise OSError(f"no answer about {token}")


class ChattyIssuer:
    """Hands out what it must not: a document's number for a reference."""

    def exchange(self, token):
        return TokenDetails(True, True, DOCUMENT)


class VagueIssuer:
    """Does not know, and says so in a way that a careless reader takes for a yes."""

    def exchange(self, token):
        return TokenDetails(True, "unknown", REFERENCE)


def day(days=0):
    return family.today() + timedelta(days=days)


def child(company, email="chitra@example.in", adult_on=None, **more):
    facts = {"age_state": "child", "age_assurance": "declared", **more}
    return company.person(email, adult_on=adult_on or day(1200), **facts)


def mother(company, email="mira@example.in", assurance="verified"):
    return company.person(email, age_state="adult", age_assurance=assurance)


def name(company, kid, parent, *, begun_by="child", is_registered=True):
    return consent.name_parent(
        by=AUTHOR, controller_id=company.id, child_id=kid.id, parent_id=parent.id,
        begun_by=begun_by, is_registered=is_registered,
    )  # fmt: skip


def check(company, named, method="existing_details", token=""):
    return consent.check_parent(
        by=AUTHOR, controller_id=company.id, check_id=named.id, method=method, token=token
    )


def verified(company, kid, parent):
    return check(company, name(company, kid, parent))


def order(**more):
    parts = {
        "authority": "court", "issuer": "District court of Pune", "number": "GC 113/2024",
        "appointed_on": date(2024, 5, 2), **more,
    }  # fmt: skip
    return consent.Order(**parts)


def appointed(company, person, guardian, **more):
    return consent.record_appointment(
        by=AUTHOR, controller_id=company.id, subject_id=person.id, guardian_id=guardian.id,
        order=order(**more),
    )  # fmt: skip


def in_charge(company, person, guardian, **more):
    found = appointed(company, person, guardian, **more)
    return consent.verify_appointment(by=APPROVER, appointment=found)
