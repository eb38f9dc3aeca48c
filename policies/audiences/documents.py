"""What a stranger reads about the operations of audiences and segments."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from accounts.problems import IDEMPOTENCY_KEY, READ, WRITE, answer, problems, refusal
from policies.audiences import lists, results, serializers
from policies.audiences.errors import (
    AudienceFailedError,
    AudienceNotReadyError,
    AudienceOverError,
    AudienceStoppedError,
    SegmentCodeError,
)

AUDIENCES = ["Audiences"]
AUDIENCE = "01931c35-11aa-7c02-8f2e-6b7c8d9e0f11"
CHUNK = "01931c35-2b40-7d13-9a4f-7c8d9e0f1a2b"
SUBJECT = "01931c2e-8f00-7a31-9c5d-2f7a6b1e0c42"
UNTIL = "2026-03-14T10:27:05Z"

MAKING = {
    "id": AUDIENCE, "state": "making", "problem": "", "purpose": "marketing.email.offers",
    "campaign": "spring", "total": 20417, "decided": 0, "permitted": None, "excluded": [],
    "created_at": "2026-03-14T09:27:02Z", "ready_at": None, "valid_until": None,
}  # fmt: skip
READY = {
    **MAKING, "state": "ready", "decided": 20417, "permitted": 14102,
    "excluded": [
        {"reason": "CONSENT_MISSING", "count": 4980},
        {"reason": "CONSENT_WITHDRAWN", "count": 1322},
        {"reason": "", "count": 13},
    ],
    "ready_at": "2026-03-14T09:27:05Z", "valid_until": UNTIL,
}  # fmt: skip
STOPPED = {**MAKING, "state": "stopped", "problem": "stopped_by_officer", "decided": 20000}
SEGMENT = {"code": "spring-buyers", "people": 2041, "strangers": 3,
           "replaced_at": "2026-03-14T08:00:00Z"}  # fmt: skip
LIST = f"id\r\n{SUBJECT}\r\n"
LISTS = dict.fromkeys(lists.MEDIA_TYPES, OpenApiTypes.BINARY)
QUESTION = [
    OpenApiParameter(name, str, OpenApiParameter.QUERY, description="With a list: as in the body.")
    for name in (
        "purpose", "action", "operations", "data", "recipients", "channel", "destination",
        "campaign", "item", "trigger", "attributes", "system", "collected_for", "supported",
    )
]  # fmt: skip
SCHEME = OpenApiParameter(
    "scheme", str, OpenApiParameter.QUERY,
    description="With a list: what its ids are; without it they are our subject ids.",
)  # fmt: skip
UNREADABLE = refusal(422, "list_malformed", "Line 3 of the list has no id, or is malformed.")

ask_for_audience = extend_schema(
    operation_id="ask_for_audience",
    summary="Ask whom a service may reach",
    description=(
        "Decides for many people at once what an evaluation decides for one, with the same "
        "outcome for each: for all people of the controller, for a `segment`, or for the people of "
        "a list. A list is the body, as CSV, NDJSON, Arrow or Parquet with a column `id`; the "
        "question is in the URL then, with commas between several codes. The answer names a job: "
        "ask for its state until it is `ready`, then take the result. Every permit is recorded in "
        "the company's log before it can be taken."
    ),
    tags=AUDIENCES,
    parameters=[IDEMPOTENCY_KEY, SCHEME, *QUESTION],
    request={"application/json": serializers.AudienceInput, **LISTS},
    responses={202: serializers.AudienceOutput, **problems(*WRITE)},
    examples=[
        OpenApiExample(
            "Of a segment",
            {"purpose": "marketing.email.offers", "campaign": "spring", "segment": "spring-buyers"},
            request_only=True, media_type="application/json",
        ),
        answer("Asked", MAKING, 202),
        refusal(404, "segment_unknown", "There is no such segment."),
        UNREADABLE,
    ],
)  # fmt: skip

read_audience = extend_schema(
    operation_id="read_audience",
    summary="See how far an audience is",
    description=(
        "How many are permitted, and why the others are not. Reasons of small groups are told "
        "together, without the reasons. One that was stopped or that failed has a `problem` and no "
        "figures; what caps had counted for it is given back, as it is of every audience that ends "
        "before it was taken."
    ),
    tags=AUDIENCES,
    responses={200: serializers.AudienceOutput, **problems(*READ)},
    examples=[
        answer("Ready", READY),
        answer("Stopped", STOPPED),
        refusal(404, "audience_unknown", "There is no such audience."),
    ],
)

take_audience = extend_schema(
    operation_id="take_audience",
    summary="Take the permitted ids",
    description=(
        "A row for each person who may be reached: `id`, `decision_id` (which backs a report of "
        "the use), `valid_until`, and `obligations`, which are to be fulfilled or the "
        "permit does not count (JSON; its text in CSV and Arrow). Whoever has withdrawn or "
        "objected since the decision is left out. The permits end; then there is no result any "
        "more. Once it was taken, each of its permits stays counted by caps, whatever became of it."
    ),
    tags=AUDIENCES,
    parameters=[serializers.ResultQuery],
    responses={
        **{(200, results.MEDIA[form]): OpenApiResponse(OpenApiTypes.BINARY, "The permitted ids.")
           for form in sorted(results.FORMS)},
        **problems(*READ, 409, 410),
    },
    examples=[
        OpenApiExample(
            "NDJSON",
            {"id": SUBJECT, "decision_id": CHUNK, "valid_until": UNTIL, "obligations": []},
            response_only=True, status_codes=["200"], media_type=results.MEDIA[lists.NDJSON],
        ),
        *(refusal(one.status, one.code, one.message) for one in (
            AudienceNotReadyError, AudienceStoppedError, AudienceFailedError, AudienceOverError,
        )),
    ],
)  # fmt: skip

replace_segment = extend_schema(
    operation_id="replace_segment",
    summary="Replace a segment",
    description=(
        "Stores the people of a list under a code, in place of those who were there. Audiences "
        "in the making keep the people they began with."
    ),
    tags=AUDIENCES,
    parameters=[SCHEME],
    request=LISTS,
    responses={200: serializers.SegmentOutput, **problems(*WRITE)},
    examples=[
        answer("Replaced", SEGMENT),
        UNREADABLE,
        refusal(422, "segment_code_malformed", SegmentCodeError.message),
    ],
)

read_segment = extend_schema(
    operation_id="read_segment",
    summary="See a segment",
    description="How many people it names, and since when.",
    tags=AUDIENCES,
    responses={200: serializers.SegmentOutput, **problems(*READ)},
    examples=[answer("A segment", SEGMENT)],
)
