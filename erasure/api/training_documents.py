"""What a stranger reads about training data."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema

from accounts.problems import IDEMPOTENCY_KEY, READ, WRITE, answer, body, problems, refusal
from erasure.api import training_forms as forms

TAGS: Final = ["Training data"]
_PERSON: Final = "01978f7e-0000-7000-8000-00000000cafe"
_SAID: Final[dict[str, Any]] = {
    "model": "churn", "version": "2026.11", "purpose": "ai.churn_training",
    "reference": "run-2026-11-20", "trained_at": "2026-11-20T02:00:00Z",
}  # fmt: skip
_SET: Final[dict[str, Any]] = {
    "id": "01978f7e-51c4-7b0a-9a51-0d4be52a3c11", **_SAID, "members": 184220, "gone": 12,
    "flagged_at": "2026-11-21T09:30:00Z",
}  # fmt: skip
_UNKNOWN = refusal(404, "training_set_unknown", "There is no such training set of yours.")

report = extend_schema(
    operation_id="report_training_set",
    summary="Report a training run of a model",
    description=(
        "Says that a model was trained on people's data for a purpose. Report afterwards who was "
        "in the data: from then on the run is flagged with counts as soon as one of them is "
        "erased, or withdraws from the purpose. Told twice under one reference it is one run."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=forms.TrainingSetInput,
    responses={200: forms.TrainingSetOutput, 201: forms.TrainingSetOutput, **problems(*WRITE)},
    examples=[
        body("A run", _SAID),
        answer("On record", {**_SET, "members": 0, "gone": 0, "flagged_at": None}, 201),
        answer("It was on record", _SET),
        refusal(409, "training_set_conflict", "Another set was reported under this reference."),
        refusal(422, "trained_in_future", "A training run is reported when it has happened."),
    ],
)
read = extend_schema(
    operation_id="read_training_set",
    summary="How many people of a training run are gone",
    description="A run that this service reported; of others it is not told.",
    tags=TAGS,
    responses={200: forms.TrainingSetOutput, **problems(*READ)},
    examples=[answer("Twelve are gone", _SET), _UNKNOWN],
)
add = extend_schema(
    operation_id="report_training_members",
    summary="Report who was in the data of a training run",
    description=(
        "Up to 10,000 people at a time, as often as it takes. Who is gone already is counted at "
        "once. Ids of nobody are told back, and the others are recorded."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=forms.TrainingMembersInput,
    responses={200: forms.TrainingMembersOutput, **problems(*WRITE)},
    examples=[
        body("One person", {"subjects": [_PERSON]}),
        answer("Recorded", {"added": 1, "repeated": 0, "unknown": []}),
        _UNKNOWN,
    ],
)
exclusions = extend_schema(
    operation_id="list_training_exclusions",
    summary="Who must not be in the next training run of a model",
    description=(
        "Everybody who was in earlier runs of the model for purposes this service is registered "
        "for, and is erased or withdrawn since: as of this moment. Page by page, in the order of "
        "ids; no page is as good as a decision about somebody who is not on it. The reading is "
        "recorded."
    ),
    tags=TAGS,
    parameters=[forms.ExclusionsQuery],
    responses={200: forms.TrainingExclusionsOutput, **problems(*READ)},
    examples=[
        answer("One person", {
            "items": [{"subject": _PERSON, "since": "2026-11-21T09:30:00Z", "why": "withdrawn"}],
            "next_after": None,
        }),
    ],
)  # fmt: skip
