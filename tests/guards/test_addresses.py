"""The portal's own pages and companies' names share one level of addresses."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import get_resolver

from accounts import services
from accounts.models import RESERVED_SLUGS
from audit.actors import Actor
from tests.guards.tree import report

BY = Actor("system", "test")


def portal_words():
    """The first part of each address below /privacy/ that is the portal's own."""
    (portal,) = [one for one in get_resolver().url_patterns if str(one.pattern) == "privacy/"]
    firsts = {str(one.pattern).split("/", 1)[0] for one in portal.url_patterns}
    return {first for first in firsts if first and "<" not in first}


def test_no_company_may_be_named_as_a_page_of_the_portal():
    missing = portal_words() - RESERVED_SLUGS

    assert not missing, report(missing, "Add it to accounts.models.RESERVED_SLUGS.")


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["sign-in", "history"])
def test_such_a_name_is_refused(slug):
    with pytest.raises(ValidationError, match="slug"):
        services.create_controller(
            by=BY, slug=slug, name="Lotus", country="IN", contact_name="Officer",
            contact_email="officer@lotus.example",
        )  # fmt: skip
