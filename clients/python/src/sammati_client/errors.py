"""The errors a caller meets. No message holds personal data or the key."""

from sammati_client.answers import Deny, Permit


class NotPermitted(Exception):  # noqa: N818 (reads as what happened: the activation was not permitted)
    """The activation must not run; `answer` says why and what would change it."""

    def __init__(self, answer: Deny | Permit) -> None:
        self.answer = answer
        super().__init__(f"not permitted: {answer.reason_code}")


class RequestFailed(Exception):  # noqa: N818 (reads as what happened: the write failed)
    """A consent could not be recorded or withdrawn, or nobody knows whether it was.

    `code` is the server's problem code or one of the client's; `outcome_unknown` is true where the
    server may have acted. Repeat with the same `idempotency_key`: then it acts once.
    """

    def __init__(
        self, code: str, *, idempotency_key: str, status: int | None, outcome_unknown: bool
    ) -> None:
        self.code = code
        self.idempotency_key = idempotency_key
        self.status = status
        self.outcome_unknown = outcome_unknown
        super().__init__(f"{code} (HTTP {status})" if status else code)


class SearchFailed(Exception):  # noqa: N818 (reads as what happened: the search failed)
    """A page of a search could not be had; `code` is one of the client's. Nobody was found on it.

    What earlier pages found still holds as long as it says.
    """

    def __init__(self, code: str, *, status: int | None = None) -> None:
        self.code = code
        self.status = status
        super().__init__(f"{code} (HTTP {status})" if status else code)


class ProfileNotShown(Exception):  # noqa: N818 (reads as what happened: no profile was shown)
    """No profile was shown; `code` is the server's problem code or one of the client's.

    `profile_not_found` is said alike of nobody and of whom the service may not know of.
    """

    def __init__(self, code: str, *, status: int | None = None) -> None:
        self.code = code
        self.status = status
        super().__init__(f"{code} (HTTP {status})" if status else code)
