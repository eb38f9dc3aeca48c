"""The base of every error a caller can cause. Pure: what it means, never what was sent."""


class DomainError(Exception):
    """A refusal with a stable `code`, the HTTP meaning of it, and a sentence without input values.

    Children set the class attributes; `field` names the offending input, if one can be named.
    `sentence` is what is translated: where it has a place for them, `named` are codes and laws that
    read the same in every language.
    """

    code: str = "refused"
    status: int = 422
    message: str = "The request cannot be carried out."
    field: str | None = None

    def __init__(
        self, message: str | None = None, *, field: str | None = None, named: str = ""
    ) -> None:
        self.sentence, self.named = message or self.message, named
        self.message = self.sentence % {"named": named} if named else self.sentence
        self.field = field or self.field
        super().__init__(self.message)
