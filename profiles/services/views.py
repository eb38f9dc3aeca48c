"""The verbs on the matrix of views: draft, change, preview, approve, give up, go back (PRO-01)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from profiles import selectors_views as selectors
from profiles.errors_views import (
    RulesUnfitError,
    RuleUnknownError,
    ViewDraftExistsError,
    ViewNotADraftError,
    ViewNotPreviewedError,
    ViewSecondPersonError,
    ViewsNothingToRollBackError,
)
from profiles.matrix import Place, Rules
from profiles.models import ReaderRole, Relation, Sensitivity, Treatment, ViewRule, ViewVersion
from profiles.words import refusal

LOCK: Final = 730_641


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRule:
    """A rule as it is written: its treatment empty takes the rule of that place away."""

    role: str
    purpose: str
    category: str
    treatment: str
    attribute: str = ""
    sensitivity: str = Sensitivity.ORDINARY
    relation: str = Relation.SELF

    @property
    def place(self) -> Place:
        return Place(
            self.role, self.purpose, self.category, self.attribute, str(self.sensitivity),
            str(self.relation),
        )  # fmt: skip


@transaction.atomic
def draft_view(*, by: Actor, controller_id: UUID, note: str) -> ViewVersion:
    """Draft the next version of the matrix, starting from the rules in force.

    It shows nobody anything until a second person approves it. Raises ViewDraftExistsError.
    """
    _one_at_a_time(controller_id)
    if selectors.draft(controller_id):
        raise ViewDraftExistsError
    base = selectors.in_force(controller_id)
    draft = _new(
        controller_id, note=note, drafted_by=by.id, authors=[by.id], changed_at=timezone.now()
    )
    if base is not None:
        _copy_rules(base, draft)
    _record(by, draft, "view:drafted", {"base": base.number if base else 0})
    return draft


@transaction.atomic
def put_rules(*, by: Actor, version: ViewVersion, rules: Iterable[NewRule]) -> ViewVersion:
    """Write rules into a draft, each in place of the one of its place; an empty one removes it.

    All or none. What was previewed was not this. Raises ViewNotADraftError, RulesUnfitError with
    every reason, ValidationError for a treatment, sensitivity or relation that does not exist.
    """
    locked = _locked_draft(version)
    wanted = {rule.place: str(rule.treatment) for rule in rules}
    _check_terms(wanted)
    old = selectors.rules_of(locked)
    changed = {place: one for place, one in wanted.items() if old.get(place, "") != one}
    put = {place: one for place, one in changed.items() if one}
    if found := selectors.faults_among(locked.controller_id, put):
        raise RulesUnfitError(refusal(found))
    if changed:
        _store(locked, changed)
        _note_change(by, locked, "view:rules_put", len(changed))
    return locked


@transaction.atomic
def remove_rule(*, by: Actor, version: ViewVersion, rule_id: UUID) -> ViewVersion:
    """Take a rule out of a draft: its place is hidden, or treated as its category.

    Raises ViewNotADraftError, RuleUnknownError.
    """
    locked = _locked_draft(version)
    gone, _each = ViewRule.objects.filter(version=locked, pk=rule_id).delete()
    if not gone:
        raise RuleUnknownError
    _note_change(by, locked, "view:rule_removed", 1)
    return locked


@transaction.atomic
def note_previewed(*, by: Actor, version: ViewVersion) -> ViewVersion:
    """Note that somebody looked at what the draft would show. Raises ViewNotADraftError.

    The preview of a version that is no draft is not noted; nobody approves it any more.
    """
    locked = _locked_draft(version)
    locked.previewed_at, locked.previewed_by = timezone.now(), by.id
    locked.save(update_fields=["previewed_at", "previewed_by"])
    _record(by, locked, "view:previewed", {})
    return locked


@transaction.atomic
def approve_view(*, by: Actor, version: ViewVersion) -> ViewVersion:
    """Put a previewed draft in force, in place of the version before, from now on.

    Raises ViewNotADraftError, ViewNotPreviewedError, ViewSecondPersonError (whoever drafted it or
    changed a rule), RulesUnfitError where what a rule names has gone since.
    """
    _one_at_a_time(version.controller_id)
    locked = _locked_draft(version)
    if by.id in {locked.drafted_by, *locked.authors}:
        raise ViewSecondPersonError
    if locked.previewed_at is None or locked.changed_at != version.changed_at:
        raise ViewNotPreviewedError
    if found := selectors.faults_among(locked.controller_id, selectors.rules_of(locked)):
        raise RulesUnfitError(refusal(found))
    _end(by, selectors.in_force(locked.controller_id))
    locked.approved_at, locked.approved_by = timezone.now(), by.id
    locked.save(update_fields=["approved_at", "approved_by"])
    _record(by, locked, "view:approved", {})
    return locked


@transaction.atomic
def discard_view(*, by: Actor, version: ViewVersion) -> ViewVersion:
    """Give a draft up; its number is not used again. Raises ViewNotADraftError."""
    locked = _locked_draft(version)
    _end(by, locked)
    _record(by, locked, "view:discarded", {})
    return locked


@transaction.atomic
def roll_back_view(*, by: Actor, controller_id: UUID, number: int) -> ViewVersion | None:
    """Put the rules of an earlier approved version in force at once; 0: nobody sees anything.

    One person may: two have agreed on those rules before. A new version holds them, under the
    names of those two. What a rule names and is gone since shows nothing. Raises
    ViewsNothingToRollBackError.
    """
    _one_at_a_time(controller_id)
    current = selectors.in_force(controller_id)
    goal = selectors.version(controller_id, number)
    if number == 0 and current is not None:
        _end(by, current)
        _record(by, current, "view:rolled_back", {"to": 0})
        return None
    if goal is None or goal == current or goal.approved_at is None:
        raise ViewsNothingToRollBackError
    _end(by, current)
    restored = _restored(by, goal)
    _record(by, restored, "view:rolled_back", {"to": number})
    return restored


def _restored(by: Actor, goal: ViewVersion) -> ViewVersion:
    now = timezone.now()
    restored = _new(
        goal.controller_id, note=goal.note, drafted_by=goal.drafted_by, authors=goal.authors,
        changed_at=now, restores=goal, restored_by=by.id,
    )  # fmt: skip
    _copy_rules(goal, restored)
    restored.previewed_at, restored.previewed_by = now, goal.previewed_by
    restored.approved_at, restored.approved_by = now, goal.approved_by
    restored.save()
    return restored


def _new(controller_id: UUID, **parts: Any) -> ViewVersion:
    newest = selectors.versions([controller_id]).first()
    made = ViewVersion(
        controller_id=controller_id, number=newest.number + 1 if newest else 1, **parts
    )
    made.full_clean(exclude=["controller", "restores"])
    made.save(force_insert=True)
    return made


def _copy_rules(old: ViewVersion, new: ViewVersion) -> None:
    copies = [
        ViewRule(
            controller_id=new.controller_id, version=new, role_id=one.role_id,
            purpose=one.purpose, category=one.category, attribute=one.attribute,
            sensitivity=one.sensitivity, relation=one.relation, treatment=one.treatment,
        )
        for one in ViewRule.objects.filter(version=old)
    ]  # fmt: skip
    ViewRule.objects.bulk_create(copies)


def _check_terms(rules: Rules) -> None:
    """Refuse what is no term of the matrix at all; what a controller lacks is found otherwise."""
    for place, treatment in rules.items():
        is_known = (
            place.sensitivity in Sensitivity.values
            and place.relation in Relation.values
            and treatment in {"", *Treatment.values}
        )
        if not is_known:
            raise RulesUnfitError


def _store(draft: ViewVersion, changed: Mapping[Place, str]) -> None:
    roles = dict(
        ReaderRole.objects.filter(controller_id=draft.controller_id).values_list("code", "id")
    )
    rows = ViewRule.objects.filter(version=draft).select_related("role")
    old = [row.pk for row in rows if place_of(row) in changed]
    ViewRule.objects.filter(pk__in=old).delete()
    ViewRule.objects.bulk_create(
        ViewRule(
            controller_id=draft.controller_id, version=draft, role_id=roles[place.role],
            purpose=place.purpose, category=place.category, attribute=place.attribute,
            sensitivity=place.sensitivity, relation=place.relation, treatment=treatment,
        )
        for place, treatment in changed.items()
        if treatment
    )  # fmt: skip


def place_of(rule: ViewRule) -> Place:
    """Where a rule stands."""
    return Place(
        rule.role.code, rule.purpose, rule.category, rule.attribute, rule.sensitivity,
        rule.relation,
    )  # fmt: skip


def _note_change(by: Actor, draft: ViewVersion, event: str, count: int) -> None:
    """Whoever changes a draft is one of its authors, and it has to be previewed again."""
    draft.authors = sorted({*draft.authors, by.id})
    draft.changed_at = timezone.now()
    draft.previewed_at, draft.previewed_by = None, ""
    draft.save(update_fields=["authors", "changed_at", "previewed_at", "previewed_by"])
    _record(by, draft, event, {"rules": count})


def _end(by: Actor, version: ViewVersion | None) -> None:
    if version is not None:
        version.ended_at, version.ended_by = timezone.now(), by.id
        version.save(update_fields=["ended_at", "ended_by"])


def _one_at_a_time(controller_id: UUID) -> None:
    """Let nobody else draft, approve or go back at this controller until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, str(controller_id)])


def _locked_draft(version: ViewVersion) -> ViewVersion:
    locked = ViewVersion.objects.select_for_update().get(pk=version.pk)
    if selectors.standing(locked) is not selectors.ViewStanding.DRAFT:
        raise ViewNotADraftError
    return locked


def _record(by: Actor, version: ViewVersion, event: str, data: Mapping[str, Any]) -> None:
    audit.record(
        event=event, by=by, controller_id=version.controller_id,
        target=Target("view", str(version.id)), data={"number": version.number, **data},
    )  # fmt: skip
