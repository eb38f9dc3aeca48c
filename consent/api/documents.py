"""What a stranger reads about each operation: words, forms, refusals and examples."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema

from accounts.problems import (
    IDEMPOTENCY_KEY,
    IF_NONE_MATCH,
    NOT_MODIFIED,
    READ,
    WRITE,
    answer,
    body,
    problems,
    refusal,
)
from consent.api import examples, serializers

CONSENTS, CATALOGUE = ["Consents"], ["Purposes and notices"]

record_consent = extend_schema(
    operation_id="record_consent",
    summary="Record a choice",
    description=(
        "Records what a person chose about one purpose; the next check counts it. The smallest "
        "body names the subject, the purpose and the method: then the newest notice in force, in "
        "the person's language or else in English, counts as the words that were shown. Methods "
        "that are no clear affirmative action (preselected, silence, inactivity, bundled) are "
        "refused. A yes to a consent that runs renews it; a no withdraws it. With an `event_at` of "
        "its own a choice may arrive late and twice: it counts in the order in which people chose, "
        "of two at one time the more protective counts, and what was delivered before answers with "
        "the line that is there. Answers with the line of the ledger and a signed receipt for the "
        "person."
    ),
    tags=CONSENTS,
    parameters=[IDEMPOTENCY_KEY],
    request=serializers.ConsentInput,
    responses={201: serializers.RecordedOutput, **problems(*WRITE)},
    examples=[
        body("The least", examples.MINIMAL),
        body("With evidence", examples.FULL),
        answer("Recorded", examples.RECORDED, 201),
        refusal(422, "method_forbidden", "A pre-ticked choice is not a clear affirmative action."),
        refusal(403, "purpose_not_registered", "The service is not registered for this purpose."),
        refusal(404, "subject_unknown", "There is no such subject."),
    ],
)

withdraw_consent = extend_schema(
    operation_id="withdraw_consent",
    summary="Withdraw a consent",
    description=(
        "Once this has answered, every check that starts is denied. Withdrawing again answers "
        "with the first withdrawal. `reason` is a code of yours, never a "
        "person's words."
    ),
    tags=CONSENTS,
    parameters=[IDEMPOTENCY_KEY],
    request=serializers.WithdrawalInput,
    responses={200: serializers.RecordedOutput, **problems(*WRITE)},
    examples=[
        body("By phone", examples.WITHDRAWAL),
        answer("Withdrawn", examples.WITHDRAWN),
        refusal(404, "consent_missing", "There is no consent of this subject to this purpose."),
    ],
)

list_states = extend_schema(
    operation_id="list_consent_states",
    summary="Where a person stands",
    description=(
        "The state of every purpose the service is registered for, or of one. It informs; whether "
        "data may be used is answered by the decision point alone. The reading is recorded."
    ),
    tags=CONSENTS,
    parameters=[serializers.StatesQuery, IF_NONE_MATCH],
    responses={200: serializers.StatesOutput, 304: NOT_MODIFIED, **problems(*READ)},
    examples=[answer("One purpose", examples.STATES)],
)

get_consent = extend_schema(
    operation_id="get_consent",
    summary="One line of the ledger",
    description="What was recorded, as it was recorded. The reading is recorded too.",
    tags=CONSENTS,
    responses={200: serializers.ConsentOutput, **problems(*READ)},
    examples=[answer("A yes", examples.CONSENT)],
)

list_history = extend_schema(
    operation_id="list_consent_history",
    summary="Everything a person chose",
    description=(
        "The person's lines of the ledger about the purposes the service is registered for, newest "
        "first, page by page. The reading is recorded."
    ),
    tags=CONSENTS,
    parameters=[serializers.HistoryQuery],
    responses={200: serializers.HistoryOutput, **problems(*READ)},
    examples=[answer("One line", examples.HISTORY)],
)

get_receipt = extend_schema(
    operation_id="get_receipt",
    summary="The signed receipt of a line",
    description=(
        "What the person may keep as proof. The receipt of a line is the same whenever it is asked "
        "for, while the signing key lives. The reading is recorded."
    ),
    tags=CONSENTS,
    responses={200: serializers.ReceiptOutput, **problems(*READ)},
    examples=[answer("A receipt", examples.RECEIPT)],
)

get_receipt_proof = extend_schema(
    operation_id="get_receipt_proof",
    summary="The log's proof of a line",
    description=(
        "A file (C2SP tlog-proof) that proves, without us, that the record of this line is in the "
        "company's log: the record's salt, its place, the way to the root, and the signed "
        "checkpoint. Who holds the record's bytes can check them with it. A line of the last "
        "second has no place yet (409). The reading is recorded."
    ),
    tags=CONSENTS,
    responses={(200, "text/plain"): OpenApiTypes.STR, **problems(*READ, 409)},
    examples=[
        OpenApiExample(
            "A proof", examples.PROOF, response_only=True, status_codes=["200"],
            media_type="text/plain",
        ),
        refusal(409, "entry_pending", "The entry waits for its place in the log."),
    ],
)  # fmt: skip

list_purposes = extend_schema(
    operation_id="list_purposes",
    summary="The purposes in force",
    description="Every open purpose of the company by its code, with the words of its version.",
    tags=CATALOGUE,
    parameters=[IF_NONE_MATCH],
    responses={200: serializers.PurposesOutput, 304: NOT_MODIFIED, **problems(*READ)},
    examples=[answer("One purpose", examples.PURPOSES)],
)

get_notice = extend_schema(
    operation_id="get_notice",
    summary="The notice in force",
    description=(
        "The newest published words about a purpose, in the language if the notice has it, else in "
        "English. Show them as they are, and name `version` and `language` in the consent."
    ),
    tags=CATALOGUE,
    parameters=[serializers.NoticeQuery, IF_NONE_MATCH],
    responses={
        200: serializers.NoticeOutput, 304: NOT_MODIFIED, **problems(*READ, 409, 422),
    },
    examples=[answer("In English", examples.NOTICE_WORDS)],
)  # fmt: skip
