"""What a stranger reads about handing in what a system knows of people."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema

from accounts.problems import IDEMPOTENCY_KEY, WRITE, answer, body, problems, refusal
from profiles.api import intake_forms as forms
from profiles.api.documents import PROFILES

_SUBJECT: Final = "01931c2e-8f00-7a31-9c5d-2f7a6b1e0c42"
_SHARED: Final = (
    " Only attributes that the company has defined are taken in, and each value must be of its "
    "attribute's kind and size. Whatever was observed last counts, however late the rest comes; "
    "the same again changes nothing. Values are kept sealed under the person's own key, as long "
    "as their attribute says. Of a person who is erased, being erased, or kept for the law only, "
    "nothing is taken in. Only the service that the system belongs to may call this."
)
_SAID: Final[dict[str, Any]] = {
    "observed_at": "2026-03-14T03:56:50Z",
    "verified_by": "kyc",
    "values": {"city": "Pune", "loyalty_points": 1200, "nickname": None},
    "seen": {"loyalty_points": {"observed_at": "2026-03-14T04:00:00Z"}},
}
_TAKEN: Final[dict[str, Any]] = {
    "subject": _SUBJECT, "status": "recorded", "recorded": 2, "refreshed": 0, "removed": 1,
    "unchanged": 0, "older": 0, "left_out": [],
}  # fmt: skip
_REFUSED: Final[dict[str, Any]] = {
    "status": "refused", "code": "value_too_long", "field": "values.city",
    "message": "The value is longer or larger than the attribute allows.",
}  # fmt: skip
_REFUSALS = [
    refusal(403, "source_not_yours", "Another service hands in the data of this system."),
    refusal(404, "system_unknown", "There is no such system."),
    refusal(409, "subject_erased", "The subject is erased or being erased."),
    refusal(422, "attribute_unknown", "No attribute in use has this code; define it first."),
]

put_record = extend_schema(
    operation_id="put_profile_record",
    summary="Hand in what a system knows of a person",
    description="Values of one person from one system, all of them or none." + _SHARED,
    tags=PROFILES,
    parameters=[IDEMPOTENCY_KEY],
    request=forms.RecordInput,
    responses={200: forms.TakenOutput, **problems(*WRITE)},
    examples=[body("From a CRM", _SAID), answer("Taken in", _TAKEN), *_REFUSALS],
)

put_records = extend_schema(
    operation_id="put_profile_records",
    summary="Hand in what a system knows of many people",
    description=(
        "Values of up to 1,000 people from one system. Each item stands or is refused for itself; "
        "the answer says so at its place." + _SHARED
    ),
    tags=PROFILES,
    parameters=[IDEMPOTENCY_KEY],
    request=forms.RecordsInput,
    responses={200: forms.RecordOutcomesOutput, **problems(*WRITE)},
    examples=[
        body("Two people", {
            "source": "crm",
            "items": [
                {"subject": _SUBJECT, **_SAID},
                {"subject": "CRM-20417", "scheme": "crm", "values": {"city": "a" * 300}},
            ],
        }),
        answer("One taken in, one refused", {"items": [_TAKEN, _REFUSED]}),
        *(one for one in _REFUSALS[:2]),
    ],
)  # fmt: skip
