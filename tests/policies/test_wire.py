"""Reading AuthZEN messages: what is asked arrives, and what is faulty is refused whole."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.pdp.model import AIUse, Question
from policies.pdp.wire import WireError, parse_evaluation, parse_evaluations

SUBJECT = {"type": "service", "id": "email-activator"}
ACTION = {"name": "activate", "properties": {"purpose": "marketing.email.offers"}}
RESOURCE = {"type": "customer", "id": "0192f6a0"}
ASKED = {"subject": SUBJECT, "action": ACTION, "resource": RESOURCE}
QUESTION = Question(
    purpose="marketing.email.offers", caller="email-activator", caller_type="service"
)
NAMES = st.sampled_from(["a", "b", "a b", "ab", "", "é", "\n", ":", '"'])
SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.just(1.5) | NAMES
SEPARATORS = [(",", ":"), (", ", ": "), (" ,\n", "\t:")]
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(st.tuples(NAMES, inner), max_size=3).map(tuple)
    ),
    max_leaves=10,
)  # an object is a tuple of members, so that names can repeat


def dump(message):
    return json.dumps(message).encode()


def body_with(path, value):
    """The good request with one member set; None as the path's end removes it."""
    message = json.loads(json.dumps(ASKED))
    *way, last = path.split(".")
    place = message
    for step in way:
        place = place.setdefault(step, {})
    if value is KeyError:
        del place[last]
    else:
        place[last] = value
    return dump(message)


def render(value, *, ascii_only, separators):
    comma, colon = separators
    again = {"ascii_only": ascii_only, "separators": separators}
    if isinstance(value, list):
        return "[" + comma.join(render(each, **again) for each in value) + "]"
    if isinstance(value, tuple):
        members = (render(name, **again) + colon + render(each, **again) for name, each in value)
        return "{" + comma.join(members) + "}"
    return json.dumps(value, ensure_ascii=ascii_only)


def repeats_a_name(value):
    if isinstance(value, list):
        return any(repeats_a_name(each) for each in value)
    if not isinstance(value, tuple):
        return False
    names = [name for name, _ in value]
    return len(set(names)) < len(names) or any(repeats_a_name(each) for _, each in value)


def nested(levels):
    value = 1
    for _ in range(levels):
        value = [value]
    return value


class TestEvaluation:
    @pytest.mark.req("POL-01")
    def test_reads_the_question(self):
        item = parse_evaluation(dump(ASKED))

        assert item.question == QUESTION
        assert (item.resource_id, item.scheme, item.error) == ("0192f6a0", "", "")

    def test_reads_every_claim(self):
        properties = {
            "purpose": "p",
            "operations": ["Use", "Profiling"],
            "data": ["pd:EmailAddress"],
            "recipients": ["party-17"],
            "channel": "email",
            "destination": "US",
            "commitment": "order-1",
            "ai": {"model": "prop-7", "significant": False},
        }
        context = {"gpc": "0, 1", "supported_obligations": ["mask"]}
        message = {
            **ASKED,
            "action": {"name": "activate", "properties": properties},
            "resource": {"type": "customer", "id": "c-1", "properties": {"scheme": "crm"}},
            "context": context,
        }

        item = parse_evaluation(dump(message))

        assert item.question == Question(
            purpose="p",
            caller="email-activator",
            caller_type="service",
            operations=("Use", "Profiling"),
            data=("pd:EmailAddress",),
            recipients=("party-17",),
            channel="email",
            destination="US",
            commitment="order-1",
            ai=AIUse(model="prop-7", is_significant=False),
            gpc=True,
            supported=("mask",),
        )
        assert item.scheme == "crm"

    @pytest.mark.req("POL-20")
    @pytest.mark.parametrize(
        ("said", "heard"),
        [
            *((value, True) for value in (True, "1", " 1", "1, 1", "0, 1")),
            *((value, False) for value in (False, "", "0", "true", "11", "1.0", "yes")),
        ],
    )
    def test_reads_the_browsers_signal_as_its_draft_says(self, said, heard):
        asked = parse_evaluation(dump({**ASKED, "context": {"gpc": said}}))

        assert asked.question.gpc is heard

    @pytest.mark.req("POL-05")
    def test_ignores_unknown_members_and_the_order_and_white_space(self):
        message = {"future": {"a": [None, 1.50, -0, "a b"]}, **ASKED, "context": {"time": None}}

        assert parse_evaluation(json.dumps(message, indent=2).encode()).question == QUESTION

    def test_reads_an_action_without_properties(self):
        item = parse_evaluation(body_with("action.properties", KeyError))

        assert item.question.purpose == ""

    def test_reads_no_commitment(self):
        item = parse_evaluation(body_with("action.properties.commitment", None))

        assert item.question.commitment == ""

    @pytest.mark.parametrize("text", ["स्वागत", "a:b{}[]", 'a"b', "a\\u0000b", "😀", "\t\n", "a b"])
    @pytest.mark.parametrize("ascii_only", [True, False])
    def test_reads_any_text(self, text, ascii_only):
        message = {**ASKED, "resource": {"type": "customer", "id": text}, text: {text: text}}

        item = parse_evaluation(json.dumps(message, ensure_ascii=ascii_only).encode())

        assert item.resource_id == text

    @pytest.mark.req("POL-05")
    @pytest.mark.parametrize(
        ("path", "value"),
        [
            *((path, KeyError) for path in ASKED),
            *((path, wrong) for path in ASKED for wrong in (None, "alice", 1, [], True)),
            *(
                (path, wrong)
                for path in (
                    "subject.type", "subject.id", "action.name", "resource.type", "resource.id",
                )
                for wrong in (KeyError, None, 123, 1.5, True, [], {}, "", "x" * 257)
            ),
            *(
                (f"{entity}.properties", wrong)
                for entity in ASKED
                for wrong in (None, "x", 1, [])
            ),
            *(("context", wrong) for wrong in (None, "x", 1, [])),
            *(("action.properties.purpose", wrong) for wrong in (None, 1, [], "x" * 257)),
            *(("action.properties.data", wrong) for wrong in (None, "x", [1], [None], ["x" * 257])),
            *(("action.properties.recipients", wrong) for wrong in ({}, ["x"] * 257)),
            *(("resource.properties.scheme", wrong) for wrong in (None, 1, "x" * 257)),
        ],
    )  # fmt: skip
    def test_refuses_missing_and_ill_typed_members(self, path, value):
        with pytest.raises(WireError):
            parse_evaluation(body_with(path, value))

    def test_reads_the_longest_names(self):
        assert parse_evaluation(body_with("resource.id", "x" * 256)).resource_id == "x" * 256

    @pytest.mark.parametrize(
        "body",
        [b"", b" ", b"null", b"[]", b'"x"', b"{", b"{}", b"{}{}", b'{"a":NaN}', b'{"a":1e999}',
         b'{"a":01}', b"\xef\xbb\xbf{}", b'{"a":' + b"9" * 5000 + b"}", b"{'a':1}", b"\x00"],
    )  # fmt: skip
    def test_refuses_what_is_not_a_json_object(self, body):
        with pytest.raises(WireError):
            parse_evaluation(body)


class TestHygiene:
    @pytest.mark.req("POL-21")
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('"resource":', '"subject": {"type": "service", "id": "other"}, "resource":'),
            ('"id": "0192f6a0"', '"id": "0192f6a0", "id": "0192f6a0"'),
            ('"id": "0192f6a0"', '"id": "0192f6a0", "\\u0069d": "other"'),
            ('"id": "0192f6a0"', '"id": "0192f6a0", "properties": {"a": 1, "a": 1}'),
            ('"resource":', '"future": [[{"a": {"b": 1, "c": 2, "b": 3}}]], "resource":'),
            ('"resource":', '"context": {"": 1, "": 1}, "resource":'),
            ('"resource":', '"context": {"a b": 1, "a b": 1.0}, "resource":'),
            ('"resource":', '"context": {"x": 1e2, "y": [{"z": 1, "z": 1}]}, "resource":'),
        ],
    )
    @pytest.mark.parametrize("spaces", [True, False])
    def test_refuses_a_repeated_name_at_any_depth(self, old, new, spaces):
        text = json.dumps(ASKED)
        assert old in text
        body = text.replace(old, new)

        with pytest.raises(WireError, match="repeats a name"):
            parse_evaluation((body if spaces else body.replace(": ", ":")).encode())

    def test_names_that_differ_in_white_space_are_different(self):
        message = {**ASKED, "context": {"a b": 1, "ab": 2, "a  b": 3}}

        assert parse_evaluation(dump(message)).question == QUESTION

    @pytest.mark.parametrize(
        "text",
        [rb"\u0000", rb"a\u0000", rb"\\\u0000", rb"\ud800", rb"\udc00", rb"\ud800x",
         rb"\udc00\ud800", b"\x00", b"\x1f", b"\n", b"\xff", b"\xed\xa0\x80", b"\xc0\xaf"],
    )  # fmt: skip
    @pytest.mark.parametrize(
        "place", [b'"id": "%s"', b'"id": "x", "%s": 1', b'"id":"x","p":["%s"]']
    )
    def test_refuses_nul_surrogates_controls_and_invalid_utf8(self, text, place):
        body = dump(ASKED).replace(b'"id": "0192f6a0"', place % text)

        with pytest.raises(WireError):
            parse_evaluation(body)

    @pytest.mark.req("POL-21")
    def test_depth_is_bounded(self):
        at_most = {**ASKED, "context": {"a": nested(30)}}
        too_deep = {**ASKED, "context": {"a": nested(31)}}

        assert parse_evaluation(dump(at_most)).question == QUESTION
        with pytest.raises(WireError, match="deeper than 32"):
            parse_evaluation(dump(too_deep))

    def test_many_shallow_objects_are_not_deep(self):
        message = {**ASKED, "context": {"a": [{"b": []}] * 500}}

        assert parse_evaluation(dump(message)).question == QUESTION

    def test_bottomless_nesting_is_refused(self):
        with pytest.raises(WireError, match="deeper than 32"):
            parse_evaluation(b'{"a":' + b"[" * 200_000)

    @pytest.mark.parametrize(
        "body",
        [
            body_with("subject.id", 99887766),
            body_with("resource.type", "asha@example.org" * 30),
            dump(ASKED).replace(
                b'"id": "0192f6a0"', b'"asha@example.org": 1, "asha@example.org": 2'
            ),
            dump({**ASKED, "options": {"evaluations_semantic": "asha@example.org"}}),
        ],
    )
    def test_errors_never_repeat_what_was_sent(self, body):
        with pytest.raises(WireError) as caught:
            parse_evaluations(body)

        assert "asha" not in str(caught.value)
        assert "9988" not in str(caught.value)
        assert caught.value.__cause__ is None

    @settings(max_examples=500, deadline=None, derandomize=True)
    @given(value=VALUES, ascii_only=st.booleans(), separators=st.sampled_from(SEPARATORS))
    def test_repeated_names_are_found_exactly(self, value, ascii_only, separators):
        text = render(value, ascii_only=ascii_only, separators=separators)
        body = (json.dumps(ASKED)[:-1] + ', "context": {"any": ' + text + "}}").encode()

        if repeats_a_name(value):
            with pytest.raises(WireError, match="repeats a name"):
                parse_evaluation(body)
        else:
            assert parse_evaluation(body).question == QUESTION


class TestEvaluations:
    @pytest.mark.req("POL-02")
    def test_items_take_whole_objects_from_the_top(self):
        message = {
            **ASKED,
            "evaluations": [
                {},
                {"resource": {"type": "customer", "id": "c-2", "properties": {"scheme": "crm"}}},
                {"action": {"name": "activate"}},
                {"subject": {"type": "service", "id": "push"}, "context": {"x": 1}},
            ],
        }

        batch = parse_evaluations(dump(message))

        assert not batch.is_single
        assert batch.semantic == "execute_all"
        assert [each.resource_id for each in batch.items] == ["0192f6a0", "c-2"] + ["0192f6a0"] * 2
        assert [each.scheme for each in batch.items] == ["", "crm", "", ""]
        assert batch.items[0].question == QUESTION
        assert batch.items[2].question.purpose == ""
        assert batch.items[3].question.caller == "push"

    @pytest.mark.req("POL-02")
    @pytest.mark.parametrize(
        ("faulty", "member"),
        [
            ({"subject": "alice"}, "subject"),
            ({"subject": None}, "subject"),
            ({"action": {"name": 1}}, "action.name"),
            ({"resource": {"type": "customer"}}, "id"),
            ({"resource": {"type": "customer", "id": ""}}, "resource.id"),
            ({"context": []}, "context"),
            ("alice", "object"),
            (None, "object"),
        ],
    )
    def test_a_faulty_item_is_denied_alone(self, faulty, member):
        batch = parse_evaluations(dump({**ASKED, "evaluations": [{}, faulty, {}]}))

        assert [bool(each.error) for each in batch.items] == [False, True, False]
        assert member in batch.items[1].error
        assert batch.items[1].question == Question()

    @pytest.mark.req("POL-02")
    @pytest.mark.parametrize("name", ["subject", "action", "resource"])
    def test_what_neither_item_nor_top_says_is_the_items_fault(self, name):
        top = {key: value for key, value in ASKED.items() if key != name}
        message = {**top, "evaluations": [{name: ASKED[name]}, {}]}

        batch = parse_evaluations(dump(message))

        assert batch.items[0].question == QUESTION
        assert name in batch.items[1].error

    @pytest.mark.req("POL-02")
    @pytest.mark.parametrize("more", [{}, {"evaluations": []}])
    def test_without_evaluations_it_is_a_single_one(self, more):
        batch = parse_evaluations(dump({**ASKED, **more}))

        assert batch.is_single
        assert batch.items == (parse_evaluation(dump(ASKED)),)

    @pytest.mark.parametrize(
        "semantic", ["execute_all", "deny_on_first_deny", "permit_on_first_permit"]
    )
    def test_reads_the_semantic(self, semantic):
        options = {"evaluations_semantic": semantic, "another_option": 1}
        message = {**ASKED, "evaluations": [{}], "options": options}

        assert parse_evaluations(dump(message)).semantic == semantic

    @pytest.mark.parametrize(
        "more",
        [
            {"evaluations": None},
            {"evaluations": {}},
            {"evaluations": "x"},
            {"options": None},
            {"options": []},
            {"options": {"evaluations_semantic": "any"}},
            {"options": {"evaluations_semantic": None}},
            {"evaluations": [{}], "subject": "alice"},
            {"evaluations": [{}], "action": None},
            {"evaluations": [{}], "context": 1},
            {"subject": None},
        ],
    )
    def test_a_fault_of_the_message_refuses_it_whole(self, more):
        with pytest.raises(WireError):
            parse_evaluations(dump({**ASKED, **more}))

    def test_number_of_items_is_bounded(self):
        message = dump({**ASKED, "evaluations": [{}] * 3})

        assert len(parse_evaluations(message, limit=3).items) == 3
        with pytest.raises(WireError, match="More than 2"):
            parse_evaluations(message, limit=2)

    def test_a_repeated_name_in_one_item_refuses_the_message(self):
        body = dump({**ASKED, "evaluations": [{"a": 1}]}).replace(b'"a": 1', b'"a": 1, "a": 1')

        with pytest.raises(WireError, match="repeats a name"):
            parse_evaluations(body)
