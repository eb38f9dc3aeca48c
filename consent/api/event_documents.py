"""What a stranger reads about the operations on events: words, forms, refusals and examples."""

from drf_spectacular.utils import extend_schema

from accounts.problems import READ, WRITE, answer, body, problems, refusal
from consent.api import event_forms
from consent.api.examples import PURPOSE

EVENTS = ["Events"]
SUBJECT = "01931c2e-8f00-7a31-9c5d-2f7a6b1e0c42"
EVENT_ID = "01931c45-02d7-7f1e-a3b5-6c9d0e8f7a21"
EVENT = {
    "specversion": "1.0", "id": EVENT_ID, "type": "org.sammati.consent.withdrawn",
    "source": "urn:uuid:01931c2d-7b00-7c11-8d40-1f2e3d4c5b6a", "subject": SUBJECT,
    "time": "2026-11-02T09:14:07.120934Z", "datacontenttype": "application/json",
    "sequence": "00000000000000004711",
    "data": {
        "subject": SUBJECT, "kind": "consent.withdrawn", "purpose": PURPOSE,
        "record": "01931c45-02d0-7a90-9f11-0b1c2d3e4f50",
        "recorded_at": "2026-11-02T09:14:07.120934Z",
    },
}  # fmt: skip
UNKNOWN = refusal(404, "not_subscribed", "The service is no subscriber; an officer makes it one.")
AHEAD = refusal(400, "position_unknown", "No event has this position yet.")
FORGOTTEN = refusal(
    410, "events_forgotten",
    "Events after this position are deleted: read the states anew and begin later.",
)  # fmt: skip

list_events = extend_schema(
    operation_id="list_events",
    summary="What has changed since",
    description=(
        "The changes of people's choices after a position, about the purposes the service is "
        "registered for: consents, objections and restrictions, as CloudEvents. For services that "
        "cannot be called, and for those that were called and want to read again. Positions only "
        "grow and none appears late, so asking with the last answer's `after` misses nothing. A "
        "page that shows somebody is recorded. Events are kept for 90 days."
    ),
    tags=EVENTS,
    parameters=[event_forms.EventsQuery],
    responses={200: event_forms.EventsOutput, **problems(*READ, 410)},
    examples=[
        answer("A withdrawal", {"events": [EVENT], "after": 4711, "has_more": False}),
        answer("Nothing new", {"events": [], "after": 4711, "has_more": False}),
        UNKNOWN, AHEAD, FORGOTTEN,
    ],
)  # fmt: skip

confirm_events = extend_schema(
    operation_id="confirm_events",
    summary="Say that events were acted on",
    description=(
        "The service has done what follows from these events, such as ceasing a use after a "
        "withdrawal. An ending that is not confirmed in the agreed time is reported to the "
        "company's officers. Confirming again changes nothing."
    ),
    tags=EVENTS,
    request=event_forms.ConfirmationInput,
    responses={200: event_forms.ConfirmationOutput, **problems(*WRITE, 410)},
    examples=[
        body("All that were read", {"through": 4711}),
        body("Single ones", {"events": [EVENT_ID]}),
        answer("Confirmed", {"confirmed": 1}),
        UNKNOWN, AHEAD, FORGOTTEN,
    ],
)  # fmt: skip
