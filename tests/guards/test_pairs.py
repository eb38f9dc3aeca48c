"""When and by whom come together: a pair of columns is filled or empty as one."""

from django.db.models import CheckConstraint, Q
from django.db.models.expressions import BaseExpression

from tests.guards.tree import our_models, report


def pairs(model):
    """(`approved_at`, `approved_by`) wherever both exist and the moment may be empty."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    for name, field in fields.items():
        partner = f"{name.removesuffix('_at')}_by"
        if name.endswith("_at") and field.null and partner in fields:
            yield name, partner


def mentioned(condition):
    """Every column that a condition looks at."""
    if isinstance(condition, Q):
        return set().union(*(mentioned(child) for child in condition.children))
    if isinstance(condition, tuple):
        return {condition[0].split("__")[0]} | mentioned(condition[1])
    if isinstance(condition, BaseExpression):
        return set().union(*(mentioned(each) for each in condition.get_source_expressions()))
    return {condition.name} if hasattr(condition, "name") else set()


def test_moments_and_their_actors_are_constrained_together():
    loose = []
    for model in our_models():
        conditions = [
            c.condition for c in model._meta.constraints if isinstance(c, CheckConstraint)
        ]
        loose += [
            f"{model._meta.label}: {at}, {by}"
            for at, by in pairs(model)
            if not any({at, by} <= mentioned(condition) for condition in conditions)
        ]

    assert not loose, report(loose, "Add a CheckConstraint: both, or neither.")


def test_the_guard_reads_conditions():
    condition = Q(a_at=None, a_by="") | ~Q(a_at=None) & ~Q(a_by="")

    assert mentioned(condition) == {"a_at", "a_by"}
