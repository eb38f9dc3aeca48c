"""What can go wrong with what a person wishes."""

from keys.problems import DomainError


class AttributeUnreadableError(DomainError):
    code = "attribute_unreadable"
    status = 422
    message = "An attribute is named by letters, digits, dots, dashes and underscores."
    field = "attributes"
