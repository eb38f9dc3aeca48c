"""A notice under the GDPR says what Articles 13 and 14 ask for, or is not published (CON-05)."""

import copy

import pytest

from consent import services
from consent.errors import NoticeIncompleteError
from consent.models import NoticeVersion
from consent.versions.lint_eu import ELEMENTS, RIGHTS, AskedEU, lint_eu
from tests.consent.test_publishing import drop, put
from tests.portal import world
from tests.portal.world import APPROVER, AUTHOR, DELIVERY, OFFERS

pytestmark = pytest.mark.req("CON-05")

LINK = {"text": "Here", "url": "/privacy/"}
ASKED = (
    AskedEU(OFFERS, "6-1-a"), AskedEU("pages.analytics", "6-1-f"),
    AskedEU("pages.order", "6-1-a", uses_ai=True),
)  # fmt: skip


def item(code, **more):
    return {
        "purpose": code, "title": "Offers", "description": "We write to you.", "enables": "News.",
        "data": ["E-mail address"], "basis": "Your consent", "recipients": ["Post AG"],
        "retention": "One year", **more,
    }  # fmt: skip


def whole():
    return {
        "title": "What we do", "introduction": "We tell you.",
        "items": [
            item(OFFERS), item("pages.analytics", interests="Pages that work."),
            item("pages.order"),
        ],
        "controller": {"name": "Tulip", "contact": "Keizersgracht 1, Amsterdam"},
        "dpo": {"email": "dpo@tulip.example"}, "withdraw": {**LINK},
        "rights": {**LINK}, "board": {**LINK},
        "data_rights": dict.fromkeys(RIGHTS, "You may."), "transfers": "None.",
        "necessity": "You need not.", "automated": "A program sorts the pages.",
        "collected_from": "person", "contact": {"name": "Anna", "email": "anna@tulip.example"},
    }  # fmt: skip


LACKING = {
    # element: ways to lack it
    "title_and_introduction": [drop("title"), put(" ", "introduction")],
    "purposes_of_this_notice": [put("another.one", "items", 0, "purpose"), drop("items", 2)],
    "itemised_data": [drop("items", 0, "data"), put([""], "items", 2, "data")],
    "controller": [drop("controller"), put("", "controller", "contact"), put([], "controller")],
    "data_protection_officer": [drop("dpo"), put(" ", "dpo", "email")],
    "legal_basis": [drop("items", 1, "basis"), put("", "items", 0, "basis")],
    "legitimate_interests": [drop("items", 1, "interests"), put(" ", "items", 1, "interests")],
    "recipients": [drop("items", 0, "recipients"), put([], "items", 1, "recipients"),
                   put(["Post", ""], "items", 2, "recipients")],
    "transfers": [drop("transfers"), put(None, "transfers")],
    "retention": [drop("items", 2, "retention"), put(365, "items", 0, "retention")],
    "rights": [drop("rights"), drop("data_rights"),
               *(drop("data_rights", right) for right in RIGHTS)],
    "withdrawal_link": [drop("withdraw"), put("x", "withdraw", "url")],
    "complaint_means": [drop("board"), put("javascript:alert(1)", "board", "url")],
    "necessity": [drop("necessity"), put("", "necessity")],
    "automated_decisions": [drop("automated"), put(True, "automated")],
    "source": [drop("collected_from"), put("elsewhere", "collected_from")],
}  # fmt: skip
OF_AN_ITEM = {"legal_basis", "legitimate_interests", "recipients", "retention"}


def test_whole_words_lack_nothing():
    assert lint_eu(whole(), ASKED) == []


@pytest.mark.parametrize(
    ("element", "change"),
    [(element, change) for element, ways in LACKING.items() for change in ways],
)
def test_each_missing_element_is_named_with_its_law(element, change):
    lacking = copy.deepcopy(whole())
    change(lacking)

    found = {one.element: one.reference for one in lint_eu(lacking, ASKED)}

    if element == "purposes_of_this_notice":  # of a purpose not spoken of nothing is said
        assert found.keys() - OF_AN_ITEM == {element}
    else:
        assert found.keys() == {element}
    assert all(reference.startswith("GDPR Art 1") for reference in found.values())


def test_these_are_all_the_elements():
    assert set(LACKING) == set(ELEMENTS)
    assert len(ELEMENTS) == 16


def test_what_depends_on_the_purpose_is_asked_only_of_such_a_purpose():
    bare = whole()
    for name in ("withdraw", "automated"):
        del bare[name]
    bare["items"] = [item("pages.order")]

    assert lint_eu(bare, [AskedEU("pages.order", "6-1-b")]) == []


def test_data_from_elsewhere_need_their_source_named():
    told = whole()
    told["collected_from"], told["source"] = "elsewhere", "The address book of Post AG"

    assert lint_eu(told, ASKED) == []


@pytest.mark.parametrize("nonsense", [{}, {"items": None}, {"items": ["a"], "dpo": "x"}])
def test_nonsense_lacks_everything(nonsense):
    assert [one.element for one in lint_eu(nonsense, ASKED)] == list(ELEMENTS)


@pytest.mark.django_db
class TestPublishing:
    def draft(self, tulip, words):
        return services.draft_notice(
            by=AUTHOR, controller_id=tulip.id, code="europe", pack="EU",
            purposes=[tulip.versions[OFFERS]], translations={"en": words},
        )  # fmt: skip

    def words(self):
        return {**whole(), "items": [item(OFFERS)]}

    @pytest.mark.parametrize(
        ("element", "change"),
        [
            ("controller", drop("controller")), ("retention", drop("items", 0, "retention")),
            ("rights", drop("data_rights", "erasure")), ("transfers", drop("transfers")),
        ],
    )  # fmt: skip
    def test_what_lacks_one_is_refused_and_what_lacks_none_is_not(self, other, element, change):
        lacking = copy.deepcopy(self.words())
        change(lacking)
        draft = self.draft(other, lacking)

        with pytest.raises(NoticeIncompleteError, match=f"en: {element} "):
            services.publish_notice(by=APPROVER, version=draft)

        assert NoticeVersion.objects.get(pk=draft.pk).published_at is None
        whole_one = self.draft(other, self.words())
        assert services.publish_notice(by=APPROVER, version=whole_one).published_at

    def test_the_ground_of_the_purpose_itself_counts(self, other):
        """Orders rest on a contract: no withdrawal has to be offered."""
        words = {**whole(), "items": [item(DELIVERY)]}
        del words["withdraw"]
        draft = services.draft_notice(
            by=AUTHOR, controller_id=other.id, code="orders", pack="EU",
            purposes=[other.versions[DELIVERY]], translations={"en": words},
        )  # fmt: skip

        assert services.publish_notice(by=APPROVER, version=draft).published_at

    def test_an_indian_notice_is_not_asked_for_it(self, company):
        assert NoticeVersion.objects.filter(controller_id=company.id).exists()
        assert world.content("en", company.controller).keys().isdisjoint({"dpo", "transfers"})
