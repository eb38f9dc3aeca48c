"""What processors report by themselves: whose it is, and that it is really theirs."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from registry.connectors import ConnectorRow, opendsr
from registry.connectors.contract import ConnectorError

__all__ = ["Reported", "reported"]


@dataclass(frozen=True, slots=True)
class Reported:
    """A proven report of one request."""

    controller_id: UUID
    system_id: UUID
    request_id: str
    said: Mapping[str, Any]


def reported(
    connector_id: UUID, headers: Mapping[str, str], body: bytes, at: dt.datetime
) -> Reported:
    """The report of a processor that was entered with this connector, once its signature holds.

    Raises ConnectorError: `not_in_use`, what `opendsr.heard` says, `callback_elsewhere` where it
    was meant for another address, and `answer_not_understood`.
    """
    row = ConnectorRow.objects.filter(pk=connector_id, kind=opendsr.KIND, is_active=True).first()
    if row is None:
        raise ConnectorError("not_in_use", retry=False)
    said = opendsr.heard(opendsr.read(row.settings), headers, body, at)
    if said.get("status_callback_url") != opendsr.callback_url(connector_id):
        raise ConnectorError("callback_elsewhere", retry=False)
    number = said.get("subject_request_id")
    if not isinstance(number, str) or len(number) != 36:
        raise ConnectorError("answer_not_understood", retry=False)
    return Reported(row.controller_id, row.system_id, number, said)
