"""What can go wrong with versions of the views, readers' roles and seats."""

from keys.problems import DomainError


class ViewDraftExistsError(DomainError):
    code = "view_draft_exists"
    status = 409
    message = "There is a draft already; change it, have it approved or give it up first."


class ViewNotADraftError(DomainError):
    code = "view_not_a_draft"
    status = 409
    message = "Only a draft can be changed; draft a new version."


class ViewNotPreviewedError(DomainError):
    code = "view_not_previewed"
    status = 409
    message = "Look at the preview first: the draft has changed since it was last shown."


class ViewSecondPersonError(DomainError):
    code = "view_second_person"
    status = 409
    message = "Somebody who changed nothing in the draft must approve it."


class ViewsNothingToRollBackError(DomainError):
    code = "view_nothing_to_roll_back"
    status = 409
    message = "There is no such version to go back to."
    field = "number"


class RuleUnknownError(DomainError):
    code = "view_rule_unknown"
    status = 404
    message = "The draft has no such rule."


class RulesUnfitError(DomainError):
    """A rule names what does not exist, or treats values as it cannot: says which and why.

    Codes in the message are those of officers' own rules.
    """

    code = "view_rules_unfit"
    status = 422
    message = "The rules cannot stand."


class RoleUnknownError(DomainError):
    code = "reader_role_unknown"
    status = 422
    message = "There is no such reader's role, or it is no longer in use."
    field = "role"


class RoleTakenError(DomainError):
    code = "reader_role_taken"
    status = 409
    message = "There is a role of this code already."
    field = "code"


class RoleInUseError(DomainError):
    code = "reader_role_in_use"
    status = 409
    message = "Somebody still sits in this role; end those seats first."


class HolderUnknownError(DomainError):
    code = "seat_holder_unknown"
    status = 422
    message = "There is no such member of staff or service at this controller."
    field = "holder_id"


class OwnSeatError(DomainError):
    code = "seat_of_ones_own"
    status = 409
    message = "Nobody gives a seat to themselves; a colleague must."
    field = "holder_id"


class SeatTakenError(DomainError):
    code = "seat_taken"
    status = 409
    message = "They hold this seat already."
    field = "holder_id"


class SeatEndedError(DomainError):
    code = "seat_ended"
    status = 409
    message = "The seat has ended already."


class SeatEndError(DomainError):
    code = "seat_end_in_past"
    status = 422
    message = "A seat ends in the future."
    field = "until"
