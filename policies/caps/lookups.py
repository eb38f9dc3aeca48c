"""What a batch looks up beyond the usual facts, for items whose guardrails ask for it.

One exchange for the whole batch, and none where nobody asks.
"""

import msgspec
from msgspec.structs import replace

from policies.caps.counters import Counted, Counters
from policies.pdp.channel import Parameters, Rows, Statement
from policies.pdp.model import Facts, Question
from policies.pdp.policy import Needs
from policies.pdp.shapes import Shapes
from policies.wishes.lookups import Wishes


def _triggers(sources: list[str], _: bool) -> str:
    return f"""
SELECT t.subject_id, t.code, t.last_at FROM {sources[0]} AS w(subject_id, code)
JOIN subjects_trigger t ON t.subject_id = w.subject_id AND t.code = w.code
"""  # noqa: S608 (constants)


TRIGGERS = Shapes("triggers", _triggers, ("uuid", "text"))


class Wanted(msgspec.Struct, gc=False, frozen=True):
    """What one item about one person looks at."""

    subject: bytes
    counted: tuple[Counted, ...]
    triggers: tuple[str, ...]
    offsets: tuple[int, ...]


class Lookups:
    """The look-ups of one batch: first all that is wanted, then one reading, then facts."""

    def __init__(self, *, locks: bool) -> None:
        self._locks = locks
        self._counters = Counters()
        self._wishes = Wishes()
        self._triggers: dict[tuple[bytes, str], int] = {}

    def want(
        self, controller: bytes, subject: bytes, question: Question, needs: Needs,
        offsets: tuple[int, ...],
    ) -> Wanted:  # fmt: skip
        """Note what an item needs; `offsets` as the person's clock tells them."""
        self._wishes.want(subject, question.purpose, needs)
        counted = self._counters.want(controller, subject, needs.caps, question)
        self._triggers.update(dict.fromkeys(((subject, code) for code in needs.triggers), 0))
        return Wanted(subject, counted, needs.triggers, offsets if needs.is_timed else ())

    def reading(self) -> list[tuple[Statement, Parameters]]:
        """The commands that find what is wanted."""
        commands = [*self._wishes.reading(), *self._counters.reading(locks=self._locks)]
        if self._triggers:
            rows = [(subject, code.encode()) for subject, code in self._triggers]
            commands.append(TRIGGERS.command(rows))
        return commands

    def take(self, results: list[Rows]) -> None:
        """Take in the rows of each command of `reading`."""
        results = self._wishes.take(results)
        if self._triggers:
            *results, found = results
            self._triggers.update({(subject, code): at for subject, code, at in found})
        if results:
            self._counters.take(results[-1])

    def facts(self, facts: Facts, wanted: Wanted, own: Facts | None = None) -> Facts:
        """The facts with what was found, as it stands after the items before.

        `own` are the facts of a permit the item has already: that one does not stand in its way.
        """
        counts = self._counters.counts(wanted.counted, facts.now)
        if own is not None:
            counts |= self._counters.counts(
                [one for one in wanted.counted if one.cap.code in own.counts], facts.now,
                but=own.now,
            )  # fmt: skip
        triggers = {code: self._triggers[wanted.subject, code] for code in wanted.triggers}
        whole = self._wishes.facts(facts, wanted.subject)
        return replace(whole, counts=counts, triggers=triggers, offsets=wanted.offsets)

    def count(self, wanted: Wanted, now: int) -> None:
        """Count a permit, where it is to be stored."""
        self._counters.count(wanted.counted, now)

    def writing(self) -> list[tuple[Statement, Parameters]]:
        """The commands that store what was counted."""
        return self._counters.writing()
