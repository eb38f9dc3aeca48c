import pytest
from django.db import DatabaseError, transaction

from consent.models import Notice, Purpose
from tests.factories.company import company

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-03")]


@pytest.mark.parametrize(
    ("model", "change"),
    [(Purpose, {"code": "renamed"}), (Notice, {"code": "renamed"}), (Notice, {"pack": "EU"})],
)
def test_a_code_that_receipts_name_never_changes(model, change):
    company()

    with pytest.raises(DatabaseError, match="a code never changes"), transaction.atomic():
        model.objects.update(**change)


def test_closing_a_purpose_is_not_renaming_it():
    company()

    assert Purpose.objects.update(closed_at=None) >= 1
