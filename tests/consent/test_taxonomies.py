"""A taxonomy of others becomes drafts: nothing counts before people have completed it."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from consent import services
from consent.models import Purpose, PurposeVersion
from consent.versions import taxonomies
from consent.versions.errors import PurposeIncompleteError
from registry.models import DataCategory
from tests.portal.world import APPROVER

pytestmark = pytest.mark.req("CON-01")

USES = (
    "fides_key,is_default,name,parent_key,description\n"
    "data_use,,Data Use,,\n"
    "marketing.communications.email,TRUE,Letters,marketing.communications,We write.\n"
    "marketing.communications,TRUE,Talking,marketing,We talk.\n"
    "marketing,TRUE,Marketing,data_use,We sell.\n"
    "train_ai_system,TRUE,Training,data_use,\n"
)
CATEGORIES = {
    "data_category": [
        {"fides_key": "user", "name": "User", "parent_key": None},
        {"fides_key": "user.health_and_medical", "name": "Health", "parent_key": "user"},
        {"fides_key": "user.health_and_medical.insurance_beneficiary_id", "name": "Insurance",
         "parent_key": "user.health_and_medical"},
        {"fides_key": "user.contact", "name": "Contact", "parent_key": "user"},
        {"fides_key": "user.criminal_history", "name": "Convictions", "parent_key": "user"},
    ]
}  # fmt: skip


@pytest.fixture
def load(company, tmp_path):
    """Imports a file of that name with that content."""

    def imported(name, content, slug=None):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        out = StringIO()
        call_command("import_taxonomy", path, controller=slug or company.slug, stdout=out)
        return out.getvalue()

    return imported


@pytest.mark.django_db
class TestImporting:
    def test_uses_become_drafts_with_their_parents(self, company, load):
        told = load("data_uses.csv", USES)

        drafts = {one.purpose.code: one for one in PurposeVersion.objects.filter(approved_at=None)}
        letters = drafts["marketing.communications.email"]
        assert "Drafted 4 purposes" in told
        assert letters.parent.code == "marketing.communications"
        assert (letters.title, letters.dpv_purpose) == ("Letters", "dpv:DirectMarketing")
        assert (letters.is_marketing, letters.grounds, letters.categories) == (True, {}, [])
        assert drafts["marketing"].parent is None
        assert drafts["train_ai_system"].uses_ai
        assert drafts["train_ai_system"].description == "Training"

    def test_nobody_approves_a_draft_that_nobody_completed(self, company, load):
        load("data_uses.csv", USES)

        with pytest.raises(PurposeIncompleteError, match="enables, grounds, categories, owner"):
            services.approve_purpose(
                by=APPROVER, version=PurposeVersion.objects.get(purpose__code="marketing")
            )

    def test_categories_are_recorded_by_the_vocabulary_where_it_knows_them(self, company, load):
        told = load("data_categories.json", CATEGORIES)

        found = {one.code: one for one in DataCategory.objects.filter(controller_id=company.id)}
        assert "recorded 5 categories" in told
        assert found.keys() >= {
            "user", "pd:MedicalHealth", "user.health_and_medical.insurance_beneficiary_id",
            "pd:Contact", "pd:Criminal",
        }  # fmt: skip
        assert found["pd:MedicalHealth"].is_special
        assert found["user.health_and_medical.insurance_beneficiary_id"].is_special
        assert found["pd:Criminal"].is_criminal
        assert not found["pd:Contact"].is_special

    def test_again_it_adds_nothing(self, company, load):
        load("data_uses.csv", USES)
        load("c.json", CATEGORIES)

        assert "Drafted 0 purposes" in load("data_uses.csv", USES)
        assert "recorded 0 categories; 5 were there already" in load("c.json", CATEGORIES)

    @pytest.mark.req("P9")
    def test_it_is_one_companys(self, company, other, load):
        load("data_uses.csv", USES)

        assert not Purpose.objects.filter(controller_id=other.id, code="marketing").exists()

    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("a.json", "{", "not CSV or JSON"),
            ("a.json", "[]", "no object with"),
            ("a.json", {}, "holds no data uses"),
            ("a.json", {"data_use": {}}, "are lists"),
            ("a.json", {"data_use": ["a"]}, "are lists"),
            ("a.json", {"data_use": [{"fides_key": "A b", "name": "A"}]}, "no key of small"),
            ("a.json", {"data_use": [{"fides_key": "a" * 101, "name": "A"}]}, "no key of small"),
            ("a.json", {"data_category": [{"fides_key": "a" * 61, "name": "A"}]}, "no key of"),
            ("a.json", {"data_use": [{"fides_key": "a"}]}, "a has no name"),
            ("a.json", {"data_use": [{"fides_key": "a", "name": "x" * 121}]}, "a has no name"),
            ("a.json", {"data_use": [{"fides_key": "a", "name": "A"}] * 2}, "there twice"),
            ("a.json", {"data_use": [{"fides_key": "a.b", "name": "A", "parent_key": "a"}]},
             "a.b does not begin with a parent"),
            ("a.csv", "x,y\n1,2\n", "no column fides_key"),
            ("a.csv", "fides_key,name\na,A\n", "No row is called"),
        ],
    )  # fmt: skip
    def test_a_file_that_cannot_be_leaves_nothing(self, company, load, name, content, words):
        before = Purpose.objects.count(), DataCategory.objects.count()

        with pytest.raises(CommandError, match=words):
            load(name, content)

        assert (Purpose.objects.count(), DataCategory.objects.count()) == before

    def test_who_is_not_there_is_told(self, load, tmp_path, company):
        with pytest.raises(CommandError, match="no such controller"):
            load("data_uses.csv", USES, slug="nobody")
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("import_taxonomy", tmp_path / "none.csv", controller=company.slug)


def test_a_key_without_a_line_of_its_own_means_what_the_one_above_it_means():
    assert taxonomies.meaning("marketing.communications.sms").term == "dpv:DirectMarketing"
    assert not taxonomies.meaning("marketing.communications.sms").is_exact
    assert taxonomies.meaning("marketing").is_exact
    assert taxonomies.meaning("unheard.of").term == ""


def test_a_file_may_not_be_too_large():
    with pytest.raises(taxonomies.TaxonomyUnreadableError, match="5 MB"):
        taxonomies.read(b" " * (taxonomies.MOST_BYTES + 1), "a.json")
    many = {"data_use": [{"fides_key": f"a{n}", "name": "A"} for n in range(2001)]}
    with pytest.raises(taxonomies.TaxonomyUnreadableError, match="2,000"):
        taxonomies.read(json.dumps(many).encode(), "a.json")
