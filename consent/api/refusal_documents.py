"""What a stranger reads about objections and restrictions: words, refusals and examples."""

from drf_spectacular.utils import extend_schema

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
from consent.api import refusal_forms as forms
from consent.api.examples import PURPOSE, SUBJECT

TAGS = ["Objections and restrictions"]
OBJECTION = {
    "id": "01931c31-0000-7d22-8e0f-5a9c3d7b1e65", "subject": SUBJECT,
    "kind": "particular_situation", "purpose": PURPOSE, "state": "pending",
    "objected_at": "2026-03-14T03:56:53Z", "decided_at": None, "lifted_at": None,
}  # fmt: skip
RESTRICTION = {
    "id": "01931c31-0000-7d22-8e0f-5a9c3d7b1e66", "subject": SUBJECT, "ground": "accuracy",
    "scope_type": "everything", "scope": "", "asked_at": "2026-03-14T03:56:53Z",
    "announced_at": None, "lifts_at": None, "told_at": None, "lifted_at": None,
}  # fmt: skip
ANNOUNCED = {
    **RESTRICTION, "announced_at": "2026-04-01T08:00:00Z", "lifts_at": "2026-04-08T08:00:00Z",
}  # fmt: skip
LIFTED = {
    **ANNOUNCED, "told_at": "2026-04-01T08:00:04Z", "lifted_at": "2026-04-09T10:00:00Z",
}  # fmt: skip
NOT_GIVEN = refusal(
    422, "right_not_given",
    "The law that protects this person gives no such right; a consent can be withdrawn.",
)  # fmt: skip
NOT_OPEN = refusal(
    403, "lift_not_open",
    "A service cannot take this back: only the person can, on their own pages.",
)  # fmt: skip

object_to = extend_schema(
    operation_id="object",
    summary="Pass on an objection",
    description=(
        "Once this has answered, every check that starts is denied. To direct marketing the "
        "objection is absolute (GDPR Art 21(2)); one from a particular situation is about one "
        "purpose and denies while an officer weighs it (Art 21(1)); `voluntary_use` says that "
        "volunteered data are not to be used (DPDP Act s.7(a)); `sale_sharing` opts out of all "
        "advertising aimed at the person. Objecting again changes nothing and answers with the "
        "first objection."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=forms.ObjectionInput,
    responses={201: forms.ObjectionOutput, **problems(*WRITE)},
    examples=[
        body(
            "From their situation",
            {
                "subject": SUBJECT, "kind": "particular_situation", "purpose": PURPOSE,
                "method": "phone",
            },
        ),
        body(
            "To marketing", {"subject": SUBJECT, "kind": "direct_marketing", "method": "web_form"}
        ),
        answer("Registered", OBJECTION, 201),
        NOT_GIVEN,
        refusal(404, "subject_unknown", "There is no such subject."),
    ],
)  # fmt: skip

list_objections = extend_schema(
    operation_id="list_objections",
    summary="The objections of a person",
    description=(
        "Those that stand and concern the service: about all purposes of a kind, or about one it "
        "is registered for. The reading is recorded."
    ),
    tags=TAGS,
    parameters=[forms.SubjectQuery, IF_NONE_MATCH],
    responses={200: forms.ObjectionsOutput, 304: NOT_MODIFIED, **problems(*READ)},
    examples=[answer("One", {"items": [OBJECTION]})],
)

get_objection = extend_schema(
    operation_id="get_objection",
    summary="One objection",
    description="What became of it. The reading is recorded.",
    tags=TAGS,
    responses={200: forms.ObjectionOutput, **problems(*READ)},
    examples=[answer("Under review", OBJECTION)],
)

lift_objection = extend_schema(
    operation_id="lift_objection",
    summary="Take an objection to one purpose back",
    description=(
        "Says that the person took it back; `method` says how. One about all purposes of a kind "
        "only the person can take back, on their own pages. Lifting again changes nothing."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=forms.LiftInput,
    responses={200: forms.ObjectionOutput, **problems(*WRITE)},
    examples=[
        body("By phone", {"method": "phone"}),
        answer("Lifted", {**OBJECTION, "lifted_at": "2026-03-20T10:00:00Z"}),
        NOT_OPEN,
        refusal(404, "objection_missing", "No such objection stands."),
    ],
)

restrict = extend_schema(
    operation_id="restrict",
    summary="Restrict the use of a person's data",
    description=(
        "In the four cases of GDPR Art 18(1). Once this has answered, every check that starts is "
        "denied, but for uses the law reserves and uses the person expressly consents to later "
        "(Art 18(2)). Restricting again changes nothing."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=forms.RestrictionInput,
    responses={201: forms.RestrictionOutput, **problems(*WRITE)},
    examples=[
        body("Everything", {"subject": SUBJECT, "ground": "accuracy", "method": "email"}),
        body(
            "One purpose",
            {
                "subject": SUBJECT, "ground": "unlawful", "scope_type": "purpose",
                "scope": PURPOSE, "method": "phone",
            },
        ),
        answer("Restricted", RESTRICTION, 201),
        NOT_GIVEN,
    ],
)  # fmt: skip

list_restrictions = extend_schema(
    operation_id="list_restrictions",
    summary="The restrictions of a person",
    description="Those that stand. The reading is recorded.",
    tags=TAGS,
    parameters=[forms.SubjectQuery, IF_NONE_MATCH],
    responses={200: forms.RestrictionsOutput, 304: NOT_MODIFIED, **problems(*READ)},
    examples=[answer("One", {"items": [RESTRICTION]})],
)

get_restriction = extend_schema(
    operation_id="get_restriction",
    summary="One restriction",
    description="What became of it. The reading is recorded.",
    tags=TAGS,
    responses={200: forms.RestrictionOutput, **problems(*READ)},
    examples=[answer("Standing", RESTRICTION)],
)

announce_lifting = extend_schema(
    operation_id="announce_lifting",
    summary="Announce that a restriction ends",
    description=(
        "The person is told by e-mail before the restriction is lifted (GDPR Art 18(3)); an "
        "officer notes it where somebody has no address. Until it is lifted it goes on denying. "
        "Announcing again starts the time anew."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=forms.AnnouncementInput,
    responses={200: forms.RestrictionOutput, **problems(*WRITE)},
    examples=[
        body("In a week", {"reason": "data_corrected"}),
        answer("Announced", ANNOUNCED),
        refusal(404, "restriction_missing", "No such restriction stands."),
    ],
)

lift_restriction = extend_schema(
    operation_id="lift_restriction",
    summary="Lift a restriction",
    description=(
        "For the company: only once the person was told and the announced time has passed. With "
        "`method`, on the person's own word, at once; a restriction of more than one purpose only "
        "the person can take back, on their own pages."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=forms.RestrictionLiftInput,
    responses={200: forms.RestrictionOutput, **problems(*WRITE)},
    examples=[
        body("For the company", {}),
        body("On the person's word", {"method": "phone"}),
        answer("Lifted", LIFTED),
        NOT_OPEN,
        refusal(409, "lifting_not_announced", "Announce the end of the restriction first."),
        refusal(409, "lifting_too_soon", "The time that was announced has not passed yet."),
    ],
)
