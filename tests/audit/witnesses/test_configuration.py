import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.checks import run_checks

from audit.alarms import open_alarms
from audit.tlog.notes import COSIGNATURE, ED25519, Vkey
from audit.witnesses import duties, watching
from audit.witnesses.configuration import configured
from audit.witnesses.errors import WitnessConfigError
from keys.ids import SYSTEM_ID
from tests.audit.log import LOG

RAW = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
KEY = str(Vkey("w.example", COSIGNATURE, RAW))
NO_COSIGNER = str(Vkey("w.example", ED25519, RAW))
HTTP = f'kind = "http"\nurl = "https://w.example/"\nvkey = "{KEY}"'

WRONG = {
    # what the file says: a part of the sentence
    "witness = 1": "[[witness]] tables",
    "[witness]\nname = 'a'": "[[witness]] tables",
    "[[witnesses]]\nname = 'a'": "[[witness]] tables",
    "[[witness]": "is not TOML",
    "[[witness]]\nkind = 'file'": "needs a name",
    "[[witness]]\nname = ''": "needs a name",
    '[[witness]]\nname = "a\\u0000"': "needs a name",
    f"[[witness]]\nname = '{'a' * 101}'": "needs a name",
    "[[witness]]\nname = 'a'": "kind must be",
    "[[witness]]\nname = 'a'\nkind = 'smoke'": "kind must be",
    "[[witness]]\nname = 'a'\nkind = ['http']": "kind must be",
    "[[witness]]\nname = 'a'\nkind = 'http'": "is missing",
    "[[witness]]\nname = 'a'\nkind = 'file'\npath = 'nowhere'": "folder that exists",
    "[[witness]]\nname = 'a'\nkind = 'file'\npath = 1": "folder that exists",
    "[[witness]]\nname = 'a'\nkind = 'file'\npath = '.'\nurl = 'http://x'": "has no 'url'",
    f"[[witness]]\nname = 'a'\n{HTTP}\npasword = 'x'": "has no 'pasword'",
    f"[[witness]]\nname = 'a'\n{HTTP}\nevery = 0": "every must be",
    f"[[witness]]\nname = 'a'\n{HTTP}\nevery = true": "every must be",
    f"[[witness]]\nname = 'a'\n{HTTP}\ntimeout = 61": "timeout must be",
    f"[[witness]]\nname = 'a'\n{HTTP}\nlogs = []": "logs must be",
    f"[[witness]]\nname = 'a'\n{HTTP}\nlogs = ['everything']": "logs must be",
    f"[[witness]]\nname = 'a'\n{HTTP}\nlogs = [1]": "logs must be",
    f"[[witness]]\nname = 'a'\n{HTTP}\n[[witness]]\nname = 'a'\n{HTTP}": "Two witnesses",
    f"[[witness]]\nname = 'a'\n{HTTP.replace('https', 'ftp')}": "url must be",
    f"[[witness]]\nname = 'a'\n{HTTP.replace('//w', '//me:secret@w')}": "url must be",
    f"[[witness]]\nname = 'a'\n{HTTP.replace('example/', 'example:99999/')}": "url must be",
    f"[[witness]]\nname = 'a'\n{HTTP.replace('example/', 'example/?a=b')}": "url must be",
    f"[[witness]]\nname = 'a'\n{HTTP.replace('https://w.example/', 'https://[')}": "url must be",
    f"[[witness]]\nname = 'a'\n{HTTP.replace(KEY, NO_COSIGNER)}": "vkey must be",
    f"[[witness]]\nname = 'a'\n{HTTP.replace(KEY, KEY[:-6])}": "vkey must be",
    "[[witness]]\nname = 'a'\nkind = 'rfc3161'\nurl = 'http://x'\nroots = 'none.pem'": "roots must",
    "[[witness]]\nname = 'a'\nkind = 'rfc3161'\nurl = 'http://x'\nroots = 'w.toml'": "roots must",
}


@pytest.fixture
def file(tmp_path, settings):
    found = tmp_path / "w.toml"
    settings.WITNESSES = str(found)
    return found


def test_without_a_file_there_are_no_witnesses(settings):
    settings.WITNESSES = ""

    assert configured() == ()


@pytest.mark.parametrize(("content", "words"), WRONG.items())
def test_a_malformed_file_is_refused_with_a_sentence(file, content, words):
    file.write_text(content)

    with pytest.raises(WitnessConfigError) as caught:
        configured()

    assert words in str(caught.value)
    (error,) = [one for one in run_checks(tags=["security"]) if one.id == "audit.E001"]
    assert error.msg == str(caught.value)


def test_a_file_that_is_not_there_is_refused(file):
    with pytest.raises(WitnessConfigError, match="cannot be read"):
        configured()


def test_a_file_that_is_no_text_is_refused(file):
    file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(WitnessConfigError, match="is not TOML"):
        configured()


def test_a_good_file_passes_the_check_and_has_careful_defaults(file):
    file.write_text(
        f'[[witness]]\nname = "a"\n{HTTP}\nlogs = ["system", "{LOG}"]\n'
        '[[witness]]\nname = "b"\nkind = "file"\npath = "."\n'
    )

    cosigner, paper = configured()

    assert not [one for one in run_checks(tags=["security"]) if one.id == "audit.E001"]
    assert (cosigner.every, cosigner.timeout, cosigner.patience) == (10, 10, 600)
    assert cosigner.logs == (SYSTEM_ID, LOG)
    assert cosigner.monitoring == cosigner.url
    assert (paper.every, paper.logs, paper.path) == (1, None, file.parent)


def test_a_changed_file_is_read_again(file):
    file.write_text(f'[[witness]]\nname = "a"\n{HTTP}\n')
    configured()
    file.write_text("")

    assert configured() == ()


@pytest.mark.django_db(transaction=True)
def test_a_file_that_breaks_while_running_is_an_alarm_until_it_is_mended(file):
    file.write_text("[[witness]")
    watching.judge()
    (alarm,) = open_alarms([SYSTEM_ID])
    assert alarm.kind == "witness_late"

    file.write_text("")
    watching.judge()

    assert not open_alarms([SYSTEM_ID]).exists()


def test_a_wrong_file_keeps_no_keeper_from_starting(file):
    """Its other duties go on; the alarm above and the system check speak of the file."""
    file.write_text("[[witness]")

    assert duties._known() == ()
