"""Clocks of the law: months as the law counts them, pauses, and one extension. Pure (ERA-15).

GDPR Art 12(3)-(4), 12(6) and Regulation 1182/71 Art 3: a month ends with the last hour of the same
day-number of the later month, or of its last day; a Saturday, Sunday or holiday moves it to the
next working day. India sets no number (DPDP s.11-12), so the company's own days count there.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from erasure.errors import ClockPauseError, ExtensionTooLateError

EU, IN = "EU", "IN"
MONTHS: Final = 1
EXTENDED_MONTHS: Final = 3
"""One month, and two more where the person was told why within the first (GDPR 12(3))."""
OWN_DAYS: Final = 30
"""The company's own target where the law sets no number (DPDP s.11-12)."""
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stood still, on a doubt about who asks; `ended_at` empty: it still does."""

    began_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What a deadline is computed from. `packs`: which laws apply; none known counts as all."""

    received_at: datetime
    packs: tuple[str, ...]
    zone: str = "UTC"
    own_days: int = OWN_DAYS
    holidays: frozenset[date] = frozenset()
    pauses: tuple[Pause, ...] = ()
    is_extended: bool = False

    def due_at(self, now: datetime) -> datetime:
        """The last second of the last day; while it is paused, as if the pause ended `now`.

        Where two laws apply, the earlier. Raises ClockPauseError.
        """
        return self._later(self._ends_on(extended=self.is_extended), now)

    def first_month_ends_at(self, now: datetime) -> datetime:
        """Until when the person must be told of an extension or a refusal (GDPR 12(3)-(4))."""
        return self._later(self._ends_on(extended=False), now)

    def extended(self, now: datetime) -> "Clock":
        """The clock with its one extension. Raises ExtensionTooLateError."""
        if self.is_extended or EU not in self.packs or now > self.first_month_ends_at(now):
            raise ExtensionTooLateError
        return Clock(
            received_at=self.received_at, packs=self.packs, zone=self.zone,
            own_days=self.own_days, holidays=self.holidays, pauses=self.pauses, is_extended=True,
        )  # fmt: skip

    def is_paused(self) -> bool:
        return any(one.ended_at is None for one in self.pauses)

    def _ends_on(self, *, extended: bool) -> date:
        """An extension needs reasons the GDPR names, so it prolongs India's own days alike."""
        day = self.received_at.astimezone(ZoneInfo(self.zone)).date()
        ends = []
        if EU in self.packs or not self.packs:
            months = EXTENDED_MONTHS if extended else MONTHS
            ends.append(working_day(months_after(day, months), self.holidays))
        if (IN in self.packs or not self.packs) and not (extended and EU in self.packs):
            ends.append(day + timedelta(days=self.own_days))
        return min(ends or [day + timedelta(days=self.own_days)])

    def _later(self, day: date, now: datetime) -> datetime:
        ends = datetime.combine(day, time(23, 59, 59), tzinfo=ZoneInfo(self.zone)).astimezone(UTC)
        return ends + stood_still(self.pauses, self.received_at, now)


def months_after(day: date, months: int) -> date:
    """The same day-number so many months on, or that month's last day: 31 January, 28 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def years_after(day: date, years: int) -> date:
    """The same day so many years on; 29 February ends on the 28th of a common year."""
    return months_after(day, 12 * years)


def working_day(day: date, holidays: Collection[date] = ()) -> date:
    """That day, or the next that is no Saturday, Sunday or holiday."""
    while day.weekday() >= _SATURDAY or day in holidays:
        day += timedelta(days=1)
    return day


def stood_still(pauses: Iterable[Pause], received_at: datetime, now: datetime) -> timedelta:
    """How long a clock stood still; pauses that overlap count once. Raises ClockPauseError."""
    total, reached = timedelta(0), received_at
    for begins, ends in sorted((one.began_at, one.ended_at or now) for one in pauses):
        if begins < received_at or ends < begins:
            raise ClockPauseError
        total += max(ends - max(begins, reached), timedelta(0))
        reached = max(reached, ends)
    return total
