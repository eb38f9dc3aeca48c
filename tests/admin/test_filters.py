"""A long filter of a list is a field to choose from, not a column as long as the page."""

import pytest
from django.urls import reverse

from audit.catalogue import EVENTS
from audit.groups import GROUPS, OF_SUBJECT
from config.templatetags.filters import MOST_LINKS, as_select
from tests.desk import house

pytestmark = pytest.mark.req("ADM-01")


class TestEvents:
    def test_each_have_a_heading_and_each_heading_has_events(self):
        """Remedy: put the new subject under one of the headings in audit/groups.py."""
        subjects = {code.partition(":")[0] for code in EVENTS}

        assert subjects == set(OF_SUBJECT)
        assert len(OF_SUBJECT) == sum(len(said.split()) for _heading, said in GROUPS)

    @pytest.mark.django_db
    def test_are_chosen_in_one_field_and_not_from_a_column_of_links(self, auditor, lotus):
        page = auditor.get("/admin/audit/entryindex/?period=all&event=consent:given")
        text = page.content.decode()

        assert '<optgroup label="Consents">' in text
        assert '<option value="consent:given" selected>' in text
        assert '<input type="hidden" name="period" value="all">' in text
        links = [one for one in text.split('href="')[1:] if "event=" in one.split('"')[0]]
        assert len(links) < len(EVENTS) / 2

    @pytest.mark.django_db
    def test_that_are_chosen_can_be_given_up_again(self, auditor, lotus):
        text = auditor.get("/admin/audit/entryindex/?event=consent:given&kind=all").content.decode()

        assert 'href="?kind=all">All</a>' in text


def choice(query, display="x", **more):
    return {"query_string": query, "display": display, "selected": False, **more}


class TestLongFilters:
    many = tuple(choice(f"?kind={n}&state=open", f"Kind {n}") for n in range(MOST_LINKS))

    def test_send_what_the_links_said(self):
        found = as_select([choice("?state=open", "All"), *self.many])

        ((heading, options),) = found.groups
        assert (found.name, found.kept, heading) == ("kind", (("state", "open"),), "")
        assert options[0] == ("0", "Kind 0", False)
        assert [one["display"] for one in found.links] == ["All"]

    def test_that_are_short_stay_links(self):
        assert as_select(self.many) is None

    def test_that_say_more_than_one_thing_stay_links(self):
        mixed = [choice("?kind=1&since=2", "Both"), choice("?state=open"), *self.many]

        assert as_select(mixed) is None

    @pytest.mark.django_db
    def test_leave_no_list_of_the_site_with_more_links_than_that(self, desk, lotus):
        for model, found in house.admins():
            if not found.list_filter:
                continue
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
            answer = desk.get(reverse(name))
            assert answer.status_code == 200, model
            for one in (answer.context or {}).get("cl").filter_specs:
                choices = list(one.choices(answer.context["cl"]))
                assert len(choices) <= MOST_LINKS or as_select(choices), (model, one)
