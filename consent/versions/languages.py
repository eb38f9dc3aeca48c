"""The languages a notice may be read in, and what a language tag says of script and direction.

English and the 22 languages of the Eighth Schedule to the Constitution (DPDP Act 2023 s.5(3),
s.6(3)), by BCP 47 tags; other languages are known by their tag alone. A script is left out of a
tag where the language is written in it usually, so that each has one spelling. Pure.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

ENGLISH: Final = "en"
LTR, RTL = "ltr", "rtl"
LONGEST: Final = 20
RTL_SCRIPTS: Final = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Rohg", "Adlm"})
RTL_OTHERS: Final = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "ug", "yi"})
"""Languages outside our table that are usually written from right to left."""

_TAG = re.compile(
    r"(?P<code>[a-z]{2,3})(-(?P<script>[a-z]{4}))?(-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<rest>(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)",
    re.ASCII | re.IGNORECASE,
)
_LONG_CODES: Final = {
    "eng": "en", "asm": "as", "ben": "bn", "guj": "gu", "hin": "hi", "kan": "kn", "kas": "ks",
    "mal": "ml", "mar": "mr", "nep": "ne", "ori": "or", "ory": "or", "pan": "pa", "san": "sa",
    "snd": "sd", "tam": "ta", "tel": "te", "urd": "ur",
}  # fmt: skip
"""BCP 47 takes the shortest code of a language."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its tag, its names, its usual script, and how it is named in other scripts."""

    tag: str
    english: str
    endonym: str
    script: str
    others: tuple[tuple[str, str], ...] = ()

    @property
    def direction(self) -> str:
        return RTL if self.script in RTL_SCRIPTS else LTR

    @property
    def variants(self) -> tuple[str, ...]:
        """The tags of its other scripts."""
        return tuple(f"{self.tag}-{script}" for script, _name in self.others)


LANGUAGES: Final = (
    Language("en", "English", "English", "Latn"),
    Language("as", "Assamese", "অসমীয়া", "Beng"),
    Language("bn", "Bengali", "বাংলা", "Beng"),
    Language("brx", "Bodo", "बर'", "Deva"),
    Language("doi", "Dogri", "डोगरी", "Deva", (("Arab", "ڈوگری"),)),
    Language("gu", "Gujarati", "ગુજરાતી", "Gujr"),
    Language("hi", "Hindi", "हिन्दी", "Deva"),
    Language("kn", "Kannada", "ಕನ್ನಡ", "Knda"),
    Language("ks", "Kashmiri", "کٲشُر", "Arab", (("Deva", "कॉशुर"),)),
    Language("kok", "Konkani", "कोंकणी", "Deva", (("Latn", "Konknni"), ("Knda", "ಕೊಂಕಣಿ"))),
    Language("mai", "Maithili", "मैथिली", "Deva"),
    Language("ml", "Malayalam", "മലയാളം", "Mlym"),
    Language("mni", "Manipuri", "মৈতৈলোন্", "Beng", (("Mtei", "ꯃꯤꯇꯩꯂꯣꯟ"),)),
    Language("mr", "Marathi", "मराठी", "Deva"),
    Language("ne", "Nepali", "नेपाली", "Deva"),
    Language("or", "Odia", "ଓଡ଼ିଆ", "Orya"),
    Language("pa", "Punjabi", "ਪੰਜਾਬੀ", "Guru", (("Arab", "پنجابی"),)),
    Language("sa", "Sanskrit", "संस्कृतम्", "Deva"),
    Language(
        "sat", "Santali", "ᱥᱟᱱᱛᱟᱲᱤ", "Olck",
        (("Deva", "सान्ताली"), ("Beng", "সাঁওতালি"), ("Orya", "ସାନ୍ତାଳୀ")),
    ),
    Language("sd", "Sindhi", "سنڌي", "Arab", (("Deva", "सिन्धी"),)),
    Language("ta", "Tamil", "தமிழ்", "Taml"),
    Language("te", "Telugu", "తెలుగు", "Telu"),
    Language("ur", "Urdu", "اردو", "Arab"),
)  # fmt: skip
BY_TAG: Final = {one.tag: one for one in LANGUAGES}
REQUIRED: Final = tuple(BY_TAG)
"""In these an Indian notice can be read, at the person's option."""
SCHEDULED: Final = REQUIRED[1:]
"""The 22 of the Eighth Schedule."""


def canonical(tag: str) -> str:
    """The one spelling of a tag; empty for what is no tag, or longer than the suite keeps."""
    found = _TAG.fullmatch(tag) if len(tag) <= LONGEST else None
    if found is None:
        return ""
    code = found["code"].lower()
    code = _LONG_CODES.get(code, code)
    script = (found["script"] or "").title()
    usual = code in BY_TAG and BY_TAG[code].script == script
    parts = [code, "" if usual else script, (found["region"] or "").upper()]
    return "-".join(filter(None, parts)) + found["rest"].lower()


def code_of(tag: str) -> str:
    """The language of a tag, without script and region."""
    return canonical(tag).partition("-")[0]


def script_of(tag: str) -> str:
    """The script of a tag (ISO 15924): named in it, else the usual one; empty if unknown."""
    code, _, rest = canonical(tag).partition("-")
    named = rest.partition("-")[0]
    if len(named) == 4 and named.isalpha():
        return named
    return BY_TAG[code].script if code in BY_TAG else ""


def direction(tag: str) -> str:
    """`rtl` or `ltr`, as HTML's `dir` has it: by the script, where it is known."""
    script = script_of(tag)
    if script:
        return RTL if script in RTL_SCRIPTS else LTR
    return RTL if code_of(tag) in RTL_OTHERS else LTR


def endonym(tag: str) -> str:
    """What a language calls itself, in the tag's script; empty for one outside the table."""
    known = BY_TAG.get(code_of(tag))
    if known is None:
        return ""
    return dict(known.others).get(script_of(tag), known.endonym)


def best(wished: str, available: Collection[str]) -> str:
    """Which of the available tags somebody reads who wishes for one.

    The tag itself, else the same language in the same script, else in another; else English; empty
    where there is none of these.
    """
    if wished in available:
        return wished
    code, script = code_of(wished), script_of(wished)
    same = sorted(one for one in available if code and code_of(one) == code)
    same.sort(key=lambda one: script_of(one) != script)
    return next(iter([*same, *({ENGLISH} & set(available))]), "")


def nearest(wishes: Iterable[str], available: Collection[str]) -> str:
    """The same for several wishes, the dearest first: English only where none can be had."""
    for wish in wishes:
        found = best(wish, available)
        if found and code_of(found) == code_of(wish):
            return found
    return ENGLISH if ENGLISH in available else ""


def is_same(one: str, other: str) -> bool:
    """Whether who reads the one reads the other: the same language in the same script."""
    return (code_of(one), script_of(one)) == (code_of(other), script_of(other))


def missing(available: Collection[str]) -> list[str]:
    """The required languages in which there are no words, in whatever script."""
    spoken = {code_of(one) for one in available}
    return [tag for tag in REQUIRED if tag not in spoken]
