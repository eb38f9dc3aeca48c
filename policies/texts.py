"""What every code means, in words: for officers and services, and for the person.

English comes from the rules themselves. Another language is one more entry in `CATALOGUES`; what
it lacks is said in English.
"""

import re
from typing import Literal, NamedTuple

from policies import texts_hi, texts_hi_officers, texts_ur
from policies.guardrails import findings as guardrails
from policies.intake import backing
from policies.rules import RULES
from policies.rules.cures import CURES, NOTHING, Cure
from policies.rules.law import Instrument, resolve
from policies.rules.permit import FINDINGS
from policies.rules.registry import KNOWN_PACKS, SEAM_PACKS

Audience = Literal["admin", "user"]
DEFAULT_LANGUAGE = "en"
FOUND = (*FINDINGS, *backing.FINDINGS, *guardrails.FINDINGS)
TOLD_TO_SERVICES = (DEFAULT_LANGUAGE, "hi")
"""An answer carries these languages; all that there are would make it long for nobody."""
UNKNOWN_CODE = "The reason is recorded under a code this version does not know."


class Text(NamedTuple):
    """One code's two sentences in one language; an empty one is said in English."""

    admin: str
    user: str


CATALOGUES: dict[str, dict[str, Text]] = {
    DEFAULT_LANGUAGE: {
        **{rule.code: Text(rule.text, rule.person) for rule in RULES},
        **{finding.reason.code: Text(finding.text, finding.person) for finding in FOUND},
    },
    "hi": {
        code: Text(said, texts_hi.PERSON.get(code, ""))
        for code, said in texts_hi_officers.OFFICER.items()
    },
    "ur": {code: Text(said, "") for code, said in texts_ur.OFFICER.items()},
}
CURE_OF: dict[str, str] = {
    **{rule.code: rule.cure for rule in RULES},
    **{finding.reason.code: finding.cure for finding in FOUND},
}
_REFS: dict[str, dict[str, tuple[str, ...]]] = {
    **{rule.code: dict(rule.refs) for rule in RULES},
    **{each.reason.code: {each.reason.pack: each.reason.refs} for each in FOUND},
}


def reason_text(
    code: str, *, language: str = DEFAULT_LANGUAGE, audience: Audience = "admin"
) -> str:
    """Say what a reason code means; total: an unknown code or language still gives a sentence.

    `language` is a BCP 47 tag; its region and script are ignored where only the language is known.
    A code of a company's rule is said by its family, which stands before the colon.
    """
    catalogue = CATALOGUES.get(language) or CATALOGUES.get(language.split("-", 1)[0], {})
    known = CATALOGUES[DEFAULT_LANGUAGE]
    if code not in known:
        code = code.partition(":")[0]
    text = catalogue.get(code) or known.get(code)
    if text is None:
        return UNKNOWN_CODE
    said = text.user if audience == "user" else text.admin
    if said or language == DEFAULT_LANGUAGE:
        return said
    return reason_text(code, audience=audience)


def languages(code: str, audience: Audience) -> tuple[str, ...]:
    """The languages in which there is a sentence about a code."""
    return tuple(
        language for language, catalogue in CATALOGUES.items()
        if code in catalogue and getattr(catalogue[code], audience)
    ) or (DEFAULT_LANGUAGE,)  # fmt: skip


def codes_with(text: str, *, language: str = DEFAULT_LANGUAGE) -> tuple[str, ...]:
    """The reason codes in whose code or sentence each word of the text begins a word."""
    wanted = _words(text)
    tags = (language, language.split("-", 1)[0], DEFAULT_LANGUAGE)
    known = [CATALOGUES[tag] for tag in dict.fromkeys(tags) if tag in CATALOGUES]
    return tuple(
        code for code in CATALOGUES[DEFAULT_LANGUAGE]
        if wanted and any(_begins(wanted, _words(f"{code} {one[code].admin}"))
                          for one in known if code in one)
    )  # fmt: skip


def _begins(wanted: list[str], words: list[str]) -> bool:
    return all(any(word.startswith(one) for word in words) for one in wanted)


def _words(text: str) -> list[str]:
    return re.split(r"[\W_]+", text.casefold().strip(" _:.,"))


def cure(code: str) -> Cure:
    """Return the remedy of a cure code; an unknown code has none."""
    return CURES.get(code, NOTHING)


def legal_refs(code: str, *, pack: str = "") -> tuple[str, ...]:
    """Return the citations of a reason code, of one law or, without `pack`, of all."""
    by_pack = _REFS.get(code) or _REFS.get(code.partition(":")[0], {})
    cited = (pack, "") if pack else (*KNOWN_PACKS, *SEAM_PACKS, "")
    return tuple(ref for each in cited for ref in by_pack.get(each, ()))


def instrument(ref: str) -> Instrument | None:
    """Return the law or standard a citation names, None when it is not one of ours."""
    return resolve(ref)
