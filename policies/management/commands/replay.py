"""`manage.py replay DECISION`: make a recorded decision again from its stored facts (P3).

The id of an audience's permit is that of a part of the audience: of thousands of people. All of it
is made again then, or with `--person` the decision about one of them.
"""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from policies.audiences.spans import Span, UndecidedError
from policies.rehearsal import services
from policies.rehearsal.parts import Part
from policies.rehearsal.replaying import Finding, Replay
from policies.rehearsal.selectors import Replayed
from policies.rehearsal.trail import Look, Said, trail
from policies.texts import reason_text

SENTENCES = {
    Finding.SAME: "The same answer, byte for byte.",
    Finding.DIFFERENT: "Another answer: the facts, the rules or the record were changed.",
    Finding.OTHER_RULES: "Made under another version of the rules; so differ, as far as they do:",
    Finding.POLICY_GONE: "The policy version it names is not here; the law alone says:",
    Finding.GONE: "The record has reached the end of its life; nothing is left to replay.",
    Finding.UNREADABLE: "The record is not a decision that this version can read.",
}
FAILED = frozenset((Finding.DIFFERENT, Finding.UNREADABLE))


class Command(BaseCommand):
    help = "Make a recorded decision again from what was stored with it, and compare."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("decision", type=UUID, help="the id of the decision")
        parser.add_argument(
            "--person", type=UUID, help="of an audience's permit: the id of the person"
        )
        parser.add_argument("--steps", action="store_true", help="show every rule that was asked")

    def handle(self, *args: Any, **options: Any) -> None:
        person = options["person"]
        found = services.look(decision_id=options["decision"], person_id=person)
        if found is None:
            about = " about that person" if person else ""
            raise CommandError(f"No log here holds a decision of that id{about}.")
        if isinstance(found, Part):
            self._tell_part(found)
            finding = found.finding
        else:
            self._tell(found, steps=options["steps"])
            finding = found.replay.finding
        if finding in FAILED:
            raise CommandError("The decision could not be proven.", returncode=2)

    def _tell_part(self, found: Part) -> None:
        self.stdout.write(f"{found.at:%Y-%m-%d %H:%M:%S} UTC, purpose {found.purpose or '-'}")
        self.stdout.write(f"a part of an audience: permits for {found.people} people")
        self.stdout.write(f"groups of like facts: {found.groups}; not as recorded: {found.others}")
        self.stdout.write(SENTENCES[found.finding])
        self.stdout.write("Name one of the people with --person to see the decision about them.")

    def _tell(self, found: Replayed, *, steps: bool) -> None:
        made = found.replay
        self.stdout.write(f"{found.at:%Y-%m-%d %H:%M:%S} UTC, purpose {found.purpose or '-'}")
        if made.recorded is not None:
            was = made.recorded.decision
            self.stdout.write(f"recorded: {_answer(was.permit)} {was.rule} {was.reason_code}")
            self.stdout.write(f"  {reason_text(was.reason_code)}")
            self.stdout.write(f"  under {was.policy_version}")
        if found.alike:
            self.stdout.write(f"  together with {found.alike} others of the same facts, by bounds")
        if steps:
            self._steps(made)
        if made.computed is not None:
            now = made.computed
            self.stdout.write(f"computed: {_answer(now.permit)} {now.rule} {now.reason_code}")
        self.stdout.write(SENTENCES[made.finding])
        for each in made.differences:
            self.stdout.write(f"  {each.name}: {each.recorded or '-'} -> {each.computed or '-'}")

    def _steps(self, made: Replay) -> None:
        facts = made.recorded.facts if made.recorded else None
        try:
            looks = trail(facts) if facts is not None else ()
        except UndecidedError:  # bounds of an audience, which the rules in place leave open
            looks = ()
        for look in looks:
            self.stdout.write(_step(look))


def _step(look: Look) -> str:
    saw = ", ".join(f"{path}={_value(value)}" for path, value in look.saw)
    mark = {Said.DENIED: "DENIES", Said.PASSED: "passes", Said.NOT_ASKED: "not asked"}[look.said]
    return f"  {look.rule.number} {look.pack or 'all'}: {mark}  {saw}".rstrip()


def _value(value: Any) -> str:
    return f"{value.low}..{value.high}" if isinstance(value, Span) else str(value)


def _answer(permit: bool) -> str:
    return "permit" if permit else "deny"
