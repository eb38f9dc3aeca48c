"""One delivery: the signed event to the service's address, within bounds, nothing followed."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

import msgspec
from django.utils import timezone

from policies.recalls.models import Endpoint, Recall
from policies.recalls.services import LISTED
from work.webhooks import addresses, calls, secrets, signing
from work.webhooks.errors import AddressRefusedError

TYPE = "org.sammati.permit.recalled"


@dataclass(frozen=True, slots=True)
class Sent:
    """How a delivery went: whether it was heard, and if not, a code of why."""

    endpoint_id: UUID | None
    trouble: str = ""

    @property
    def is_heard(self) -> bool:
        return self.endpoint_id is not None and not self.trouble

    @property
    def is_gone(self) -> bool:
        return self.trouble == f"status_{calls.GONE}"


def send(recall_id: UUID) -> Sent:
    """Deliver one recall; repeating it sends the same id, by which the service knows it again."""
    recall = Recall.objects.get(pk=recall_id)
    endpoint = Endpoint.objects.filter(service_id=recall.service_id, disabled_at=None).first()
    if endpoint is None:
        return Sent(None)
    try:
        place = addresses.resolve(endpoint.url)
    except AddressRefusedError:
        return Sent(endpoint.id, "address_refused")
    except OSError:
        return Sent(endpoint.id, "unreachable")
    answer = asyncio.run(_post(place, _headers(endpoint, recall), body(recall)))
    return Sent(endpoint.id, answer.code)


def body(recall: Recall) -> bytes:
    """A CloudEvent in structured JSON (CloudEvents 1.0). It names the person by our id alone."""
    made_at = recall.created_at.isoformat().replace("+00:00", "Z")
    return msgspec.json.encode({
        "specversion": "1.0", "id": str(recall.id), "type": TYPE, "time": made_at,
        "source": f"urn:uuid:{recall.controller_id}", "datacontenttype": "application/json",
        "data": {
            "subject": str(recall.subject_id), "purpose": recall.purpose, "reason": recall.reason,
            "decisions": recall.decisions[:LISTED],
            "decisions_omitted": max(0, len(recall.decisions) - LISTED),
            "campaigns": recall.campaigns,
        },
    })  # fmt: skip


def _headers(endpoint: Endpoint, recall: Recall) -> dict[str, str]:
    now = timezone.now()
    signed = signing.headers(
        secrets.usable(endpoint, now), message_id=str(recall.id), timestamp=int(now.timestamp()),
        body=body(recall),
    )  # fmt: skip
    return {"Content-Type": "application/cloudevents+json", **signed}


async def _post(place: addresses.Place, headers: dict[str, str], content: bytes) -> calls.Answer:
    async with calls.client() as through:
        return await calls.call(through, place, headers=headers, content=content)
