"""What shows how an answer on these pages was taken."""

import pytest

from consent import selectors as consent
from tests.portal.test_choices import answer

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-13", "BRD-CC4")]


def test_answers_of_one_sign_in_can_be_told_from_those_of_another(sign_in, company, asha):
    browser = sign_in(company)
    for one in (browser, browser, sign_in(company)):
        answer(one, "no")

    kept = [line.evidence for line in consent.history(company.id, asha.id)]
    assert {tuple(sorted(one)) for one in kept} == {("session", "ui_version")}
    assert len({one["session"] for one in kept}) == 2
    assert browser.session.session_key not in str(kept)
