"""The examples of the standards (C2SP)."""

import pytest

from tests.verify import kit

pytestmark = [pytest.mark.req("AUD-03")]

VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""  # noqa: E501 (a signature is one line)
COSIGNED = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501
QUATRAIN = """Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""  # noqa: E501


def test_the_example_note_verifies_under_its_key():
    key = kit.verifier.Vkey.parse(VKEY)
    note = kit.verifier.Note.parse(NOTE, "it")

    assert note.signed_by(key, "it") == 0
    assert str(key) == VKEY


@pytest.mark.parametrize("at", range(len("This is an example message.\n")))
def test_no_letter_of_it_can_change(at):
    text = kit.flipped(NOTE.encode(), at, 0).decode()
    if "\n\n" not in text:
        return
    note = kit.verifier.Note.parse(text, "it")

    with pytest.raises(kit.verifier.VerificationError):
        note.signed_by(kit.verifier.Vkey.parse(VKEY), "it")


def test_the_text_may_have_empty_lines():
    note = kit.verifier.Note.parse(QUATRAIN, "it")

    assert note.body.endswith("sole:\n\ned è subito sera.\n")
    assert [name for name, _ in note.signatures] == ["quasimodo.example/salvatore"]


def test_a_cosigned_checkpoint_is_read():
    note = kit.verifier.Note.parse(COSIGNED, "it")
    checkpoint = kit.verifier.Checkpoint.parse(note.body, "it")

    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert int.from_bytes(note.signatures[1][1][4:12]) == 1679315147


def test_extension_lines_are_signed_and_passed_over():
    signer = kit.Signer(kit.ORIGIN)
    body = f"{kit.ORIGIN}\n1\n{kit.text64(bytes(32))}\nmore\n"

    found = kit.verifier.check_checkpoint(
        f"{body}\n{signer.sign(body)}", kit.trusting(signer.vkey)
    )  # fmt: skip

    assert found.checkpoint.size == 1


@pytest.mark.parametrize("text", [
    "", "example.com/foo", "example.com/foo+530d903a", "example.com/foo+530d903b+" + VKEY[25:],
    VKEY.replace("foo", "bar"), VKEY.replace("+Ae", "+Be"), VKEY[:-4], "+" + VKEY, VKEY + "A",
    "example .com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VKEY[:-1] + "l",
])  # fmt: skip
def test_what_is_no_verifier_key_is_refused(text):
    with pytest.raises(kit.verifier.UnreadableError):
        kit.verifier.Vkey.parse(text)
