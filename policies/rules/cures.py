"""What would change a denial: stable codes with a sentence each. An empty code: nothing would."""

from typing import NamedTuple


class Cure(NamedTuple):
    """One remedy; `by_person` says that only the person can act, so a link may go with it."""

    code: str
    text: str
    by_person: bool = False


NOTHING = Cure("", "")

CURES: dict[str, Cure] = {
    cure.code: cure
    for cure in (
        NOTHING,
        Cure(
            "fix_registry", "Register the service for this purpose and keep its contract current."
        ),
        Cure("approve_purpose", "Have the purpose approved and activated, then name it exactly."),
        Cure(
            "resolve_identity", "Identify the person: send one known id, or resolve the duplicate."
        ),
        Cure(
            "complete_profile", "Record where the person lives, so that the law can be determined."
        ),
        Cure(
            "case_rejected", "None while the erasure runs; only a rejected erasure case lifts it."
        ),
        Cure("rights_by_nominee", "A nominee may act through a rights request only."),
        Cure("opt_in", "The person must opt in again, expressly, after the objection.", True),
        Cure("restricted_consent", "The person must consent anew to this restricted use.", True),
        Cure("obtain_consent", "Base the purpose on consent, and ask the person.", True),
        Cure("verify_parent", "Obtain consent from a verified parent or guardian.", True),
        Cure("new_consent", "Only a new consent, freely given by the person, changes this.", True),
        Cure("renew_consent", "Ask the person to renew the consent.", True),
        Cure("request_consent", "Ask the person for consent.", True),
        Cure("reconsent", "Show the current notice and ask the person again.", True),
        Cure(
            "repair_evidence",
            "Complete the evidence of the consent, or ask the person again.",
            True,
        ),
        Cure("explicit_consent", "Ask the person for explicit consent.", True),
        Cure("retry", "Try again; until an answer arrives, do not use the data."),
        Cure("correct_request", "Correct the request and send it again."),
    )
}
