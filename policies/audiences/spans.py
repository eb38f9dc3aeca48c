"""A time known only to lie between two bounds, so that one decision can stand for many people.

A rule compares it as it compares any number. Where the bounds leave the answer open, or where a
rule does anything but compare, UndecidedError says so, and those people are decided one by one. So
no rule has to know about sets, and none that was forgotten here can be wrong. Pure.
"""

from typing import Any


class UndecidedError(BaseException):
    """The rule's answer is not the same for everybody who is meant.

    Not an Exception: what catches those to deny must not take this for a denial.
    """


class Span:
    """Some number from `low` to `high`, both included; each person has their own."""

    __slots__ = ("high", "low")

    def __init__(self, low: int, high: int) -> None:
        self.low = low
        self.high = high

    def __lt__(self, other: object) -> bool:
        low, high = _bounds(other)
        return _settled(self.high < low, self.low >= high)

    def __gt__(self, other: object) -> bool:
        low, high = _bounds(other)
        return _settled(self.low > high, self.high <= low)

    def __le__(self, other: object) -> bool:
        return not self > other

    def __ge__(self, other: object) -> bool:
        return not self < other

    def __eq__(self, other: object) -> bool:
        if other is self or other is None:
            return other is self
        low, high = _bounds(other)
        return _settled(self.low == self.high == low == high, self.high < low or self.low > high)

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        return self != 0

    def __getattr__(self, _name: str) -> Any:
        raise UndecidedError

    def __int__(self) -> int:
        raise UndecidedError

    __index__ = __int__

    def __add__(self, _other: object) -> Any:
        raise UndecidedError

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __floordiv__ = __mod__ = __add__
    __rfloordiv__ = __rmod__ = __truediv__ = __rtruediv__ = __divmod__ = __add__

    def __str__(self) -> str:
        raise UndecidedError

    __repr__ = __str__


def span(low: int, high: int) -> Any:
    """The number itself where there is only one, else a Span."""
    return low if low == high else Span(low, high)


def _bounds(other: object) -> tuple[int, int]:
    if isinstance(other, Span):
        return other.low, other.high
    if isinstance(other, int):
        return other, other
    raise UndecidedError


def _settled(yes: bool, no: bool) -> bool:
    if yes == no:
        raise UndecidedError
    return yes
