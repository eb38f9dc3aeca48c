import pytest
from django.db import models

from tests.guards.tree import our_models, report

NO_CONTROLLER = {
    # model: why a row of it belongs to no controller
    "accounts.Controller": "it is the controller",
    "accounts.User": "staff may serve several controllers, by their roles",
    "accounts.CatalogueStamp": "one row for the whole installation",
    "audit.Payload": "belongs to its entry, which names the log",
    "keys.KeyVersion": "one set of keys for the whole installation",
    "subjects.DataKey": "belongs to its subject, one to one",
    "subjects.Session": "officers' and visitors' are of no company; a person's names theirs",
    "work.ScheduleEntry": "the installation's schedule",
    "work.WorkerPulse": "a process serves every controller",
}


def controller_of(model):
    """The column that names the controller: a foreign key, or an id where none may be."""
    for field in model._meta.concrete_fields:
        if field.name == "controller" and isinstance(field, models.ForeignKey):
            return field
        if field.name == "controller_id" and isinstance(field, models.UUIDField):
            return field
    return None


@pytest.mark.req("P9")
def test_every_row_belongs_to_a_controller():
    missing = [
        model._meta.label
        for model in our_models()
        if model._meta.label not in NO_CONTROLLER
        and (controller_of(model) is None or controller_of(model).null)
    ]

    assert not missing, report(
        missing, "Add a non-null `controller`, or a reason to NO_CONTROLLER."
    )


def test_the_list_of_exceptions_is_no_longer_than_needed():
    labels = {model._meta.label: model for model in our_models()}

    needless = [
        label
        for label in NO_CONTROLLER
        if label not in labels or getattr(controller_of(labels[label]), "null", True) is False
    ]

    assert not needless, report(needless, "Remove it from NO_CONTROLLER.")


@pytest.mark.req("P9")
def test_no_unique_constraint_reaches_across_controllers():
    """A unique value without the controller tells one of them what another holds."""
    crossing = []
    for model in our_models():
        if model._meta.label in NO_CONTROLLER:
            continue
        crossing += [
            f"{model._meta.label}: {names}"
            for names in unique_sets(model)
            if not scoped(model, names)
        ]

    assert not crossing, report(crossing, "Add the controller to the constraint, or a reason here.")


RANDOM = {"id", "entry", "entry_id", "prefix", "digest", "token_digest", "pseudonym", "jti"}
"""Values nobody chooses: that they exist elsewhere tells nothing."""


def unique_sets(model):
    fields = [(f.name,) for f in model._meta.concrete_fields if f.unique and not f.primary_key]
    constraints = model._meta.constraints
    return fields + [
        tuple(found.fields)
        for found in constraints
        if isinstance(found, models.UniqueConstraint) and found.fields
    ]


def scoped(model, names):
    """Whether the constraint names the controller, a random value, or a row of one controller."""
    if {"controller", "controller_id"} & set(names) or RANDOM & set(names):
        return True
    keys = [model._meta.get_field(name) for name in names]
    return any(isinstance(key, models.ForeignKey) for key in keys)
