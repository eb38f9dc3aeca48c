"""The verbs on parties, data categories, legal findings and freezes."""

from datetime import date
from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from audit import services as audit
from audit.actors import Actor, Target
from registry.errors import (
    ContractMissingError,
    ForeignPartyError,
    ForeignServiceError,
    OrderMissingError,
)
from registry.legal import (
    Finding,
    approve_assessment,
    end_assessment,
    freeze,
    record_assessment,
    release,
)
from registry.models import (
    WITHOUT_CONTRACT,
    DataCategory,
    Party,
    ServiceParty,
    TransferTool,
)

__all__ = [
    "Finding",
    "approve_assessment",
    "end_assessment",
    "end_contract",
    "freeze",
    "put_in_charge",
    "record_assessment",
    "record_category",
    "record_party",
    "release",
    "set_contact",
]


@transaction.atomic
def record_party(  # noqa: PLR0913 (a contract has these parts)
    *,
    by: Actor,
    controller_id: UUID,
    code: str,
    name: str,
    kind: str,
    country: str,
    contract_reference: str = "",
    contract_ends_on: date | None = None,
    transfer_tool: str = TransferTool.NONE,
    transfer_tool_ends_on: date | None = None,
) -> Party:
    """Enter a processor, recipient or publisher.

    Raises ContractMissingError for one without a contract that needs one.
    """
    if kind not in WITHOUT_CONTRACT and not contract_reference:
        raise ContractMissingError
    party = Party(
        controller_id=controller_id, code=code, name=name, kind=kind, country=country,
        contract_reference=contract_reference, contract_ends_on=contract_ends_on,
        transfer_tool=transfer_tool, transfer_tool_ends_on=transfer_tool_ends_on,
    )  # fmt: skip
    party.full_clean()
    party.save(force_insert=True)
    _record(by, party, "party:recorded", {"kind": kind, "country": country})
    return party


@transaction.atomic
def set_contact(*, by: Actor, party: Party, contact_email: str) -> Party:
    """Say where a party is told of erasures, corrections and restrictions (GDPR 19).

    Empty: nowhere, so that an officer tells it. Raises ValidationError for what is no address.
    """
    locked = Party.objects.select_for_update().get(pk=party.pk)
    locked.contact_email = contact_email.strip()
    locked.full_clean()
    locked.save(update_fields=["contact_email"])
    _record(by, locked, "party:changed", {"contact": "set" if locked.contact_email else "none"})
    return locked


@transaction.atomic
def end_contract(*, by: Actor, party: Party, on: date) -> Party:
    """Set the last day of a party's contract; its services are denied from the day after (R01)."""
    locked = Party.objects.select_for_update().get(pk=party.pk)
    locked.contract_ends_on = on
    locked.save(update_fields=["contract_ends_on"])
    _record(by, locked, "party:changed", {"contract_ends_on": on.isoformat()})
    return locked


@transaction.atomic
def set_foreign_state(
    *, by: Actor, party: Party, is_foreign_state: bool, state_order: str = ""
) -> Party:
    """Say whether a party is a foreign State or under its control (DPDP Rules r.15).

    It gets data only once the order whose condition is met is recorded (R76). Raises
    OrderMissingError for an order without a State.
    """
    if state_order and not is_foreign_state:
        raise OrderMissingError
    locked = Party.objects.select_for_update().get(pk=party.pk)
    locked.is_foreign_state, locked.state_order = is_foreign_state, state_order
    locked.full_clean()
    locked.save(update_fields=["is_foreign_state", "state_order"])
    _record(by, locked, "party:changed", {"foreign_state": str(is_foreign_state).lower()})
    return locked


@transaction.atomic
def put_in_charge(*, by: Actor, controller_id: UUID, service_id: UUID, party: Party) -> None:
    """Say which party runs a service.

    Raises ForeignPartyError, ForeignServiceError where one of the two is another controller's.
    """
    if party.controller_id != controller_id:
        raise ForeignPartyError
    if not accounts.services_of(controller_id).filter(pk=service_id).exists():
        raise ForeignServiceError
    ServiceParty.objects.update_or_create(
        service_id=service_id, defaults={"party": party, "controller_id": controller_id}
    )
    _record(by, party, "party:changed", {"service": str(service_id)})


@transaction.atomic
def record_category(
    *,
    by: Actor,
    controller_id: UUID,
    code: str,
    name: str,
    is_special: bool = False,
    is_criminal: bool = False,
) -> DataCategory:
    """Enter a category of personal data."""
    category = DataCategory(
        controller_id=controller_id, code=code, name=name, is_special=is_special,
        is_criminal=is_criminal,
    )  # fmt: skip
    category.full_clean()
    category.save(force_insert=True)
    audit.record(
        event="category:recorded", by=by, controller_id=controller_id,
        target=Target("data_category", str(category.id)), data={"code": code},
    )  # fmt: skip
    return category


def _record(by: Actor, party: Party, event: str, data: dict[str, str]) -> None:
    audit.record(
        event=event, by=by, controller_id=party.controller_id,
        target=Target("party", str(party.id)), data={"code": party.code, **data},
    )  # fmt: skip
