"""What a stranger reads about the operations on profiles."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema

from accounts.problems import READ, answer, body, problems, refusal
from profiles.api import serializers

PROFILES = ["Profiles"]
SHARED: Final = (
    " Who reads sits in a seat: a role at the company, of one business unit or of none. The "
    "company's matrix says what that role sees for the purpose, and how much of it; what no rule "
    "names is hidden. Beyond that each data category needs a decision that permits it now, the "
    "same that the decision point would give, and a value must be fresh. Every field that is "
    "absent or masked says why. A person who does not exist, is another company's, is restricted, "
    "being erased or kept for the law only cannot be told apart. The reading is recorded before "
    "it is answered."
)
_PERSON = "01978f7e-0000-7000-8000-00000000cafe"
_FIELD: Final[dict[str, Any]] = {
    "code": "email", "title": "E-mail address", "category": "pd:EmailAddress",
    "sensitivity": "ordinary", "treatment": "partial", "value": "a•••@•••.in", "why": "masked",
    "why_text": "It is masked for this role.", "reason_code": "", "since": None, "source": "crm",
    "observed_at": "2026-11-20T08:00:00Z", "verified_by": "kyc", "is_beyond_view": False,
}  # fmt: skip
_DENIED: Final[dict[str, Any]] = {
    **_FIELD, "treatment": "hide", "value": None, "why": "denied",
    "why_text": "The person withdrew the consent.", "reason_code": "CONSENT_WITHDRAWN",
    "since": "2026-11-21T09:30:00Z", "source": "", "observed_at": None, "verified_by": "",
}  # fmt: skip
_DECISION: Final[dict[str, Any]] = {
    "permit": True, "reason_code": "PERMIT_IN:consent",
    "text": "Permitted in India on the person's consent.", "rule": "R95",
    "policy_version": "statutory-2026.11.5", "since": None, "obligations": [],
}  # fmt: skip
_WITHDRAWN: Final[dict[str, Any]] = {
    **_DECISION, "permit": False, "reason_code": "CONSENT_WITHDRAWN", "rule": "R60",
    "text": "The person withdrew the consent.", "since": "2026-11-21T09:30:00Z",
}  # fmt: skip
_PROFILE: Final[dict[str, Any]] = {
    "subject_id": _PERSON, "purpose": "marketing.email.offers", "role": "campaign", "unit": "",
    "relation": "self", "as_of": "2026-11-22T08:00:00Z", "decision": _DECISION,
    "fields": [_FIELD],
    "sources": [{"code": "crm", "name": "CRM", "unit": "", "state": "ok",
                 "observed_at": "2026-11-20T08:00:00Z"}],
}  # fmt: skip
_REFUSALS = [
    refusal(403, "no_seat", "You have no seat from which profiles are read in this role."),
    refusal(404, "profile_not_found", "There is no such person whom you may see."),
    refusal(422, "seat_ambiguous", "You read in several roles or for several units."),
    refusal(503, "read_not_recorded", "The reading could not be recorded."),
]

get_profile = extend_schema(
    operation_id="get_profile",
    summary="Read a profile",
    description="A person's profile for one purpose." + SHARED,
    tags=PROFILES,
    parameters=[serializers.ReadingQuery],
    responses={200: serializers.ProfileOutput, **problems(*READ, 422)},
    examples=[
        answer("A masked field", _PROFILE),
        answer("After a withdrawal", {**_PROFILE, "decision": _WITHDRAWN, "fields": [_DENIED]}),
        *_REFUSALS,
    ],
)

list_profiles = extend_schema(
    operation_id="list_profiles",
    summary="Read profiles of several people",
    description=(
        "The profiles of at most 100 people for one purpose, in the order asked; who is absent is "
        "left out. Nothing sensitive is in a list, and systems that are asked live are not asked "
        "for one." + SHARED
    ),
    tags=PROFILES,
    request=serializers.ProfilesInput,
    responses={200: serializers.ProfilesOutput, **problems(400, 401, 403, 409, 413, 415, 422, 429,
                                                           503)},
    examples=[
        body("Two people", {"purpose": "marketing.email.offers", "subjects": [_PERSON]}),
        answer("One of them is there", {"items": [_PROFILE]}),
        *(one for one in _REFUSALS if one.name != "profile_not_found"),
    ],
)  # fmt: skip
