"""The Fourth Schedule: an exemption cites its item and its condition, or it is none."""

import pytest

from consent import services
from consent.errors import ScheduleItemError
from consent.family import schedule
from consent.models import Purpose
from tests.portal import world
from tests.portal.world import AUTHOR

pytestmark = pytest.mark.req("CON-24")

WHOLE = [f"{item.citation}: {item.within}" for item in schedule.ITEMS]
NOT_WHOLE = [
    "school", "Part A, item 3", "Part A, item 3: ", "Part A, item 3: safety",
    "Part C, item 1: of enrolled children", "Part A, item 6: of enrolled children",
    "Part B, item 7: of the child’s own account", "Part A, item 0: of enrolled children",
    "item 3: of enrolled children", "s.9(2): harmless really",
]  # fmt: skip


@pytest.mark.parametrize("text", WHOLE)
def test_each_item_with_its_condition_exempts(text):
    assert f"{schedule.item(text).citation}: " in text
    assert schedule.in_force(text) == text
    assert schedule.in_force(f"Fourth Schedule, {text}")


@pytest.mark.parametrize("text", [*NOT_WHOLE, "", None])
def test_whatever_cites_none_exempts_from_nothing(text):
    assert schedule.in_force(text) == ""


def test_there_are_five_classes_and_six_purposes():
    parts = [item.part for item in schedule.ITEMS]

    assert (parts.count("A"), parts.count("B"), len(parts)) == (5, 6, 11)
    assert len({item.citation for item in schedule.ITEMS}) == 11


def words(**more):
    return services.Words(
        title="T", description="D", enables="E", dpv_purpose="dpv:DirectMarketing",
        grounds={"IN": "consent"}, categories=("pd:EmailAddress",), retention_days=1, owner="O",
        **more,
    )  # fmt: skip


@pytest.mark.django_db
class TestDrafting:
    @pytest.fixture
    def company(self):
        return world.make()

    @pytest.mark.parametrize("text", NOT_WHOLE)
    def test_without_a_citation_is_refused(self, company, text):
        with pytest.raises(ScheduleItemError):
            services.draft_purpose(
                by=AUTHOR, controller_id=company.id, code="school.run",
                words=words(schedule_item=text),
            )  # fmt: skip

        assert not Purpose.objects.filter(code="school.run").exists()

    def test_with_one_is_drafted(self, company):
        version = services.draft_purpose(
            by=AUTHOR, controller_id=company.id, code="school.run",
            words=words(schedule_item=WHOLE[2]),
        )  # fmt: skip

        assert version.schedule_item == WHOLE[2]
