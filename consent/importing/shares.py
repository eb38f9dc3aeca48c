"""Which rows of a file one of several processes takes: all rows of a person are one's. Pure."""

from collections.abc import Iterable
from typing import NamedTuple
from zlib import crc32


class Share(NamedTuple):
    """The share `number`, counted from 0, of a file that is divided `of` times."""

    number: int = 0
    of: int = 1

    @property
    def is_whole(self) -> bool:
        return self.of == 1

    def has(self, texts: Iterable[str]) -> bool:
        """Whether a row is of this share: by the first of the texts that says something."""
        if self.of == 1:
            return True
        said = next(filter(None, map(str.strip, texts)), "")
        return crc32(said.casefold().encode(errors="replace")) % self.of == self.number

    def has_line(self, number: int) -> bool:
        """Whether a row that names nobody, told by its line, is of this share."""
        return number % self.of == self.number

    def __str__(self) -> str:
        return f"{self.number + 1}/{self.of}"


WHOLE = Share()
