"""What a stranger reads about each operation: words, forms, refusals and examples."""

from drf_spectacular.utils import extend_schema

from accounts.problems import IDEMPOTENCY_KEY, WRITE, answer, body, problems, refusal
from policies.api import examples, serializers

REPORTS = ["Reports"]
SHARED = (
    " Send one report, or up to 1,000 under `items`: all of them are recorded or none. Which "
    "service did it is told by the key. `decision_id` names the permit that allowed it. Where that "
    "is missing, unknown, a denial, expired, or given to another service, about another person or "
    "for another purpose, the report is recorded all the same: its outcome is `unbacked`, "
    "`reasons` says why, and the company's officers are alarmed. Everything goes into the "
    "company's log as codes; only `values` may hold personal values, and they are kept sealed "
    "under the person's own key. Numbers with a fraction are texts."
)
RECORDED = serializers.either(
    "RecordedReports", serializers.RecordedReportOutput, serializers.RecordedReportsOutput
)
REFUSALS = [
    refusal(404, "subject_unknown", "There is no such subject."),
    refusal(422, "purpose_unknown", "There is no such purpose, or it is not approved."),
]
ANSWERS = [
    answer("Backed by a decision", examples.BACKED, 201),
    answer("Recorded as unbacked", examples.UNBACKED, 201),
    answer("Several", examples.MANY, 201),
]

report_processing = extend_schema(
    operation_id="report_processing",
    summary="Report what was done with data",
    description="Records that this service used people's data." + SHARED,
    tags=REPORTS,
    parameters=[IDEMPOTENCY_KEY],
    request=serializers.either(
        "ProcessingReports", serializers.ProcessingInput, serializers.ProcessingBulkInput
    ),
    responses={201: RECORDED, **problems(*WRITE)},
    examples=[
        body("One use", examples.PROCESSING),
        body("Several", examples.PROCESSING_BULK),
        *ANSWERS,
        *REFUSALS,
    ],
)

report_ai_decision = extend_schema(
    operation_id="report_ai_decision",
    summary="Report a decision of a model",
    description=(
        "Records a decision about a person that a model made or helped to make, so that it can be "
        "explained from the record alone (GDPR Art 15(1)(h), 22; AI Act Art 12, 26(6), 86)."
        + SHARED
    ),
    tags=REPORTS,
    parameters=[IDEMPOTENCY_KEY],
    request=serializers.either(
        "AIDecisionReports", serializers.AIDecisionInput, serializers.AIDecisionBulkInput
    ),
    responses={201: RECORDED, **problems(*WRITE)},
    examples=[body("One decision", examples.AI_DECISION), *ANSWERS, *REFUSALS],
)
