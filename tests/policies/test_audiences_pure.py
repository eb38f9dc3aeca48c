"""The pure parts: spans, suppressed counts, and lists as services send them."""

import io
import operator
import random

import pytest

from policies.audiences import lists
from policies.audiences.counts import Exclusion, exclusions
from policies.audiences.errors import FormatMissingError, ListMalformedError
from policies.audiences.spans import Span, UndecidedError, span

ONE = "01931c2e-8f00-7a31-9c5d-2f7a6b1e0c42"
TWO = "01931c2e-8f00-7a31-9c5d-2f7a6b1e0c43"
COMPARISONS = (
    operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
)  # fmt: skip


class TestASpan:
    @pytest.mark.parametrize("compare", COMPARISONS)
    def test_answers_only_where_all_its_numbers_answer_alike(self, compare):
        for low in range(4):
            for high in range(low, 4):
                for other in range(-1, 5):
                    answers = {compare(one, other) for one in range(low, high + 1)}
                    assert said(compare, Span(low, high), other) == answers
                    turned = {compare(other, one) for one in range(low, high + 1)}
                    assert said(compare, other, Span(low, high)) == turned

    @pytest.mark.parametrize("compare", COMPARISONS)
    def test_compares_with_another_whose_number_is_its_own(self, compare):
        dice = random.Random(4)  # noqa: S311
        for _ in range(300):
            a, b = sorted(dice.choices(range(5), k=2)), sorted(dice.choices(range(5), k=2))
            answers = {
                compare(x, y) for x in range(a[0], a[1] + 1) for y in range(b[0], b[1] + 1)
            }  # fmt: skip
            assert said(compare, Span(*a), Span(*b)) == answers

    @pytest.mark.parametrize(
        "use",
        [lambda it: it - 1, lambda it: 1 - it, lambda it: it // 5, lambda it: 5 % it, int, str,
         repr, lambda it: f"{it}", lambda it: it.year, lambda it: [7][it], lambda it: it == "x"],
    )  # fmt: skip
    def test_answers_nothing_else(self, use):
        with pytest.raises(UndecidedError):
            use(Span(1, 3))

    def test_is_not_taken_for_an_error_that_denies(self):
        assert not issubclass(UndecidedError, Exception)

    def test_of_one_number_is_that_number(self):
        assert span(4, 4) == 4
        assert span(4, 5) is not None


def said(compare, left, right):
    """The answer, or both where the span cannot tell."""
    try:
        return {compare(left, right)}
    except UndecidedError:
        return {True, False}


@pytest.mark.req("P10")
class TestExclusions:
    @pytest.mark.parametrize(
        ("counts", "told"),
        [
            ({}, []),
            ({"A": 9, "B": 5}, [("A", 9), ("B", 5)]),
            ({"A": 9, "B": 4}, [("", 13)]),  # of one alone, subtracting would tell it
            ({"A": 90, "B": 9, "C": 4}, [("A", 90), ("", 13)]),
            ({"A": 9, "B": 3, "C": 3}, [("A", 9), ("", 6)]),
            ({"A": 3}, [("", None)]),
            ({"A": 0}, []),
        ],
    )
    def test_tell_no_group_below_five(self, counts, told):
        assert exclusions(counts, 5) == [Exclusion(*one) for one in told]

    def test_add_up_where_they_tell_a_number(self):
        dice = random.Random(7)  # noqa: S311
        for _ in range(200):
            counts = {str(n): dice.randint(0, 12) for n in range(dice.randint(1, 6))}
            found = exclusions(counts, 5)
            assert all(one.count is None or one.count >= 5 for one in found)
            if all(one.count is not None for one in found):
                assert sum(one.count for one in found) == sum(counts.values())


class TestALists:
    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            ("csv", f"id\n{ONE}\n{TWO}\n"),
            ("csv", f'\ufeffname,id\r\n"a, b",{ONE}\r\n\r\nx,{TWO}\r\n'),
            ("ndjson", f'{{"id":"{ONE}"}}\n"{TWO}"\n\n'),
        ],
    )
    def test_is_read(self, kind, body):
        assert list(lists.values(kind, body.encode())) == [ONE, TWO]

    @pytest.mark.parametrize("column", ["string", "binary", "uuid"])
    @pytest.mark.parametrize("kind", ["arrow", "parquet"])
    def test_is_read_as_arrow(self, kind, column):
        pa = pytest.importorskip("pyarrow")
        values = [ONE, TWO]
        if column != "string":
            values = [lists.subject_id(ONE), lists.subject_id(TWO)]
        if column == "uuid":
            values = pa.array(values, pa.uuid())
        body = arrow(pa, kind, pa.table({"x": [1, 2], "id": values}))

        assert list(lists.values(kind, body)) == [ONE, TWO]

    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            ("csv", b""), ("csv", b"who\nx\n"), ("csv", b"id,id\nx,y\n"), ("csv", b"id\n\"x\n"),
            ("csv", b"a,id\nx\n"), ("csv", b"id\n\xff\n"), ("csv", b"id\n" + b"x" * 257),
            ("ndjson", b"{"), ("ndjson", b'{"id":5}'), ("ndjson", b"[1]"),
            ("ndjson", b'"a\\u0000"'),
            ("ndjson", b"[" * 100_000), ("arrow", b"no"), ("parquet", b"no"), ("parquet", b""),
        ],
    )  # fmt: skip
    def test_that_cannot_be_read_is_refused_without_its_values(self, kind, body):
        with pytest.raises(ListMalformedError) as refusal:
            list(lists.values(kind, body))

        assert "x" not in refusal.value.message.replace("line", "")

    def test_with_another_column_is_refused(self):
        pa = pytest.importorskip("pyarrow")
        for kind in ("arrow", "parquet"):
            for table in ({"who": [ONE]}, {"id": [5]}, {"id": [None]}):
                with pytest.raises(ListMalformedError):
                    list(lists.values(kind, arrow(pa, kind, pa.table(table))))

    @pytest.mark.req("P10")
    def test_with_other_than_utf8_within_is_refused(self):
        pa = pytest.importorskip("pyarrow")
        body = arrow(pa, "arrow", pa.table({"id": [ONE, TWO]})).replace(b"01931c2e", b"\xff" * 8)

        with pytest.raises(ListMalformedError) as refusal:
            list(lists.values("arrow", body))

        assert "xff" not in refusal.value.message

    def test_that_points_beyond_its_end_is_refused(self):
        """Arrow's own reader would follow its offsets wherever they lead."""
        pa = pytest.importorskip("pyarrow")
        ends = (36).to_bytes(4, "little") + (72).to_bytes(4, "little")
        body = arrow(pa, "arrow", pa.table({"id": [ONE, TWO]}))
        assert body.count(ends) == 1
        beyond = (36).to_bytes(4, "little") + (2**30).to_bytes(4, "little")

        with pytest.raises(ListMalformedError):
            list(lists.values("arrow", body.replace(ends, beyond)))

    def test_of_an_unknown_kind_is_refused(self):
        with pytest.raises(FormatMissingError):
            lists.values("xlsx", b"")

    def test_tells_ids_from_what_is_none(self):
        found, strangers = lists.ids_of([ONE, TWO, ONE, "someone", "x" * 36, "someone"])

        assert found == {lists.subject_id(ONE), lists.subject_id(TWO)}
        assert strangers == 2


def arrow(pa, kind, table):
    from pyarrow import parquet  # noqa: PLC0415 (optional)

    sink = io.BytesIO()
    if kind == "parquet":
        parquet.write_table(table, sink)
    else:
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
    return sink.getvalue()
