"""What a stranger reads about erasure cases."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema

from accounts.problems import IDEMPOTENCY_KEY, READ, WRITE, answer, body, problems, refusal
from erasure.api import case_forms as forms

TAGS: Final = ["Erasure"]
_SHARED: Final = " Only services that are registered for `sys.rights` may call this."
_PERSON: Final = "01978f7e-0000-7000-8000-00000000cafe"
_CASE: Final[dict[str, Any]] = {
    "id": "01978f7e-51c4-7b0a-9a51-0d4be52a3c11", "subject": _PERSON, "verb": "erase",
    "trigger": "request", "reference": "letter-2026-77", "scope_type": "everything", "scope": "",
    "state": "running", "code": "", "received_at": "2026-11-20T08:00:00Z",
    "due_at": "2026-12-20T08:00:00Z", "opened_at": "2026-11-20T08:00:02Z", "closed_at": None,
    "joined_into": None,
}  # fmt: skip
_KEPT: Final[dict[str, Any]] = {
    "category": "pd:Transaction", "because": "retention",
    "citation": "Companies Act 2013 s.128(5)", "until": "2034-03-31",
}  # fmt: skip
_STEP: Final[dict[str, Any]] = {
    "id": "01978f7e-51c5-7b0a-9a51-0d4be52a3c12", "system": "crm", "duty": "instruct",
    "state": "absent", "code": "", "round": 1, "attempts": 1, "possible_repeats": 0,
    "kept": [_KEPT], "sent_at": "2026-11-20T08:00:03Z", "confirmed_at": "2026-11-20T08:00:03Z",
    "ended_at": "2026-11-20T08:01:04Z",
}  # fmt: skip
_PLANNED: Final[dict[str, Any]] = {
    "elements": [
        {"system": "crm", "category": "pd:EmailAddress", "fate": "erase", "because": "",
         "purpose": "", "citation": "", "until": ""},
        {"system": "ledger", "fate": "keep", "purpose": "", **_KEPT},
    ],
    "told": [
        {"system": "crm", "duty": "instruct", "how": "call"},
        {"system": "ledger", "duty": "instruct", "how": "not_told"},
        {"system": "courier", "duty": "inform", "how": "letter"},
    ],
    "review": "",
}  # fmt: skip
_SAID: Final[dict[str, Any]] = {"subject": _PERSON, "reference": "letter-2026-77"}
_UNKNOWN: Final = refusal(404, "case_unknown", "There is no such case.")

open_case = extend_schema(
    operation_id="open_erasure_case",
    summary="Open an erasure case",
    description=(
        "Opens the duty to erase, correct or restrict data of a person, everywhere. In the same "
        "transaction uses within its reach begin to be denied, what is known of the person is no "
        "longer taken in, and the plan is frozen. A case may wait for an officer first. Told "
        "twice under one reference it is one case; what another case does already is joined to "
        "it." + _SHARED
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=forms.CaseInput,
    responses={200: forms.CaseOutput, 201: forms.CaseOutput, **problems(*WRITE)},
    examples=[
        body("On request", _SAID),
        answer("It runs", _CASE, 201),
        answer("It was there", _CASE),
        refusal(404, "subject_unknown", "There is no such person."),
        refusal(422, "case_scope_unknown", "Name everything, or a purpose or a data category."),
    ],
)
dry_run = extend_schema(
    operation_id="rehearse_erasure_case",
    summary="What an erasure would do",
    description=(
        "The plan a case would have if it were opened now: what happens to which data in which "
        "system, what stays, by which law and until when, and who would be told by a call, by a "
        "letter or by an officer. Nothing is changed; the reading is recorded." + _SHARED
    ),
    tags=TAGS,
    request=forms.ReachInput,
    responses={200: forms.DryRunOutput, **problems(*WRITE)},
    examples=[
        body("Everything", {"subject": _PERSON}), answer("Bills stay", _PLANNED),
    ],
)  # fmt: skip
list_cases = extend_schema(
    operation_id="list_erasure_cases",
    summary="Erasure cases",
    description=(
        "The cases of the controller, newest first, page by page. The reading is recorded, about "
        "each person shown." + _SHARED
    ),
    tags=TAGS,
    parameters=[forms.CasesQuery],
    responses={200: forms.CasesOutput, **problems(*READ)},
    examples=[answer("One", {"items": [_CASE], "next_before": None})],
)
read_case = extend_schema(
    operation_id="read_erasure_case",
    summary="One erasure case with its steps",
    description="How far it is at every system. The reading is recorded." + _SHARED,
    tags=TAGS,
    responses={200: forms.CaseWithStepsOutput, **problems(*READ)},
    examples=[
        answer("One system", {**_CASE, "plan_sha256": "5f1d" * 16, "steps": [_STEP]}), _UNKNOWN,
    ],
)  # fmt: skip
cancel_case = extend_schema(
    operation_id="cancel_erasure_case",
    summary="Call an erasure case off",
    description=(
        "Possible while no system was told. What was denied because of the case alone is possible "
        "again." + _SHARED
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=forms.CancelInput,
    responses={200: forms.CaseOutput, **problems(*WRITE)},
    examples=[
        body("By a mistake", {"reason": "It was opened for the wrong person."}),
        answer("Called off", {**_CASE, "state": "cancelled"}),
        _UNKNOWN,
        refusal(409, "case_under_way", "A system was told already."),
    ],
)
certificate = extend_schema(
    operation_id="read_erasure_certificate",
    summary="The certificate of an erasure case",
    description=(
        "The newest signed certificate: what is gone, what stays and why, system by system. It "
        "names nobody, and is verified offline with the installation's public key. The reading is "
        "recorded." + _SHARED
    ),
    tags=TAGS,
    responses={200: {"type": "object", "additionalProperties": True}, **problems(*READ)},
    examples=[
        answer("Signed", {
            "schema_version": "sammati-erasure-certificate-1", "number": 1,
            "statement": "1 of 1 were looked at after they had been told, and had obeyed.",
            "signature": {"key_id": "main-1", "ed25519": "c2lnbmF0dXJl"},
        }),
        refusal(404, "certificate_missing", "This case has no certificate yet."),
    ],
)  # fmt: skip
