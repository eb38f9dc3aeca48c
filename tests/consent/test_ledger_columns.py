"""Bulk writing goes past the models: these hold the two alike."""

import pytest

from consent.models import ConsentEvent, ConsentState
from consent.services.lines import Current, LedgerLine
from consent.transitions import WISHES, State, settle
from subjects.making import DataKeyRow, IdentifierRow, SubjectRow
from subjects.models import DataKey, Identifier, Subject

KEPT_APART = {"is_noticed"}
"""Not of the ledger: consent.services.messages writes it when a notice was given."""


@pytest.mark.parametrize(
    ("row", "model"),
    [
        (LedgerLine, ConsentEvent),
        (Current, ConsentState),
        (SubjectRow, Subject),
        (DataKeyRow, DataKey),
        (IdentifierRow, Identifier),
    ],
)
def test_a_row_has_every_column_of_its_model_and_no_other(row, model):
    columns = {field.column for field in model._meta.concrete_fields}

    assert sorted(row._fields) == sorted(columns - KEPT_APART)


def test_whatever_a_wish_led_to_is_looked_for_when_it_is_imported_again():
    for wished in State:
        reached = {settle(before, wished) for before in State}
        assert reached <= WISHES.get(wished, {wished})
