"""A system is added by a file, and tried by a command before anybody is told of."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.places import BASE_DIR
from tests.laboratory.using import laboratory

__all__ = ["laboratory"]
pytestmark = pytest.mark.req("ERA-07")
FILE = Path(__file__).parent / "kettle.yaml"
ERASED, KEPT = "asha@people.example", "ravi@people.example"
PROMISES = [
    "reached", "sees", "needs_name", "knows_verbs", "secret", "tells", "is_gone", "tells_again",
    "names_nobody",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _this_machine_may_be_called(settings):
    settings.SYSTEM_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def kettle(laboratory):
    account = laboratory.account("generic")
    account.people({"id": "1", "email": ERASED}, {"id": "2", "email": KEPT})
    account.extra(secret="s3cret")
    return account


@pytest.fixture
def secret(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("s3cret\n"))


def checked(*more, file=FILE):
    """What it says, line by line, and how it ends."""
    said = io.StringIO()
    settings = ["--with", json.dumps({"region": "eu"})]
    try:
        call_command("check_connector", str(file), *settings, *more, stdout=said)
    except SystemExit as ended:
        return said.getvalue().splitlines(), ended.code
    return said.getvalue().splitlines(), 0


def tried(account, **more):
    waits = ["--seconds", str(more.get("seconds", 3))]
    people = ["--erase", f"email={ERASED}", "--keep", f"email={KEPT}"]
    lines, code = checked("--url", account.url, *waits, *people)
    return {line.split()[1]: line.split()[2:] for line in lines[2:]}, code


def test_a_file_alone_is_read_and_says_what_it_declares():
    lines, code = checked()

    assert code == 0
    assert lines[0].startswith("effect delete; verbs erase, restrict;")


def test_an_honest_system_keeps_every_promise(kettle, secret):
    found, code = tried(kettle)

    assert (list(found), code) == (PROMISES, 0)
    assert set(kettle.counts()["left"]) == {"2"}


def test_one_that_does_it_later_keeps_them_too(kettle, secret):
    kettle.mood(later_seconds=0.2)

    assert tried(kettle)[1] == 0


@pytest.mark.parametrize(
    ("mood", "broken"),
    [
        ({"lies": True}, ("is_gone", "still_present")),
        ({"error_body": True}, ("reached", "answer_says_error")),
        ({"dead": True}, ("reached", "unreachable")),
        ({"garbles": True}, ("reached", "answer_malformed")),
    ],
)
def test_one_that_breaks_a_promise_is_told_which(kettle, secret, mood, broken):
    kettle.mood(**mood)

    found, code = tried(kettle, seconds=0.1)

    assert code == 1
    assert found[broken[0]] == [broken[1]]


def test_one_that_takes_any_secret_breaks_a_promise(kettle, secret):
    kettle.extra(secret="")

    found, code = tried(kettle)

    assert (found["secret"], code) == (["wrong_secret_done"], 1)
    assert "tells" not in found


@pytest.mark.parametrize("url", ["https://kettle.example", "http://10.0.0.7", "http://localhost.x"])
def test_nobody_is_erased_elsewhere_for_a_trial(url):
    with pytest.raises(CommandError, match="this machine only"):
        checked("--url", url, "--erase", f"email={ERASED}", "--keep", f"email={KEPT}")


@pytest.mark.parametrize("people", [[], ["--erase", "email=a@b.example"], ["--erase", "name=x"]])
def test_both_people_are_named(people):
    with pytest.raises(CommandError):
        checked("--url", "http://127.0.0.1:9", *people)


def test_a_file_without_the_form_is_refused_by_name(tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(FILE.read_text().replace("means: items", "means: fine"))

    with pytest.raises(CommandError, match="declared_probe_answers"):
        checked(file=wrong)


def test_the_documentation_tells_the_way_with_this_file():
    text = (BASE_DIR / "docs" / "connectors.md").read_text()

    assert "manage.py check_connector tests/registry/connectors/kettle.yaml" in text
    assert all(f"kept   {name}" in text for name in PROMISES)
