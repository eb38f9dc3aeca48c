"""What was measured, as tables for people and as data for machines. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from benchmarks.cores import CORES
from benchmarks.kill import Outcome
from benchmarks.load import Result
from benchmarks.rounds import (
    BATCH_100,
    BATCH_10000,
    MOVED,
    PEER_BATCHES,
    PEER_SINGLES,
    PLAIN,
    SINGLES,
    Round,
    Taken,
)

OURS_32, PEER_32 = SINGLES[1].name, PEER_SINGLES[1].name
WIDE = 0.25  # a measure whose rounds lie further apart is marked
HEAD = (
    f"{'measure':<26}{'decisions/s':>12}{'spread':>9}{'p50 ms':>9}{'p99 ms':>9}{'longest':>9}"
    f"{'cpu server':>12}{'db':>6}{'load':>6}{'per cpu s':>11}{'WAL B each':>12}{'per batch':>11}"
)


@dataclass
class Report:
    """Everything one run found. `absent` says why the peer was not run, if it was not."""

    subjects: int
    durability: dict[str, str]
    absent: str
    rounds: list[Round] = field(default_factory=list)
    open_loop: list[tuple[float, float, Result]] = field(default_factory=list)
    kills: list[Outcome] = field(default_factory=list)
    table_bytes: float = 0.0
    memory_before: float = 0.0
    memory_after: float = 0.0
    statements_per_batch: float = 0.0

    def all(self, name: str) -> list[Taken]:
        return [each.taken[name] for each in self.rounds if name in each.taken]

    def as_dict(self) -> dict[str, Any]:
        goals = [asdict(goal) for goal in goals_of(self)]
        return {**asdict(self), "cores": asdict(CORES), "must_reach": goals}


@dataclass(frozen=True)
class Goal:
    """One line of what must be reached. `is_reached` is None where it could not be judged."""

    what: str
    found: str
    is_reached: bool | None


@dataclass(frozen=True)
class Ratio:
    """One figure over another, round by round."""

    each: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.each)

    def __str__(self) -> str:
        return f"{self.median:.2f} ({min(self.each):.2f} to {max(self.each):.2f} by round)"


def ratio(report: Report, over: Callable[[Round], float], under: Callable[[Round], float]) -> Ratio:
    return Ratio(tuple(over(each) / under(each) for each in report.rounds))


def best_peer(one: Round) -> float:
    """The highest rate the peer reached in a round, at whatever number of connections."""
    return max(one.taken[each.name].rate for each in PEER_SINGLES)


def best_peer_batch(one: Round) -> float:
    return max(one.taken[each.name].rate for each in PEER_BATCHES)


def peer_per_cpu(one: Round) -> float:
    return max(one.taken[each.name].per_cpu_second for each in PEER_SINGLES)


def goals_of(report: Report) -> list[Goal]:
    return [
        like_peer(report), against_peer(report), against_plain(report), big_batch(report),
        *faults(report.kills),
    ]  # fmt: skip


def like_peer(report: Report) -> Goal:
    """What denies everybody is fast and worth nothing: both say yes to the same people."""
    what = "as many are permitted as Cerbos permits of the same people, within 2%"
    if report.absent:
        return Goal(what, report.absent, None)
    ours, theirs = shares(report)
    return Goal(what, f"{ours:.1%} and {theirs:.1%}", abs(ours - theirs) <= 0.02)


def shares(report: Report) -> tuple[float, float]:
    ours, theirs = (
        median(each.permits for each in report.all(one)) for one in (OURS_32, PEER_32)
    )  # fmt: skip
    return ours, theirs


def against_peer(report: Report) -> Goal:
    what = "32 connections: at least 2 times Cerbos's best"
    if report.absent:
        return Goal(what, report.absent, None)
    found = ratio(report, lambda one: one.taken[SINGLES[1].name].rate, best_peer)
    return Goal(what, str(found), found.median >= 2)


def against_plain(report: Report) -> Goal:
    found = ratio(
        report, lambda one: one.taken[SINGLES[0].name].p50, lambda one: one.taken[PLAIN.name].p50
    )
    what = "1 connection: p50 at most 3 times a plain insert + commit"
    return Goal(what, str(found), found.median <= 3)


def big_batch(report: Report) -> Goal:
    taken = report.all(BATCH_10000.name)
    p50, longest = median(each.p50 for each in taken), max(each.longest for each in taken)
    found = f"p50 {p50:.0f} ms, longest of all {longest:.0f} ms"
    return Goal("a batch of 10,000 under 600 ms", found, p50 < 600)


def faults(kills: list[Outcome]) -> list[Goal]:
    if not kills:
        return []
    wrong = sum(one.missing + one.different for one in kills)
    answers = sum(one.answers for one in kills)
    bounded = [one for one in kills if one.bound_seconds]
    longest = max(one.longest_seconds for one in bounded)
    return [
        Goal(
            "kill -9 under load: no answer without its record",
            f"{wrong} of {answers} answers in {len(kills)} faults", wrong == 0 < answers,
        ),
        Goal(
            "dead database: nobody waits longer than the bound",
            f"longest {longest:.2f} s, bound {bounded[0].bound_seconds:.1f} s",
            all(one.is_right for one in bounded),
        ),
    ]  # fmt: skip


def lines(report: Report) -> Iterable[str]:
    yield from setting(report)
    yield HEAD
    for name in report.rounds[0].taken:
        yield line(name, report.all(name))
    yield from beside(report)
    yield from in_open_loop(report)
    yield ""
    for goal in goals_of(report):
        verdict = {True: "reached", False: "NOT REACHED", None: "not judged"}[goal.is_reached]
        yield f"{verdict:<12}{goal.what}: {goal.found}"


def setting(report: Report) -> Iterable[str]:
    yield ""
    yield (
        f"{report.subjects} subjects; server and Cerbos on core {CORES.server}, PostgreSQL and load"
        f" on core {CORES.load}; medians of {len(report.rounds)} rounds"
    )
    yield ", ".join(f"{name} {value}" for name, value in report.durability.items())
    if report.absent:
        yield f"Cerbos {report.absent}"
    restless = [n for n, one in enumerate(report.rounds, 1) if one.moved > MOVED]
    if restless:
        yield f"The machine moved by more than {MOVED:.0%} during rounds {restless}: trust ratios."
    yield ""


def line(name: str, taken: list[Taken]) -> str:
    rates = [each.rate for each in taken]
    spread = (max(rates) - min(rates)) / median(rates)

    def middle(part: str) -> float:
        return median(getattr(each, part) for each in taken)

    words = f"{name:<26}{median(rates):>12,.0f}{spread:>8.0%}{'!' if spread > WIDE else ' '}"
    words += f"{middle('p50'):>9.2f}{middle('p99'):>9.2f}{middle('longest'):>9.1f}"
    if name == PLAIN.name:
        return words
    words += (
        f"{middle('server_cpu'):>12.2f}{middle('database_cpu'):>6.2f}{middle('load_cpu'):>6.2f}"
    )
    if middle("wal_bytes"):
        words += f"{middle('wal_bytes'):>12,.0f}{middle('items_per_batch'):>11.1f}"
    return words


def round_line(number: int, one: Round) -> str:
    rates = ", ".join(
        f"{name} {each.p50:.2f} ms" if name == PLAIN.name else f"{name} {each.rate:,.0f}/s"
        for name, each in one.taken.items()
    )
    note = f"  (machine moved {one.moved:.0%})" if one.moved > MOVED else ""
    return f"round {number}: {rates}{note}"


def beside(report: Report) -> Iterable[str]:
    yield ""
    yield (
        f"each decision keeps {report.table_bytes:,.0f} bytes of tables and indexes; "
        f"{report.statements_per_batch:.1f} statements a batch; server resident "
        f"{report.memory_before:.0f} MB at start, {report.memory_after:.0f} MB at the end"
    )
    if report.absent:
        return
    found = ratio(report, lambda one: one.taken[BATCH_100.name].rate, best_peer_batch)
    yield f"batches of 100 over Cerbos's best batch (it reads no state): {found}"
    found = ratio(report, lambda one: one.taken[SINGLES[1].name].per_cpu_second, peer_per_cpu)
    yield f"32 connections over Cerbos's best, for each second of the server's processor: {found}"


def in_open_loop(report: Report) -> Iterable[str]:
    if report.open_loop:
        yield ""
        yield "open loop, singles over 128 connections, timed from the intended moment:"
    for part, rate, result in report.open_loop:
        yield (
            f"  {part:.0%} of the highest rate, {rate:,.0f}/s asked, {result.rate:,.0f}/s answered:"
            f" p50 {result.p50:.2f}, p90 {result.p90:.2f}, p99 {result.p99:.2f}, "
            f"p99.9 {result.p999:.2f}, longest {result.longest:.1f} ms"
        )
