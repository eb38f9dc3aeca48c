import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from config import privacy
from tests.guards.tree import our_models, report


def test_every_column_of_every_model_is_classified():
    faults = list(privacy.faults())

    assert not faults, report(faults, "docs/glossary.md says what the classes mean.")


def test_the_data_dictionary_is_fresh():
    call_command("data_dictionary", "--check")


class Column:
    def __init__(self, name):
        self.name = name


class Meta:
    label = "sample.Sample"
    concrete_fields = (Column("id"), Column("name"))


class Sample:
    """Looks like a model to the guard, without entering Django's registry."""

    _meta = Meta

    class Privacy:
        identifier = ()
        personal = ("name",)
        sensitive = ()
        evidence = ()
        operational = ("id",)
        on_erasure = "none"


class TestTheGuardItself:
    def test_accepts_a_whole_classification(self):
        assert list(privacy.faults_of(Sample)) == []

    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            ({"personal": ()}, "sample.Sample.name: put it into exactly one"),
            ({"evidence": ("name",)}, "sample.Sample.name: put it into exactly one"),
            ({"sensitive": ("gone",)}, "sample.Sample.gone: there is no such field"),
            ({"on_erasure": "maybe"}, "sample.Sample: on_erasure must be one of"),
        ],
    )
    def test_names_every_gap(self, change, fault):
        changed = type("Privacy", (Sample.Privacy,), change)
        model = type("Sample", (), {"_meta": Meta, "Privacy": changed})

        assert [found for found in privacy.faults_of(model) if found.startswith(fault)]

    def test_a_model_without_a_declaration_is_a_fault(self):
        model = type("Sample", (), {"_meta": Meta})

        assert list(privacy.faults_of(model))


def test_nothing_is_both_personal_and_kept_for_ever_in_a_ledger():
    """A ledger's personal columns must be under a key or a pseudonym, never deleted or emptied."""
    wrong = [
        model._meta.label
        for model in our_models()
        if privacy.classification(model).ledger
        and privacy.classification(model).on_erasure in {"null", "delete_row"}
    ]

    assert not wrong, report(
        wrong, "A ledger refuses UPDATE and DELETE: keep_pseudonymous or none."
    )


def test_the_command_says_how_to_renew(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()

    with pytest.raises(CommandError, match="manage.py data_dictionary"):
        call_command("data_dictionary", "--check")
    call_command("data_dictionary", verbosity=0)
    call_command("data_dictionary", "--check")
