from hypothesis import given
from hypothesis import strategies as st

from audit.witnesses.der import elements, in_order


def element(tag, content):
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2)
    return bytes([tag]) + length + content


def response(certificates):
    """As much of a timestamp response as stands around its certificates."""
    signed = element(0x02, b"\3") + element(0xA0, b"".join(certificates)) + element(0x31, b"")
    token = element(0x06, b"\1") + element(0xA0, element(0x30, signed))
    return element(0x30, element(0x30, element(0x02, b"\0")) + element(0x30, token))


@given(st.lists(st.binary(max_size=300).map(lambda content: element(0x30, content)), max_size=6))
def test_the_certificates_are_put_in_the_order_of_their_bytes(certificates):
    assert in_order(response(certificates)) == response(sorted(certificates))


@given(st.binary(max_size=80))
def test_anything_else_stays_as_it_is(raw):
    assert in_order(raw) == raw or sorted(in_order(raw)) == sorted(raw)


@given(
    st.lists(st.binary(min_size=1, max_size=40).map(lambda c: element(0x30, c)), max_size=3),
    st.data(),
)
def test_half_a_response_stays_as_it_is(certificates, data):
    whole = response(certificates)
    part = whole[: data.draw(st.integers(0, len(whole) - 1))]

    assert in_order(part) == part


def test_elements_are_told_apart():
    raw = element(0x02, b"ab") + element(0x30, b"c" * 200)

    assert [(one.tag, raw[one.start : one.end]) for one in elements(raw, 0, len(raw))] == [
        (0x02, b"ab"), (0x30, b"c" * 200),
    ]  # fmt: skip
