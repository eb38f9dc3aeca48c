"""Officers at the same moment: one draft, one approval, never both."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from audit.actors import Actor
from keys.problems import DomainError
from policies.versions import errors, selectors, services
from tests.factories import policies
from tests.factories.company import company
from tests.factories.policies import rule

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("POL-14")]
OFFICERS = [Actor("officer", f"officer-{n}") for n in range(4)]


def at_once(act):
    """What each officer got, all having begun together."""
    ready = Barrier(len(OFFICERS))

    def one(officer):
        ready.wait()
        try:
            return act(officer)
        except DomainError as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(OFFICERS)) as pool:
        return list(pool.map(one, OFFICERS))


def test_there_is_one_draft_however_many_begin_one():
    lotus = company()

    got = at_once(lambda by: services.draft_policy(by=by, controller_id=lotus.id, note="First"))

    assert got.count(errors.DraftExistsError) == len(OFFICERS) - 1
    assert selectors.versions(lotus.id).count() == 1


def test_a_draft_is_approved_once():
    lotus = company()
    version = policies.rehearsed(lotus.id, rule(channels=["sms"]))

    got = at_once(lambda by: services.approve_policy(by=by, version=version))

    assert got.count(errors.NotADraftError) == len(OFFICERS) - 1
    version.refresh_from_db()
    assert selectors.is_genuine(version)


def test_a_change_and_an_approval_never_both_count():
    lotus = company()
    version = policies.rehearsed(lotus.id, rule(channels=["sms"]))
    more = rule("more", channels=["push"])

    def act(by):
        if by is OFFICERS[0]:
            return services.approve_policy(by=by, version=version)
        return services.put_guardrail(by=by, version=version, guardrail=more)

    at_once(act)

    version.refresh_from_db()
    codes = policies.rules_of(version)
    assert (version.state, codes) in [
        ("approved", ["no_offers"]), ("draft", ["no_offers", "more"]),
    ]  # fmt: skip
