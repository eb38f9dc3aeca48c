"""What a stranger reads about each operation on people."""

from drf_spectacular.utils import extend_schema

from accounts.problems import IDEMPOTENCY_KEY, READ, WRITE, answer, body, problems, refusal
from subjects.api import serializers

TAGS = ["Subjects"]
SUBJECT = "01931c2e-8f00-7a31-9c5d-2f7a6b1e0c42"
NEW = {
    "identifiers": [
        {"scheme": "crm", "value": "CRM-20417"},
        {"scheme": "email", "value": "asha@example.com"},
    ],
    "residence": "IN", "region": "IN-KA", "time_zone": "Asia/Kolkata", "language": "kn",
    "age_state": "adult", "age_assurance": "declared",
}  # fmt: skip
FACTS = {
    "id": SUBJECT, "residence": "IN", "region": "IN-KA", "time_zone": "Asia/Kolkata",
    "language": "kn", "age_state": "adult", "age_assurance": "declared", "adult_on": None,
    "has_guardian": False, "created_at": "2026-03-14T03:56:50Z",
}  # fmt: skip
CLOSED = {"channel": "sms", "reason": "register"}
LEFT = {"trigger": "basket_left", "at": "2026-03-14T03:56:50Z"}

create_subject = extend_schema(
    operation_id="create_subject",
    summary="Add a person",
    description=(
        "Adds a person with at least one identifier and the facts the law asks for; what is absent "
        "is unknown, and unknown protects. Identifiers are sealed under the person's own key and "
        "never given out again. Keep the `id`: it names the person everywhere."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=serializers.SubjectInput,
    responses={201: serializers.FoundOutput, **problems(*WRITE)},
    examples=[
        body("A customer", NEW),
        answer("Added", {"id": SUBJECT}, 201),
        refusal(409, "identifier_taken", "The identifier already belongs to a subject."),
        refusal(409, "subject_erased", "An identifier is one of an erased person."),
    ],
)

find_subject = extend_schema(
    operation_id="find_subject",
    summary="Find a person by an identifier",
    description=(
        "Our id of the person with this identifier. A POST, because identifiers are personal data "
        "and have no place in a URL. Every search is recorded, also one that finds nobody."
    ),
    tags=TAGS,
    request=serializers.IdentifierInput,
    responses={200: serializers.FoundOutput, **problems(*WRITE)},
    examples=[
        body("By customer number", {"scheme": "crm", "value": "CRM-20417"}),
        answer("Found", {"id": SUBJECT}),
        refusal(404, "subject_unknown", "There is no such subject."),
    ],
)

get_subject = extend_schema(
    operation_id="get_subject",
    summary="The facts about a person",
    description=(
        "The facts that decisions about the person rest on, without identifiers. The reading is "
        "recorded."
    ),
    tags=TAGS,
    responses={200: serializers.SubjectOutput, **problems(*READ)},
    examples=[answer("Facts", FACTS)],
)

report_trigger = extend_schema(
    operation_id="report_trigger",
    summary="Report a behaviour from which a rest counts",
    description=(
        "Says when the person did something, by a code. Where the company's rules let people rest "
        "after such a behaviour, uses are denied until the time has passed, from the next decision "
        "on. Only the latest time of each behaviour is kept. A decision whose context names a "
        "`trigger` that nobody reported is denied where a rest after it is wanted."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=serializers.TriggerInput,
    responses={201: serializers.TriggerOutput, **problems(*WRITE)},
    examples=[
        body("A basket left behind", {"subject": SUBJECT, **LEFT}),
        answer("Noted", {"trigger": "basket_left", "last_at": LEFT["at"]}, 201),
        refusal(404, "subject_unknown", "There is no such subject."),
        refusal(422, "trigger_in_future", "This has not happened yet."),
    ],
)

suppress_channel = extend_schema(
    operation_id="suppress_channel",
    summary="Close a channel to a person",
    description=(
        "Says that the person may not be contacted through a channel any more: unsubscribed, "
        "bounced, complained, or found on a preference register. Uses through it are denied from "
        "the next decision on, and permits still valid are recalled. A service cannot open a "
        "channel again."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=serializers.SuppressionInput,
    responses={201: serializers.SuppressionOutput, **problems(*WRITE)},
    examples=[
        body("A number on a register", {"subject": SUBJECT, **CLOSED}),
        answer("Closed", CLOSED, 201),
        refusal(404, "subject_unknown", "There is no such subject."),
    ],
)
