"""What can go wrong with policy versions."""

from keys.problems import DomainError


class DraftExistsError(DomainError):
    code = "policy_draft_exists"
    status = 409
    message = "There is a draft already; change it, approve it or withdraw it first."


class NotADraftError(DomainError):
    code = "policy_not_a_draft"
    status = 409
    message = "Only a draft can be changed; draft a new version."


class NotRehearsedError(DomainError):
    code = "policy_not_rehearsed"
    status = 409
    message = "Rehearse the draft first: no rehearsal is newer than its last change."


class PolicySecondPersonError(DomainError):
    code = "policy_second_person"
    status = 409
    message = "Somebody else must approve what you drafted."


class EffectiveInPastError(DomainError):
    code = "policy_effective_in_past"
    status = 422
    message = "A version cannot come into force in the past."
    field = "effective_from"


class GuardrailUnreadableError(DomainError):
    code = "guardrail_unreadable"
    status = 422
    message = "The rule does not have the form of a guardrail."


class GuardrailUnknownError(DomainError):
    code = "guardrail_unknown"
    status = 404
    message = "The draft has no rule of this code."
    field = "code"


class RulesRefusedError(DomainError):
    """The rules contradict each other, run in a circle or lock everybody out: says which, and why.

    The codes in the message are those of officers' rules.
    """

    code = "policy_rules_refused"
    status = 422
    message = "The rules cannot stand together."


class NothingToRollBackError(DomainError):
    code = "policy_nothing_to_roll_back"
    status = 409
    message = "There is no such version to go back to."
    field = "number"
