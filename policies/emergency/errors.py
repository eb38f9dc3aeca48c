"""What can go wrong with emergency uses."""

from keys.problems import DomainError


class EmergencyTimeError(DomainError):
    code = "emergency_time"
    status = 422
    message = "An emergency use lasts from one hour to twenty-four."
    field = "hours"


class EmergencyServiceError(DomainError):
    code = "emergency_service"
    status = 422
    message = "This controller has no such service."
    field = "service"


class EmergencyOverError(DomainError):
    code = "emergency_over"
    status = 409
    message = "This emergency use is over already."


class EmergencyReviewedError(DomainError):
    code = "emergency_reviewed"
    status = 409
    message = "This emergency use has been reviewed already."


class SecondReviewerError(DomainError):
    code = "second_person_needed"
    status = 409
    message = "Whoever opened an emergency use cannot review it; a second person must."
