"""Which fonts of a folder can write a text: a PDF carries its letters with it."""

import logging
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from consent.records.errors import PdfFontMissingError, PdfMissingError

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells the letters of what is written

PLAIN: Final = "NotoSans-Regular.ttf"
LAST: Final = "DejaVuSans.ttf"
"""Tried after those of single scripts: it has some letters of many scripts, and letters of two
fonts do not join."""
_SCRIPT = re.compile(r"(.+?) (LETTER|VOWEL|SIGN|DIGIT|LIGATURE|SYLLABLE|CHARACTER|DANDA|AU|OM)\b")
INVISIBLE: Final = frozenset("\u200b\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069\u00ad\n\t ")


def covering(text: str, folder: str) -> list[Path]:
    """Fonts that have, together, every letter of the text; the plain one first.

    Raises PdfFontMissingError, PdfMissingError.
    """
    left = set(text) - INVISIBLE
    found: list[Path] = []
    while left:
        path = next((one for one in _candidates(left, folder) if left & letters(one)), None)
        if path is None:
            raise PdfFontMissingError
        found.append(path)
        left -= letters(path)
    return found


def _candidates(left: set[str], folder: str) -> Iterator[Path]:
    files, scripts = _files(folder), sorted({script(one) for one in left})
    for name in (PLAIN, *(f"NotoSans{one}-Regular.ttf" for one in scripts), LAST):
        if name in files:
            yield files[name]


def script(letter: str) -> str:
    """The script of a letter as fonts are named after it, such as OlChiki; empty if unknown."""
    found = _SCRIPT.match(unicodedata.name(letter, ""))
    return found[1].title().replace(" ", "") if found else ""


@lru_cache(maxsize=4)
def _files(folder: str) -> dict[str, Path]:
    return {path.name: path for path in sorted(Path(folder).rglob("*.ttf"))}


@lru_cache(maxsize=64)
def letters(path: Path) -> frozenset[str]:
    """The letters that a font has. Raises PdfMissingError without the library."""
    try:
        from fontTools.ttLib import TTFont  # noqa: PLC0415 (optional)
    except ImportError:
        raise PdfMissingError from None
    with TTFont(path, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))
