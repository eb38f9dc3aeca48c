"""What a batch looks up of persons' wishes, for items whose guardrails ask for it."""

from typing import Final

from msgspec.structs import replace

from policies.pdp.channel import Parameters, Rows, Statement
from policies.pdp.model import Facts
from policies.pdp.policy import Needs
from policies.pdp.shapes import Shapes


def _volunteered(sources: list[str], _: bool) -> str:
    return f"""
SELECT v.subject_id, v.purpose, array_agg(v.attribute::text ORDER BY v.attribute)
FROM {sources[0]} AS w(subject_id, purpose)
JOIN policies_volunteered v ON v.subject_id = w.subject_id AND v.purpose = w.purpose
GROUP BY v.subject_id, v.purpose
"""  # noqa: S608 (constants)


def _switches(sources: list[str], _: bool) -> str:
    return f"""
SELECT s.subject_id, s.since_at FROM {sources[0]} AS w(subject_id)
JOIN policies_switchedoff s ON s.subject_id = w.subject_id
"""  # noqa: S608 (constants)


VOLUNTEERED: Final = Shapes("volunteered", _volunteered, ("uuid", "text"))
SWITCHES: Final = Shapes("switches", _switches, ("uuid",))
NEVER: Final = 0


class Wishes:
    """The wishes that the items of one batch ask for."""

    def __init__(self) -> None:
        self._volunteered: dict[tuple[bytes, str], tuple[str, ...]] = {}
        self._switches: dict[bytes, int] = {}

    def want(self, subject: bytes, purpose: str, needs: Needs) -> None:
        """Note what an item needs."""
        if needs.is_volunteered:
            self._volunteered[subject, purpose] = ()
        if needs.is_switched:
            self._switches[subject] = NEVER

    def reading(self) -> list[tuple[Statement, Parameters]]:
        """The commands that find what is wanted."""
        commands = []
        if self._volunteered:
            rows = [(subject, purpose.encode()) for subject, purpose in self._volunteered]
            commands.append(VOLUNTEERED.command(rows))
        if self._switches:
            commands.append(SWITCHES.command([(subject,) for subject in self._switches]))
        return commands

    def take(self, results: list[Rows]) -> list[Rows]:
        """Take in the rows of each command of `reading`, the first ones; returns the others."""
        if self._volunteered:
            found, *results = results
            self._volunteered.update({(who, what): tuple(names) for who, what, names in found})
        if self._switches:
            found, *results = results
            self._switches.update(dict(found))
        return results

    def facts(self, facts: Facts, subject: bytes) -> Facts:
        """The facts with what was found; what was not asked for stays unknown."""
        if not self._volunteered and not self._switches:
            return facts
        return replace(
            facts, personalisation_off_at=self._switches.get(subject),
            volunteered=self._volunteered.get((subject, facts.question.purpose), ()),
        )  # fmt: skip
