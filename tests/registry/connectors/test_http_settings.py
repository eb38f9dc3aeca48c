"""The settings of the generic HTTP connector: what tries to escape, or could prove too much, is
refused with the member's name.
"""

import pytest

from registry.connectors.http import HttpConnector
from registry.connectors.http_settings import read
from tests.registry.connectors.house import refused
from tests.registry.connectors.test_http import many, settings

pytestmark = pytest.mark.req("ERA-07")


def changed(verb="erase", **call):
    given = settings()
    given["tell"][verb] = {**given["tell"]["erase"], **call}
    return given


class TestSettings:
    @pytest.mark.parametrize(
        "text",
        [
            "mail:{email}", "{email}{crm}", "{email.__class__}", "{0}", "{}", "{{email}}", "{email",
            "{EMAIL}", "{secret}", "{passport}", "${email}}", "{email!r}",
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("where", [lambda one: {"x": one}, lambda one: {one: "x"}])
    def test_a_template_that_tries_to_escape_is_refused(self, text, where):
        error = refused(lambda: read(changed(body=where(text))))

        assert (error.code, error.retry) == ("settings_body", False)

    @pytest.mark.parametrize(
        "path", [[".."], ["a/b"], ["{email}"], ["x?y"], ["%2e%2e"], [""], ["a", "{each}"]]
    )
    def test_a_path_that_leads_elsewhere_or_holds_a_person_is_refused(self, path):
        assert refused(lambda: read(changed(path=path))).code == "settings_path"

    @pytest.mark.parametrize(
        "rules",
        [
            {},
            {"done": []},
            {"done": [{"status": [200]}]},
            {"unknown": [{"status": [404]}]},
            {"done": [{"at": "result", "is": ["x"]}]},
            {"done": [{"at": "/result"}]},
            {"absent": [{"at": "/result", "exists": False}]},
        ],
    )
    def test_a_rule_that_any_page_meets_is_refused(self, rules):
        assert refused(lambda: read(changed(rules=rules))).code == "settings_rules"

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"batch": 2}, "settings_batch"),
            ({"schemes": []}, "settings_schemes"),
            ({"schemes": ["passport"]}, "settings_schemes"),
            ({"status": None}, "settings_rules"),
            ({"auth": "header"}, "settings_header"),
            ({"auth": "header", "header": "X: y\r\nZ"}, "settings_header"),
            ({"timeout_seconds": 0}, "settings_timeout_seconds"),
            ({"secret": "x"}, "settings_malformed"),
            ({"effect": "gone"}, "settings_malformed"),
            ({"tell": {}}, "settings_tell"),
        ],
    )
    def test_each_fault_has_a_name(self, more, code):
        assert refused(lambda: read(settings(**more))).code == code

    def test_absence_from_a_list_needs_somebody_who_is_known_to_be_there(self):
        assert refused(lambda: many("https://crm.example", control={})).code == "settings_rules"

    def test_a_key_is_honoured_only_where_it_is_told(self):
        given = changed(body={"email": "{email}"})

        assert refused(lambda: read(given)).code == "settings_honours_key"

    def test_it_declares_what_the_settings_say(self):
        declared = HttpConnector(
            read(settings(probe_after_seconds=60, effect="archive"))
        ).declaration

        assert (declared.effect, declared.probe_after_seconds) == ("archive", 60)
        assert (declared.probes, declared.honours_key, declared.schemes) == (True, True, ("email",))
