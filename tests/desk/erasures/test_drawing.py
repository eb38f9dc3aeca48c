"""The picture of systems and their order."""

import pytest

from desk.erasures.drawing import Node, picture


def nodes(*keys):
    return [Node(key, f"System {key}", "planned", "Planned") for key in keys]


def places(drawn):
    return {box.node.key: box for box in drawn.boxes}


def test_who_waits_stands_behind_whom_it_waits_for():
    drawn = places(picture(nodes("c", "b", "a"), [("b", "a", ""), ("c", "b", "1 h")]))

    assert drawn["a"].x < drawn["b"].x < drawn["c"].x


def test_read_from_the_right_it_runs_from_the_right():
    drawn = places(picture(nodes("a", "b"), [("b", "a", "")], is_rtl=True))

    assert drawn["a"].x > drawn["b"].x
    assert drawn["a"].text_x < drawn["a"].mark_x


def test_those_of_one_column_do_not_overlap():
    drawn = picture(nodes("a", "b", "c"), [])

    tops = sorted(box.y for box in drawn.boxes)
    assert all(low + drawn.box_height <= high for low, high in zip(tops, tops[1:], strict=False))
    assert tops[-1] + drawn.box_height <= drawn.height


def test_everything_is_inside_the_picture():
    drawn = picture(nodes(*"abcd"), [("b", "a", ""), ("c", "a", ""), ("d", "c", "")])

    assert all(0 <= box.x <= drawn.width - drawn.box_width for box in drawn.boxes)
    assert len(drawn.arrows) == 3


def test_an_order_of_systems_that_are_not_there_is_left_out():
    assert picture(nodes("a"), [("a", "gone", "")]).arrows == ()


def test_who_waits_because_of_another_between_them_is_not_joined():
    drawn = picture(nodes(*"abc"), [("b", "a", ""), ("c", "b", ""), ("c", "a", "")])

    assert len(drawn.arrows) == 2
    assert (
        len(picture(nodes(*"abc"), [("b", "a", ""), ("c", "b", ""), ("c", "a", "1 h")]).arrows) == 3
    )


def test_who_is_waited_for_late_stands_right_before():
    chain = [("b", "a", ""), ("c", "b", ""), ("c", "free", "")]

    drawn = places(picture(nodes("a", "b", "c", "free"), chain))

    assert drawn["free"].x == drawn["b"].x


def test_an_arrow_knows_the_state_of_whom_is_waited_for():
    ended, waiting = Node("a", "A", "absent", "Gone"), Node("b", "B", "planned", "Planned")

    [arrow] = picture([ended, waiting], [("b", "a", "")]).arrows

    assert arrow.state == "absent"


def test_a_circle_is_drawn_and_not_gone_round_for_ever():
    assert len(picture(nodes("a", "b"), [("a", "b", ""), ("b", "a", "")]).arrows) == 2


@pytest.mark.parametrize(("name", "shown"), [("CRM", "CRM"), ("x" * 40, "x" * 23 + "…")])
def test_a_long_name_is_cut(name, shown):
    (box,) = picture([Node("a", name, "absent", "Gone")], []).boxes

    assert box.name == shown


def test_of_nothing_there_is_an_empty_picture():
    assert picture([], []).boxes == ()
