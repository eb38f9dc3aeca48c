"""What can go wrong with connected systems."""

from keys.problems import DomainError


class SystemUnknownError(DomainError):
    code = "system_unknown"
    status = 404
    message = "There is no such system."
    field = "source"


class SystemNotActiveError(DomainError):
    code = "system_not_active"
    status = 409
    message = "The system is paused or no longer in use."
    field = "source"


class SystemSettingsError(DomainError):
    code = "system_settings_wrong"
    status = 422
    message = "These settings do not fit a system of this kind."
    field = "settings"


class SystemSecretError(DomainError):
    code = "system_secret_wrong"
    status = 422
    message = "A secret is one line of 1 to 1,000 printable ASCII characters."
    field = "secret"


class SystemStateError(DomainError):
    code = "system_state_wrong"
    status = 409
    message = "A system that is no longer in use stays so, and none is put twice into one state."
    field = "state"


class SystemUnavailableError(Exception):
    """A system did not answer, or not with what was asked for. `reason` is one of ours."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
