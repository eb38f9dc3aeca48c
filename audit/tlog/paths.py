"""Addresses of tiles and entry bundles, as C2SP tlog-tiles writes them. Pure text."""

import re
from dataclasses import dataclass

from audit.tlog.merkle import WIDTH

MOST_LEVEL = 63
_PLACE = re.compile(
    r"(?P<level>entries|[0-9]{1,2})/(?P<number>(?:x[0-9]{3}/){0,6}[0-9]{3})"
    r"(?:\.p/(?P<width>[0-9]{1,3}))?"
)


class PathError(ValueError):
    """The text is no address of a tile."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which tile, and how much of it; the level is None for a bundle of entries."""

    level: int | None
    number: int
    width: int = WIDTH

    def __str__(self) -> str:
        """The address below `tile/`: `0/x001/x234/067`, `entries/000.p/7`."""
        groups = [f"{self.number % 1000:03d}"]
        rest = self.number // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        level = "entries" if self.level is None else str(self.level)
        part = f".p/{self.width}" if self.width < WIDTH else ""
        return f"{level}/{'/'.join(groups)}{part}"

    @classmethod
    def parse(cls, text: str) -> "Place":
        """The place of an address: each has one spelling. Raises PathError."""
        found = _PLACE.fullmatch(text)
        if found is None:
            raise PathError("not the address of a tile")
        level = None if found["level"] == "entries" else int(found["level"])
        number = int(found["number"].replace("x", "").replace("/", ""))
        place = cls(level, number, int(found["width"] or WIDTH))
        if str(place) != text or place.width == 0 or (level or 0) > MOST_LEVEL:
            raise PathError("not the address of a tile")
        return place
