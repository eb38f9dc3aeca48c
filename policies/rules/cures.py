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
        Cure("approve_dpia", "Have an impact assessment of the purpose recorded and approved."),
        Cure("release_freeze", "Only an officer's release, after the incident, lifts this."),
        Cure("give_case", "Name the case that the reserved purpose serves."),
        Cure(
            "case_rejected", "None while the erasure runs; only a rejected erasure case lifts it."
        ),
        Cure("rights_by_nominee", "A nominee may act through a rights request only."),
        Cure("assure_age", "Find out whether the person is an adult.", True),
        Cure("change_destination", "Send the data to no country that is on the restricted list."),
        Cure("decide_objection", "Wait until an officer has decided on the objection."),
        Cure(
            "compelling_grounds",
            "Only compelling legitimate grounds, recorded by an officer, outweigh the objection.",
        ),
        Cure("other_channel", "Use a channel through which the person may be contacted."),
        Cure("complete_lia", "Have the balancing of interests recorded and approved."),
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
        Cure("verify_guardian", "Obtain consent from a verified lawful guardian.", True),
        Cure("ask_adult", "Ask the person, who has come of age, to decide.", True),
        Cure("send_legacy_notice", "Give the person the notice of section 5(2), on record."),
        Cure("narrow_use", "Ask for what the purpose covers, with a registered model."),
        Cure("narrow_data", "Ask for the data the purpose needs, or declare that you can mask."),
        Cure("disclose_recipient", "Name the recipient in the purpose, and in a new notice."),
        Cure("transfer_tool", "Record a valid transfer tool, or use a recipient inside the EEA."),
        Cure("foreign_state_order", "Record the order of the Central Government that allows it."),
        Cure("refresh_data", "Check and correct the data, then end the standing."),
        Cure("human_decision", "Let a human decide."),
        Cure("review_route", "Set up a human review on request, and record it with the model."),
        Cure("assign_oversight", "Have a person oversee the system, and tell those concerned."),
        Cure("record_diligence", "Record the due diligence of this version of the model."),
        Cure("support_obligations", "Fulfil the obligations, and name them as supported."),
        Cure("retry", "Try again; until an answer arrives, do not use the data."),
        Cure("change_guardrail", "Only a new version of the company's own rules changes this."),
        Cure("wait", "Wait; the company's rule lets it pass later."),
        Cure("volunteer", "The person must offer the attribute for this purpose.", True),
        Cure("switch_on", "The person must switch personalisation on again.", True),
        Cure("restore_policy", "Restore the company's rules as they were signed, or roll back."),
        Cure("correct_request", "Correct the request and send it again."),
    )
}
