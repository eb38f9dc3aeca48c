"""Through which door an entry came, and what of it is kept."""

import uuid
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import door, sealing, selectors, verification
from audit.door import Door
from audit.models import EntryIndex
from audit.services import FEW
from audit.verification.entries import Entries
from tests.audit.log import PERSON, write

pytestmark = pytest.mark.req("AUD-02")
HERE = Door(str(uuid.UUID(int=7)), "203.0.113.0/24")


@pytest.fixture
def inside():
    door.enter(HERE)
    yield
    door.leave()


class TestNetworks:
    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("203.0.113.77", "203.0.113.0/24"), ("::ffff:203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:5:6:7:8:9:a", "2001:db8:5::/48"), ("fe80::1%eth0", "fe80::/48"),
            ("::1", "::/48"), ("", ""), ("unix:", ""), ("203.0.113.77:8000", ""),
            ("203.0.113.0/24", ""), ("asha.example", ""),
        ],
    )  # fmt: skip
    def test_of_an_address(self, address, network):
        assert door.network(address) == network

    @given(st.ip_addresses())
    def test_never_hold_a_whole_address(self, address):
        found = ip_network(door.network(str(address)))

        plain = getattr(address, "ipv4_mapped", None) or address
        assert plain in found
        assert found.prefixlen == (24 if plain.version == 4 else 48)

    @given(st.text(max_size=40))
    def test_of_any_text_are_networks_or_nothing(self, text):
        assert door.network(text) == "" or ip_network(door.network(text))


class TestTraces:
    @pytest.mark.parametrize(
        "offered",
        ["0192f0c1-1234-7123-8123-123456789012", "0" * 32, "4bf92F3577b34da6a3ce929d0e0e4736"],
    )
    def test_are_uuids_and_32_digits(self, offered):
        assert door.trace(offered) == offered

    @pytest.mark.parametrize(
        "offered", ["", "asha.kumar", "order-77", "0" * 31, "0" * 33, "g" * 32, "0" * 32 + "\n"]
    )
    def test_are_nothing_else(self, offered):
        assert door.trace(offered) == ""


class TestDoors:
    def test_are_shut_unless_somebody_says(self):
        assert door.current() is None

    def test_that_say_nothing_are_none(self):
        door.enter(Door())

        assert door.current() is None

    def test_of_a_job_stands_before_what_was_open(self, inside):
        with door.through_job(uuid.UUID(int=9)):
            assert door.current() == Door(str(uuid.UUID(int=9)))

        assert door.current() == HERE

    def test_of_a_job_that_fails_is_shut(self):
        with pytest.raises(RuntimeError), door.through_job(uuid.UUID(int=9)):
            raise RuntimeError

        assert door.current() is None


@pytest.mark.django_db
class TestEntries:
    @pytest.mark.parametrize("count", [1, 2, FEW + 1])
    def test_say_it_whichever_way_they_are_written(self, count, inside):
        for entry in write(count):
            assert selectors.payload(entry)["door"] == {
                "request": HERE.request, "network": HERE.network,
            }  # fmt: skip

    def test_without_one_have_no_such_member(self):
        (entry,) = write()

        assert "door" not in selectors.payload(entry)

    def test_leave_out_what_is_not_known(self):
        with door.through_job(uuid.UUID(int=9)):
            (entry,) = write()

        assert selectors.payload(entry)["door"] == {"request": str(uuid.UUID(int=9))}

    @pytest.mark.req("P6")
    def test_have_it_in_the_payload_alone(self, inside):
        write(subject=PERSON)

        (line,) = EntryIndex.objects.values()
        assert not {HERE.network, HERE.request} & set(map(str, line.values()))


@pytest.mark.django_db(transaction=True)
def test_they_are_verified_as_quickly_as_any(inside, monkeypatch):
    """The index is compared with them as text: nothing of them is decoded."""
    write(FEW + 1, subject=PERSON, purpose="a.b", outcome="given", reason_code="R")
    sealing.seal_all()
    decoded = []
    monkeypatch.setattr(Entries, "_look_closer", lambda *found: decoded.append(found))

    assert not list(verification.verify())
    assert not decoded
