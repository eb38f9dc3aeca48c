"""People in object storage: objects of theirs are deleted, files are written anew without them."""

import itertools

import pytest

from registry.connectors.contract import Act, Finding, Verb
from registry.connectors.objects import ObjectsConnector, store
from registry.connectors.objects.settings import read
from registry.connectors.objects.store import Bucket, Found
from registry.connectors.objects.walking import Target, walk
from tests.registry.connectors.house import RAVI, check, person, probe, refused, tell
from tests.servers.s3 import SECRET, s3
from work.webhooks import addresses

__all__ = ["s3"]
pytestmark = [pytest.mark.req("ERA-07"), pytest.mark.usefixtures("inside")]
NUMBER = itertools.count(1)


@pytest.fixture
def bucket(s3):
    return made(s3)


@pytest.fixture
def versioned(s3):
    found = made(s3)
    found.client.put_bucket_versioning(
        Bucket=found.name, VersioningConfiguration={"Status": "Enabled"}
    )
    return found


class Store:
    """A bucket, and its connector."""

    def __init__(self, s3, name):
        self.s3, self.name, self.client = s3, name, s3.client

    def put(self, key, content=b"x", **more):
        body = content.encode() if isinstance(content, str) else content
        self.client.put_object(Bucket=self.name, Key=key, Body=body, **more)

    def get(self, key):
        return self.client.get_object(Bucket=self.name, Key=key)["Body"].read()

    def keys(self):
        said = self.client.list_object_versions(Bucket=self.name)
        return sorted(
            one["Key"] for one in said.get("Versions", []) + said.get("DeleteMarkers", [])
        )

    def connector(self, secret=SECRET, **more):
        return ObjectsConnector(read(settings(self.s3.url, self.name, **more)), secret)


def made(s3):
    name = f"people-{next(NUMBER)}"
    s3.client.create_bucket(Bucket=name)
    return Store(s3, name)


def settings(url="", bucket="people", **more):
    given = {"bucket": bucket, "endpoint": url, "path_style": bool(url)}
    if not {"delete", "rewrite"} & set(more):
        more["delete"] = [{"key": "avatars/{crm}.png"}, {"key": "uploads/{crm}/"}]
    return given | more


def rows(format="csv", **more):
    match = {"email": "/who/email"} if format == "ndjson" else {"email": "email"}
    return {"rewrite": [{"prefix": "exports/", "format": format, "match": match, **more}]}


class TestObjects:
    def test_what_is_named_after_a_person_goes_and_nothing_else(self, bucket):
        mine = ["avatars/CRM-1.png", "uploads/CRM-1/a", "uploads/CRM-1/b/c"]
        others = [
            "avatars/CRM-1.png.bak",
            "avatars/CRM-11.png",
            "uploads/CRM-11/a",
            "uploads/CRM-1",
        ]
        for key in (*mine, *others):
            bucket.put(key)

        [said] = tell(bucket.connector(), person())

        assert (said.act, said.evidence) == (Act.DONE, {"objects": 3, "rows": 0})
        assert bucket.keys() == sorted(others)

    def test_looking_finds_it_before_and_not_after(self, bucket):
        bucket.put("uploads/CRM-1/a")
        [before] = probe(bucket.connector(), person())
        tell(bucket.connector(), person())

        [after] = probe(bucket.connector(), person())

        assert (before.finding, after.finding) == (Finding.PRESENT, Finding.ABSENT)

    def test_somebody_it_does_not_know(self, bucket):
        [said] = tell(bucket.connector(), person())

        assert said.act is Act.UNKNOWN_PERSON

    def test_a_batch_is_answered_in_its_order(self, bucket):
        bucket.put("uploads/CRM-2/a")
        ravi = person(RAVI, identifiers={"crm": ("CRM-2",)})

        said = tell(bucket.connector(), ravi, person())

        assert [one.act for one in said] == [Act.DONE, Act.UNKNOWN_PERSON]
        assert [one.step for one in said] == [ravi.step, person().step]

    def test_former_versions_and_marks_go_too(self, versioned):
        for content in ("one", "two"):
            versioned.put("uploads/CRM-1/a", content)
        versioned.client.delete_object(Bucket=versioned.name, Key="uploads/CRM-1/a")

        [before] = probe(versioned.connector(), person())
        tell(versioned.connector(), person())

        assert before.finding is Finding.PRESENT
        assert versioned.keys() == []

    def test_a_bucket_that_keeps_versions_nobody_looks_at_is_refused(self, versioned):
        versioned.put("uploads/CRM-1/a")

        error = refused(lambda: tell(versioned.connector(versions=False), person()))

        assert (error.code, error.retry) == ("versions_kept", False)
        assert check(versioned.connector(versions=False)) == ["versions_kept"]

    def test_without_versions(self, bucket):
        bucket.put("uploads/CRM-1/a")

        [said] = tell(bucket.connector(versions=False), person())

        assert (said.act, bucket.keys()) == (Act.DONE, [])

    @pytest.mark.parametrize("text", ["a/b", "..", ".", "a\nb", "x" * 201])
    def test_an_identifier_that_would_be_more_than_a_name_is_refused(self, bucket, text):
        bucket.put("uploads/a/b")

        [said] = tell(bucket.connector(), person(identifiers={"crm": (text,)}))
        [seen] = probe(bucket.connector(), person(identifiers={"crm": (text,)}))

        assert (said.act, said.code) == (Act.REFUSED, "identifier_unsafe")
        assert (seen.finding, bucket.keys()) == (Finding.UNSURE, ["uploads/a/b"])

    def test_an_empty_identifier_is_not_everybody(self, bucket):
        bucket.put("uploads/CRM-2/a")
        bucket.put("uploads//a")

        [said] = tell(bucket.connector(), person(identifiers={"crm": ("",)}))

        assert (said.act, said.code) == (Act.REFUSED, "identifier_unsafe")
        assert len(bucket.keys()) == 2

    def test_only_the_categories_that_are_to_go(self, bucket):
        ways = [
            {"key": "avatars/{crm}.png", "categories": ["pd:Photo"]},
            {"key": "bills/{crm}/", "categories": ["pd:Transaction"]},
        ]
        for key in ("avatars/CRM-1.png", "bills/CRM-1/1"):
            bucket.put(key)

        tell(bucket.connector(delete=ways), person(categories=frozenset({"pd:Photo"})))

        assert bucket.keys() == ["bills/CRM-1/1"]

    @pytest.mark.parametrize("keeps", ["bucket", "versioned"])
    def test_more_than_a_page_of_them(self, request, monkeypatch, keeps):
        bucket = request.getfixturevalue(keeps)
        monkeypatch.setattr(store, "AT_ONCE", 5)
        for number in range(12):
            bucket.put(f"uploads/CRM-1/{number}")

        [said] = tell(bucket.connector(), person())

        assert (said.evidence["objects"], bucket.keys()) == (12, [])

    def test_what_the_bucket_would_not_delete_is_not_done(self, bucket, monkeypatch):
        bucket.put("uploads/CRM-1/a")
        monkeypatch.setattr(Bucket, "delete", lambda self, found: {one.key for one in found})

        [said] = tell(bucket.connector(), person())

        assert (said.act, said.code) == (Act.RETRY, "object_not_deleted")


class TestErrors:
    def test_no_such_bucket(self, s3):
        assert check(Store(s3, "nobody").connector()) == ["bucket_missing"]

    def test_it_fits(self, bucket):
        assert check(bucket.connector()) == []

    @pytest.mark.parametrize("secret", ["", "x", ":y", "x:"])
    def test_without_credentials_none_of_the_machine_are_used(self, bucket, secret):
        error = refused(lambda: tell(bucket.connector(secret), person()))

        assert (error.code, error.retry) == ("credentials_missing", False)

    @pytest.mark.parametrize(
        "url", ["http://169.254.169.254/", "https://10.1.2.3/", "https://localhost/"]
    )
    def test_a_private_address_is_never_called(self, settings, url):
        settings.SYSTEM_NETWORKS = []
        connector = ObjectsConnector(read(globals()["settings"](url)), SECRET)

        assert refused(lambda: tell(connector, person())).code == "address_refused"

    def test_a_name_that_leads_elsewhere_in_between_reaches_nothing(
        self, bucket, settings, monkeypatch
    ):
        connector = bucket.connector()
        settings.SYSTEM_NETWORKS = []
        monkeypatch.setattr(addresses, "resolve", lambda url, inner: None)

        error = refused(lambda: tell(connector, person()))

        assert (error.code, error.retry) == ("address_refused", False)

    def test_nobody_listens(self):
        dead = ObjectsConnector(read(settings("http://127.0.0.1:9")), SECRET)

        assert refused(lambda: tell(dead, person())).code == "unreachable"

    def test_expired_credentials_have_a_name(self, system):
        system.say(403, b"<Error><Code>ExpiredToken</Code></Error>", Content_Type="application/xml")

        dead = ObjectsConnector(read(settings(system.url)), SECRET)

        assert refused(lambda: tell(dead, person())).code == "credentials_refused"

    def test_other_verbs_are_not_known(self, bucket):
        error = refused(lambda: tell(bucket.connector(), person(), verb=Verb.RESTRICT))

        assert error.code == "verb_unknown"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"delete": [{"key": "uploads/"}]}, "settings_delete"),
        ({"delete": [{"key": "{crm"}]}, "settings_delete"),
        ({"delete": [{"key": "a/../{crm}/"}]}, "settings_delete"),
        ({"delete": [{"key": "a/{crm.__class__}/"}]}, "settings_delete"),
        ({"delete": [{"key": "a/{passport}/"}]}, "settings_delete"),
        ({"delete": [{"key": "a/{crm}/{email}"}]}, "settings_delete"),
        ({"delete": [{"key": "a//{crm}"}]}, "settings_delete"),
        ({"delete": []}, "settings_delete"),
        ({"bucket": "../x"}, "settings_bucket"),
        ({"region": "eu west"}, "settings_region"),
        ({"batch": 0}, "settings_batch"),
        (rows("ndjson", match={"email": "email"}), "settings_rewrite"),
        (rows("csv", match={}), "settings_rewrite"),
        (rows("csv", blank=["city"]), "settings_rewrite"),
        (rows("xlsx"), "settings_malformed"),
        ({"secret": "x"}, "settings_malformed"),
    ],
)
def test_each_fault_of_the_settings_has_a_name(more, code):
    given = {"bucket": "people", **settings(**more), **more}

    assert refused(lambda: read(given)).code == code


class TestWalking:
    def pages(self, keys, size=3):
        """A storage with so many names on a page, and what it was asked."""
        asked = []
        keys = sorted(keys, key=str.encode)

        def page(prefix, after):
            asked.append(after)
            rest = [one for one in keys if one.startswith(prefix) and one > after]
            some = rest[:size]
            return [Found(one) for one in some], some[-1] if len(rest) > size else ""

        return page, asked

    def test_where_all_are_gone_one_page_answers_for_everybody(self):
        page, asked = self.pages(["u/9/x"])

        found = list(walk(page, "u/", [Target(f"u/{number}/", True) for number in range(1, 8)]))

        assert (found, len(asked)) == ([], 1)

    def test_what_nobody_asked_for_is_leapt_over(self):
        page, asked = self.pages([f"u/{number:03}/x" for number in range(500)])

        found = [
            one.key for _, one in walk(page, "u/", [Target("u/007/", True), Target("u/400/", True)])
        ]

        assert found == ["u/007/x", "u/400/x"]
        assert len(asked) == 2

    def test_all_of_a_prefix_over_many_pages(self):
        keys = [f"u/1/{number:02}" for number in range(20)]
        page, _ = self.pages([*keys, "u/10/x", "u/2/x"])

        found = [
            one.key for _, one in walk(page, "u/", [Target("u/1/", True), Target("u/2/", True)])
        ]

        assert found == [*keys, "u/2/x"]
