"""The rows of the views, past every program of ours: what must not change does not (PRO-01)."""

from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from profiles import services as profiles
from profiles.models import ViewRule, ViewVersion
from tests.profiles import views_world
from tests.profiles.test_views import previewed
from tests.profiles.views_world import AUTHOR, BRANCH, MONEY, OFFERS, SECOND, THIRD, rule

pytestmark = [pytest.mark.django_db, pytest.mark.req("PRO-01")]


@pytest.fixture
def lotus():
    return views_world.make()


@contextmanager
def refused():
    """The database itself says no."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    assert caught.value.__cause__.sqlstate in {"SL001", "23503", "23505", "23514"}


class TestTheDatabase:
    """What no program of ours does is refused as well."""

    def test_keeps_rules_of_an_approved_version(self, lotus):
        version = lotus.in_force(rule("partial"))
        row = ViewRule.objects.get(version=version)

        with refused():
            ViewRule.objects.filter(pk=row.pk).update(treatment="show")
        with refused():
            ViewRule.objects.filter(pk=row.pk).delete()
        with refused():
            row.pk, row.category = uuid4(), MONEY
            row.save(force_insert=True)

    def test_moves_no_rule_into_another_version(self, lotus):
        lotus.in_force(rule("partial"))
        draft = lotus.draft(rule("show"))
        old = ViewVersion.objects.get(number=1)

        with refused():
            ViewRule.objects.filter(version=draft).update(version=old)

    def test_forgets_a_preview_when_a_rule_changes_behind_the_services(self, lotus):
        draft = previewed(lotus.draft(rule("partial")))

        ViewRule.objects.filter(version=draft).update(treatment="show")

        draft.refresh_from_db()
        assert draft.previewed_at is None

    @pytest.mark.parametrize(
        "change",
        [
            {"note": "Other words"}, {"approved_by": "somebody"}, {"number": 9},
            {"approved_at": None, "approved_by": ""}, {"authors": []},
        ],
    )  # fmt: skip
    def test_keeps_an_approved_version(self, lotus, change):
        version = lotus.in_force(rule())

        with refused():
            ViewVersion.objects.filter(pk=version.pk).update(**change)

    def test_keeps_a_version_that_ended(self, lotus):
        version = profiles.discard_view(by=AUTHOR, version=lotus.draft(rule()))

        with refused():
            ViewVersion.objects.filter(pk=version.pk).update(ended_at=None, ended_by="")

    def test_deletes_no_version(self, lotus):
        draft = profiles.draft_view(by=AUTHOR, controller_id=lotus.id, note="Empty")

        with refused():
            ViewVersion.objects.filter(pk=draft.pk).delete()

    def test_lets_no_author_approve(self, lotus):
        draft = lotus.draft(rule("partial"))
        draft = previewed(profiles.put_rules(by=THIRD, version=draft, rules=[rule("show")]))

        for one in (AUTHOR, THIRD):
            with refused():
                ViewVersion.objects.filter(pk=draft.pk).update(
                    approved_at=draft.previewed_at, approved_by=one.id
                )

    def test_forgets_no_author(self, lotus):
        draft = lotus.draft(rule())

        with refused():
            ViewVersion.objects.filter(pk=draft.pk).update(authors=[])

    def test_approves_nothing_that_was_not_previewed(self, lotus):
        draft = lotus.draft(rule())

        with refused():
            ViewVersion.objects.filter(pk=draft.pk).update(
                approved_at=draft.changed_at, approved_by=SECOND.id
            )

    def test_has_one_version_in_force_and_one_draft(self, lotus):
        lotus.in_force(rule())
        draft = previewed(lotus.draft(rule("hide")))

        with refused():
            ViewVersion.objects.filter(pk=draft.pk).update(
                approved_at=draft.previewed_at, approved_by=SECOND.id
            )
        with refused():
            ViewVersion.objects.create(
                controller_id=lotus.id, number=9, note="Another", drafted_by="x",
                changed_at=draft.changed_at,
            )  # fmt: skip

    @pytest.mark.req("P9")
    def test_joins_no_rows_of_two_companies(self, lotus):
        tulip = views_world.make("tulip", "Tulip Stores")
        draft, foreign = lotus.draft(rule()), tulip.draft(rule())
        row = ViewRule.objects.get(version=draft)

        with refused():
            ViewRule.objects.filter(pk=row.pk).update(role=tulip.roles[BRANCH])
            connection.check_constraints()
        with refused():
            ViewRule.objects.create(
                controller_id=lotus.id, version=foreign, role=lotus.roles[BRANCH], purpose=OFFERS,
                category=MONEY, treatment="show",
            )  # fmt: skip
