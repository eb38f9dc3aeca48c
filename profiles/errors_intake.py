"""What can go wrong with definitions of attributes, and with taking values in."""

from keys.problems import DomainError
from profiles import values


class AttributeUnknownError(DomainError):
    """Names that no definition has are not repeated: they may be anything."""

    code = "attribute_unknown"
    status = 422
    message = "No attribute in use has this code; define it first."
    field = "values"


class AttributeRetiredError(DomainError):
    code = "attribute_retired"
    status = 409
    message = "The attribute is retired already."


class AttributeTakenError(DomainError):
    code = "attribute_taken"
    status = 409
    message = "There is an attribute of this code already; a retired one's code is not used again."
    field = "code"


class AttributeReservedError(DomainError):
    code = "attribute_reserved"
    status = 422
    message = "This code has a meaning of its own in files and requests; choose another."
    field = "code"


class CategoryUnknownError(DomainError):
    code = "category_unknown"
    status = 422
    message = "There is no such data category; record it in the registry first."
    field = "category"


class SensitivityTooLowError(DomainError):
    code = "sensitivity_too_low"
    status = 422
    message = (
        "Data of a special category or about convictions are of special sensitivity "
        "(GDPR Art 9, 10)."
    )
    field = "sensitivity"


class ValueRefusedError(DomainError):
    """A value does not fit its attribute; `field` names the attribute, nothing the value."""

    status = 422

    def __init__(self, code: str, attribute: str) -> None:
        self.code = code
        super().__init__(_SENTENCES[code], field=f"values.{attribute}")


_SENTENCES = {
    values.MISTYPED: "The value is not of the attribute's kind.",
    values.TOO_LONG: "The value is longer or larger than the attribute allows.",
    values.MALFORMED: "The value does not have the form its kind asks for, or is empty.",
    "value_not_a_choice": "The value is not one of the attribute's choices.",
    "verification_malformed": "How a value was verified is a code of up to 60 letters and digits.",
    "observed_in_future": "The value was observed in the future.",
    "observed_without_zone": "Say in which time zone the value was observed.",
}


class TooManyValuesError(DomainError):
    code = "too_many_values"
    status = 422
    message = "A person has at most 200 values in one record, of at most 64 KiB together."
    field = "values"


class TooManyRecordsError(DomainError):
    code = "too_many_records"
    status = 422
    message = "At most 1,000 records come in one request."
    field = "items"


class SourceNotPushedError(DomainError):
    code = "source_not_pushed"
    status = 409
    message = "This system is asked when somebody looks; it hands nothing in."
    field = "source"


class SourceFrozenError(DomainError):
    code = "source_frozen"
    status = 409
    message = "An incident stopped this system; nothing is taken in from it until it is released."
    field = "source"


class SourceNotYoursError(DomainError):
    code = "source_not_yours"
    status = 403
    message = "Another service hands in the data of this system."
    field = "source"
