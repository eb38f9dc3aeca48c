"""Choices on devices and signals of browsers through the API."""

import pytest

from consent import selectors
from consent.models import DeviceChoice
from tests.api.house import pointers, problem

pytestmark = pytest.mark.req("CON-32")
CHOICES, FIND, JOIN, SIGNALS = (
    "/device-choices", "/device-choices/find", "/device-choices/join", "/signals",
)  # fmt: skip
KEY = "a-random-key-of-the-device"
NONE = {"functional": False, "analytics": False, "advertising": False}


def chosen(**more):
    return {"device": KEY, "choices": {"functional": True, "analytics": False}, "method": "button",
            **more}  # fmt: skip


def kinds(company, person):
    return [one.kind for one in selectors.objections(company.id, person.id)]


class TestChoosing:
    def test_on_a_device_where_nobody_is_signed_in(self, api):
        before = api.post(FIND, {"device": KEY})
        response = api.post(CHOICES, chosen())

        assert before.json() == {"allowed": NONE}
        assert response.status_code == 200, response.content
        assert response.json() == {"allowed": {**NONE, "functional": True}}
        assert api.post(FIND, {"device": KEY}).json() == response.json()

    def test_a_signal_keeps_advertising_off(self, api):
        said = chosen(choices={"advertising": True}, gpc="1")

        assert api.post(CHOICES, said).json() == {"allowed": NONE}

    @pytest.mark.parametrize("gpc", ["0", "true", ""])
    def test_what_is_no_signal_changes_nothing(self, api, gpc):
        said = chosen(choices={"advertising": True}, gpc=gpc)

        assert api.post(CHOICES, said).json()["allowed"]["advertising"] is True

    @pytest.mark.parametrize(
        ("more", "pointer"),
        [
            ({"device": "short"}, "/device"),
            ({"device": "x" * 129}, "/device"),
            ({"device": "asha@example.in, as a key"}, "/device"),
            ({"choices": {}}, "/choices"),
            ({"choices": {"essential": True}}, "/choices/essential"),
            ({"choices": {"analytics": "yes"}}, "/choices/analytics"),
            ({"method": "Button"}, "/method"),
            ({"scheme": "email"}, "/scheme"),
        ],
    )
    def test_of_another_form_is_refused(self, api, unchanged, more, pointer):
        unchanged()

        found = pointers(api.post(CHOICES, chosen(**more)))

        assert {where for where, _ in found} == {pointer}
        assert not DeviceChoice.objects.exists()

    def test_by_silence_is_refused(self, api, unchanged):
        unchanged()

        problem(api.post(CHOICES, chosen(method="inactivity")), 422, "method_forbidden")


class TestJoining:
    def test_makes_a_refusal_the_persons(self, api, asha, lotus, entries):
        api.post(CHOICES, chosen(choices={"advertising": False, "analytics": True}))

        response = api.post(JOIN, {"device": KEY, "subject": str(asha.id)})

        assert response.status_code == 200, response.content
        assert response.json() == {"allowed": {**NONE, "analytics": True}}
        assert kinds(lotus, asha) == ["sale_sharing"]
        assert entries("device:joined")[0].subject_id == asha.id
        api.post(FIND, {"device": KEY, "subject": str(asha.id)})
        assert entries("record:read")[0].subject_id == asha.id

    @pytest.mark.req("P9")
    def test_with_another_companys_person_finds_nobody(self, api, bela, unchanged):
        unchanged()

        for path in (JOIN, FIND):
            answer = api.post(path, {"device": KEY, "subject": str(bela.id)})
            problem(answer, 404, "subject_unknown")


@pytest.mark.req("POL-20")
class TestSignals:
    def test_is_recorded_as_an_opt_out(self, api, asha, lotus):
        response = api.post(SIGNALS, {"signal": "gpc", "value": "1", "subject": str(asha.id)})

        assert response.status_code == 200, response.content
        assert response.json() == {"signal": "gpc", "is_heard": True}
        assert kinds(lotus, asha) == ["sale_sharing"]

    @pytest.mark.parametrize("value", ["0", "true", "", "yes"])
    def test_any_other_value_says_nothing_and_takes_nothing_back(self, api, asha, lotus, value):
        said = {"signal": "gpc", "subject": str(asha.id)}
        api.post(SIGNALS, {**said, "value": "1"})

        answer = api.post(SIGNALS, {**said, "value": value})

        assert answer.json() == {"signal": "gpc", "is_heard": False}
        assert kinds(lotus, asha) == ["sale_sharing"]

    def test_of_a_device_alone(self, api):
        api.post(CHOICES, chosen(choices={"advertising": True}))

        api.post(SIGNALS, {"signal": "gpc", "value": "1", "device": KEY})

        assert api.post(FIND, {"device": KEY}).json() == {"allowed": NONE}

    @pytest.mark.parametrize(
        ("said", "pointer"),
        [
            ({"signal": "gpc", "value": "1"}, "/subject"),
            ({"signal": "dnt", "value": "1", "device": KEY}, "/signal"),
            ({"signal": "gpc", "value": 1, "device": KEY}, "/value"),
        ],
    )
    def test_of_another_form_is_refused(self, api, unchanged, said, pointer):
        unchanged()

        assert {where for where, _ in pointers(api.post(SIGNALS, said))} == {pointer}
