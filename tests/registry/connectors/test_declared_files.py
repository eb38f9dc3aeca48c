"""Files of declared connectors: a closed form, without surprises, and past no known trap."""

import copy

import pytest
import yaml

from config.places import BASE_DIR
from registry.connectors import declared
from registry.connectors.contract import ConnectorError, Effect, Reingest
from registry.connectors.declared.reading import FOLDER, SHIPPED, formed, read, shipped
from registry.models import Connector as Row

pytestmark = pytest.mark.req("ERA-07")
OWN = """
form: 1
name: Our CRM
base: ["https://", "{region}", ".crm.example"]
settings: {region: '[a-z]{2}'}
auth: bearer
person: {scheme: email}
declares: {effect: delete, honours_key: true}
key_header: Idempotency-Key
tell:
  path: [people, erase]
  body: {email: "{person}"}
  answers:
    - {where: [{at: /result, is: [erased]}], means: done}
probe:
  - path: [people, find]
    body: {email: "{person}"}
    answers:
      - {where: [{at: /people, exists: true}], means: items}
    items: {at: /people}
"""

TELL = yaml.safe_load(OWN)["tell"]
PROBE = yaml.safe_load(OWN)["probe"]


def said():
    return yaml.safe_load(OWN)


def refused(do):
    with pytest.raises(ConnectorError) as caught:
        do()
    assert not caught.value.retry
    return caught.value.code


def changed(path, value):
    """The file with one member changed; a path leads through mappings and lists."""
    tree = copy.deepcopy(said())
    place = tree
    for one in path[:-1]:
        place = place[one]
    place[path[-1]] = value
    return tree


class TestShipped:
    @pytest.mark.parametrize("kind", SHIPPED)
    def test_each_file_of_ours_has_the_form_and_says_what_was_checked(self, kind):
        form = shipped(kind)

        assert form.never
        assert form.hosts
        assert "Re-checked" in (FOLDER / f"{kind}.yaml").read_text()

    def test_each_file_of_ours_is_known(self):
        assert sorted(one.stem for one in FOLDER.glob("*.yaml")) == sorted(SHIPPED)

    def test_they_declare_what_they_do(self):
        effects = {kind: shipped(kind).declares.effect for kind in SHIPPED}
        batches = {kind: shipped(kind).declares.batch for kind in SHIPPED}

        assert effects == dict.fromkeys(SHIPPED, Effect.DELETE) | {"shopify": Effect.ANONYMISE}
        assert (batches["amplitude"], batches["braze"], batches["segment"]) == (100, 50, 5_000)
        assert shipped("braze").declares.reingest is Reingest.LIKELY


class TestOwn:
    @pytest.mark.parametrize("settings", [{"yaml": OWN}, {"file": said()}])
    def test_a_company_adds_a_system_by_a_file(self, settings):
        row = Row(kind="declared", settings={"region": "eu", **settings})

        made = declared.made(row, "secret")

        assert made.declaration.honours_key
        assert made._url == "https://eu.crm.example"

    @pytest.mark.parametrize("settings", [{}, {"yaml": OWN, "file": {}}, {"yaml": 3}])
    def test_there_is_one_file(self, settings):
        assert refused(lambda: declared.made(Row(settings=settings), "")) == "settings_yaml"

    @pytest.mark.parametrize(
        "region", ["eu/../x", "evil.example#", "EU", "", "eu.evil.example", None, 7]
    )
    def test_a_setting_that_does_not_fit_its_pattern_is_refused(self, region):
        row = Row(settings={"yaml": OWN, "region": region})

        assert refused(lambda: declared.made(row, "")) == "settings_region"

    def test_a_setting_that_no_file_asks_for_is_refused(self):
        row = Row(settings={"yaml": OWN, "region": "eu", "extra": "x"})

        assert refused(lambda: declared.made(row, "")) == "settings_extra"

    def test_the_example_of_the_documentation_is_one(self):
        text = (BASE_DIR / "docs" / "connectors.md").read_text()

        found = read(text.partition("```yaml\n")[2].partition("```")[0])

        assert found.declares.batch == found.tell.most == 100


class TestForm:
    @pytest.mark.parametrize(
        ("path", "value", "code"),
        [
            (["form"], 2, "form"),
            (["surprise"], 1, "surprise"),
            (["errors"], ["/error"], "errors"),
            (["tell", "surprise"], 1, "tell_surprise"),
            (["tell", "answers", 0, "where", 0, "at"], 1, "tell_answers_where_at"),
            (["probe", 0, "method"], "FETCH", "probe_method"),
            (["a@b.example"], 1, "malformed"),
            (["base"], ["http://", "{region}", ".crm.example"], "base"),
            (["base"], ["https://", "x{region}"], "base"),
            (["base"], ["https://", "{unknown}"], "base"),
            (["base"], [], "base"),
            (["settings", "region"], ".*/.*", "settings"),
            (["settings", "region"], "(", "settings"),
            (["settings"], {"person": "[a-z]"}, "settings"),
            (["person", "scheme"], "passport", "person"),
            (["person", "pattern"], "[0-9]+", "person"),
            (["person"], {"scheme": "crm", "pattern": "[0-9]+", "stranger": "x"}, "person"),
            (["person"], {"scheme": "crm", "pattern": "(a", "stranger": "a"}, "person"),
            (["tell", "path"], ["people", "{person}"], "tell_path"),
            (["probe", 0, "query"], {"q": "{person}"}, "probe_path"),
            (["auth"], "header", "header"),
            (["key_header"], "bad header", "header"),
            (["key_header"], "", "declares"),
            (["declares", "batch"], 0, "declares"),
            (["tell", "path"], ["..", "erase"], "tell_path"),
            (["tell", "path"], ["a/b"], "tell_path"),
            (["tell", "path"], ["x{person}"], "tell_path"),
            (["tell", "body"], {"email": "mailto:{person}"}, "tell_body"),
            (["tell", "body"], {"email": "{person.__class__}"}, "tell_body"),
            (["tell", "body"], {"{person}": 1}, "tell_body"),
            (["tell", "body"], {"id": "{found}"}, "tell_body"),
            (["tell", "most"], 10, "tell_most"),
            (["tell", "answers"], [], "tell_answers"),
            (["tell", "answers", 0, "where"], [], "tell_answers"),
            (["tell", "answers", 0], {"status": [200], "means": "done"}, "tell_answers"),
            (["tell", "answers", 0], {"status": [404], "means": "unknown"}, "tell_answers"),
            (["tell", "answers", 0, "means"], "absent", "tell_answers"),
            (["tell", "answers", 0, "means"], "accepted", "tell_answers"),
            (["tell", "answers", 0, "where", 0, "at"], "result", "tell_answers"),
            (["probe", 0, "items"], None, "probe_items"),
            (["probe", 0, "items", "listed"], "absent", "probe_answers"),
            (["tell", "errors"], ["error"], "tell_errors"),
            (["tell", "second"], True, "tell_second"),
            (["probe", 0, "same"], "/people", "probe_same"),
            (["ways"], [{"person": {"scheme": "passport"}, "tell": TELL}], "ways_1_person"),
            (["ways"], [{"person": {"scheme": "phone"}, "tell": TELL}], "probe"),
            (["ways"], [{"tell": TELL | {"path": ["{bare}"]}}], "ways_1_tell_path"),
            (["verbs"], {"correct": []}, "ways"),
            (["verbs"], {"forget": [{"tell": TELL}]}, "verbs"),
            (["verbs"], {"restrict": [{"tell": TELL}, {"tell": TELL, "probe": PROBE}]}, "probe"),
            (["parts"], {"pd:Purchase": [{"tell": TELL, "probe": PROBE}]}, "parts"),
            (["fields"], {"bad code!": "x"}, "fields"),
            (["declares", "at_once"], 9, "declares"),
        ],
    )  # fmt: skip
    def test_what_does_not_fit_is_refused_by_name(self, path, value, code):
        assert refused(lambda: formed(changed(path, value))) == f"declared_{code}"

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("a: &x [1]\nb: *x", "line_2"), ("form: 1\nform: 1", "line_1"),
            ("!!python/object/apply:os.getcwd []", "line_1"), ("{1: 2}", "line_1"),
            ("a: [", "line_1"), ("- 1", "malformed"), ("", "malformed"),
            ("x" * 70_000, "malformed"), ("a: 2026-01-01", "a"),
        ],
    )  # fmt: skip
    def test_a_file_that_may_mean_something_else_is_refused(self, text, code):
        assert refused(lambda: read(text)) == f"declared_{code}"


class TestTraps:
    ARCHIVING = {
        "method": "DELETE", "path": ["3.0", "lists", "l", "members", "{person}"],
        "answers": [{"status": [204], "means": "done"}],
    }  # fmt: skip

    def archiving(self, base):
        digested = {"scheme": "email", "digest": "md5"}
        return changed(["tell"], self.ARCHIVING) | {"base": [base], "person": digested}

    def test_a_file_that_calls_an_archive_an_erasure_is_refused_at_that_host(self):
        tree = self.archiving("https://us6.api.mailchimp.com")
        row = Row(settings={"file": tree | {"settings": {}}})

        assert refused(lambda: declared.made(row, "")) == "declared_never_archives"

    def test_elsewhere_the_same_call_may_be_one(self):
        tree = self.archiving("https://crm.example")

        assert declared.made(Row(settings={"file": tree | {"settings": {}}}), "")

    def test_a_file_may_not_make_a_call_of_which_it_says_never(self):
        never = [{"method": "POST", "path": ["people", "erase"], "because": "archives"}]

        assert refused(lambda: formed(said() | {"never": never})) == "declared_never_archives"
