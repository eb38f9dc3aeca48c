"""What can be wrong with what a service says of training data."""

from keys.problems import DomainError


class TrainingSetUnknownError(DomainError):
    code = "training_set_unknown"
    status = 404
    message = "There is no such training set of yours."


class TrainingSetConflictError(DomainError):
    code = "training_set_conflict"
    status = 409
    message = "Another training set was reported under this reference."
    field = "reference"


class TooManyMembersError(DomainError):
    code = "too_many_members"
    status = 422
    message = "Report 1 to 10,000 people at a time."
    field = "subjects"


class TrainedInFutureError(DomainError):
    code = "trained_in_future"
    status = 422
    message = "A training run is reported when it has happened."
    field = "trained_at"
