"""Reading a message about many people: what is asked about all of them is made once."""

from policies.pdp.wire import parse_evaluation, parse_evaluations
from tests.policies.test_wire import ASKED, dump


def test_items_that_name_only_another_resource_ask_one_question():
    items = [
        {}, {"resource": {"type": "customer", "id": "b"}},
        {"resource": {"type": "visitor", "id": "c"}}, {"action": {"name": "other"}},
        {"subject": {"type": "service", "id": "x"}}, {"context": {"campaign": "diwali"}},
        {"resource": {"type": "customer", "id": "d"}},
    ]  # fmt: skip

    read = parse_evaluations(dump({**ASKED, "evaluations": items})).items
    alone = [parse_evaluation(dump({**ASKED, **one})) for one in items]

    assert list(read) == alone
    assert read[0].question is read[1].question is read[6].question
