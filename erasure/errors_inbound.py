"""What can go wrong with deletion callbacks of platforms. Strangers are told one thing alone."""

from keys.problems import DomainError


class CallbackUnprovenError(DomainError):
    code = "callback_unproven"
    status = 401
    message = "What was sent is not signed as this address expects it."


class CallbackMalformedError(DomainError):
    code = "callback_malformed"
    status = 400
    message = "What was sent is signed, and does not have the platform's form."


class CallbackKeysError(DomainError):
    code = "callback_keys_unreachable"
    status = 503
    message = "The platform's keys cannot be read now. Send it again later."


class PlatformAppError(DomainError):
    code = "platform_app_invalid"
    status = 422
    message = (
        "An app at Apple or Google has ids and no secret; one at Meta or Shopify has a secret. Its "
        "people are identifiers of a known scheme."
    )
    field = "platform"


class PlatformAppThereError(DomainError):
    code = "platform_app_there"
    status = 409
    message = "There is an app at this platform already: change that."
    field = "platform"


class ShopSettledError(DomainError):
    code = "shop_settled"
    status = 409
    message = "This is no closed shop that waits for a decision."
