"""Identifier schemes and how a value of each is normalised before it is looked up. Pure.

Two spellings of one identifier must give one look-up digest, and nothing else may.
"""

import re
import unicodedata

from keys.problems import DomainError

SCHEMES = ("crm", "email", "phone", "device", "account")
CATEGORIES = {
    "crm": "pd:UID", "email": "pd:EmailAddress", "phone": "pd:TelephoneNumber",
    "device": "pd:DeviceBased", "account": "pd:AccountIdentifier",
}  # fmt: skip
"""Of which data category of the Data Privacy Vocabulary an identifier of each scheme is."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
"""What nobody types and nobody sees: two addresses must not look the same. U+200C and U+200D stay,
they belong to the spelling of Indic scripts."""
MAX_LENGTH = 254


class UnknownSchemeError(DomainError):
    code = "unknown_scheme"
    status = 422
    message = f"An identifier's scheme is one of: {', '.join(SCHEMES)}."
    field = "scheme"


class MalformedIdentifierError(DomainError):
    code = "malformed_identifier"
    status = 422
    message = "The identifier does not have the form its scheme asks for."
    field = "value"


def normalise(scheme: str, value: str) -> str:
    """The one spelling of an identifier that is stored and looked up.

    E-mail addresses lose case and surrounding space; phone numbers become E.164; everything is
    Unicode NFC. Raises UnknownSchemeError, MalformedIdentifierError.
    """
    if scheme not in SCHEMES:
        raise UnknownSchemeError
    text = unicodedata.normalize("NFC", value.strip()) if not _CONTROL.search(value) else ""
    if scheme == "email":
        text = text.casefold()
    if scheme == "phone":
        text = re.sub(r"[\s().-]", "", text)
    if not _well_formed(scheme, text):
        raise MalformedIdentifierError
    return text


def _well_formed(scheme: str, text: str) -> bool:
    if not 1 <= len(text) <= MAX_LENGTH:
        return False
    if scheme == "email":
        return bool(_EMAIL.fullmatch(text))
    if scheme == "phone":
        return bool(_PHONE.fullmatch(text))
    return True


def mask(scheme: str, value: str) -> str:
    """What a screen may show without a reveal: enough to recognise, not enough to contact."""
    if scheme == "email":
        name, _, domain = value.partition("@")
        return f"{name[:1]}•••@{domain[:1]}•••"
    return f"•••{value[-2:]}" if len(value) > 4 else "•••"
