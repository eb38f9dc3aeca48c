"""What can go wrong with how systems are told to let go of people, and in which order."""

from keys.problems import DomainError


class ConnectorUnknownError(DomainError):
    code = "connector_unknown"
    status = 404
    message = "There is no such connector."
    field = "connector"


class ConnectorKindError(DomainError):
    code = "connector_kind_unknown"
    status = 422
    message = "There is no such kind of connector."
    field = "kind"


class ConnectorSettingsError(DomainError):
    code = "connector_settings_wrong"
    status = 422
    message = "These settings do not fit a connector of this kind."
    field = "settings"


class ConnectorThereError(DomainError):
    code = "connector_there"
    status = 409
    message = "The system has a connector already."
    field = "system"


class ConnectorUnusableError(DomainError):
    """What the system said, by its code, is the field's last part."""

    code = "connector_unusable"
    status = 409
    message = "The system cannot be used as it is described; the code says why."
    field = "connector"


class ShapelessError(DomainError):
    code = "connector_without_shape"
    status = 409
    message = "A connector of this kind has no shape to accept."
    field = "connector"


class WaitCycleError(DomainError):
    code = "wait_in_a_circle"
    status = 409
    message = "A system cannot wait for one that waits for it."
    field = "after"


class WaitTimeError(DomainError):
    code = "wait_too_long"
    status = 422
    message = "A wait takes 0 seconds to 90 days."
    field = "seconds"


class WaitUnknownError(DomainError):
    code = "wait_unknown"
    status = 404
    message = "There is no such order of systems."
    field = "wait"
