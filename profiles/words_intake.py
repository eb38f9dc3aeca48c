"""Names that files and requests have beside the attributes' codes. Pure.

An attribute's code has no dot, so names with one are ours: `id.crm` is an identifier, `city.at`
and `city.by` say when and how the city was observed, `fact.residence` is a fact about the person.
"""

from typing import Final

from subjects.schemes import SCHEMES

SUBJECT: Final = "subject"
OBSERVED_AT: Final = "observed_at"
VERIFIED_BY: Final = "verified_by"
RESERVED: Final = frozenset({SUBJECT, OBSERVED_AT, VERIFIED_BY})
IDENTIFIERS: Final = {f"id.{scheme}": scheme for scheme in SCHEMES}
FACTS: Final = {
    f"fact.{name}": name
    for name in (
        "residence", "region", "time_zone", "language", "age_state", "age_assurance", "adult_on",
    )
}  # fmt: skip
AT, BY = ".at", ".by"
