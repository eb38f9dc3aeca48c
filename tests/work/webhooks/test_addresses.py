"""Nothing is sent to inner networks, however an address is dressed, unless the operator says so."""

import pytest

from work.webhooks import addresses
from work.webhooks.errors import AddressRefusedError

pytestmark = pytest.mark.req("INT-02")

INNER = [
    "https://10.0.0.5/x",
    "https://172.16.0.1/x",
    "https://192.168.1.1/x",
    "https://100.64.0.1/x",
    "https://169.254.169.254/latest/meta-data",
    "https://192.0.0.8/x",
    "https://198.18.0.1/x",
    "https://224.0.0.1/x",
    "https://255.255.255.255/x",
    "https://0.0.0.0/x",
    "https://127.0.0.2/x",
    "https://[::]/x",
    "https://[::ffff:10.0.0.5]/x",
    "https://[::10.0.0.5]/x",
    "https://[64:ff9b::a00:5]/x",
    "https://[64:ff9b:1::a00:5]/x",
    "https://[2002:a00:5::1]/x",
    "https://[2001:0:a00:5::1]/x",
    "https://[fe80::1]/x",
    "https://[fec0::1]/x",
    "https://[fd00::1]/x",
    "https://[ff0e::1]/x",
]
FORMLESS = [
    "http://hooks.example/x",
    "http://8.8.8.8/x",
    "ftp://hooks.example/x",
    "javascript:alert(1)",
    "https:///x",
    "https://user:pass@hooks.example/x",
    "https://user@hooks.example/x",
    "https://hooks.example/#part",
    "https://hooks.example:99999/x",
    "https://hooks.example/a b",
    "https://hooks.example/\u0000",
    "https://hooks.example/\r\nX: y",
    "https://ho\u00f6ks.example/",
    "https://hooks.example/" + "a" * 500,
]


def leading_to(monkeypatch, *found):
    rows = [(2, 1, 6, "", (one, 443)) for one in found]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_args, **_more: rows)


@pytest.mark.parametrize("url", INNER + FORMLESS)
def test_is_refused_by_its_form(url):
    with pytest.raises(AddressRefusedError):
        addresses.check(url)


@pytest.mark.parametrize(
    "url", ["https://hooks.example/x?a=b", "https://1.1.1.1/", "https://[2606:4700::1]:8443/"]
)
def test_a_public_one_is_allowed(url):
    assert addresses.check(url) == url


@pytest.mark.parametrize("inner", ["10.1.2.3", "127.0.0.1", "::1", "64:ff9b::a00:5", "fe80::1%2"])
def test_a_name_that_leads_inside_is_refused(monkeypatch, inner):
    leading_to(monkeypatch, inner)

    with pytest.raises(AddressRefusedError):
        addresses.resolve("https://hooks.example/x")


def test_a_name_with_one_inner_address_among_public_ones_is_refused(monkeypatch):
    leading_to(monkeypatch, "1.1.1.1", "10.1.2.3")

    with pytest.raises(AddressRefusedError):
        addresses.resolve("https://hooks.example/x")


def test_this_machine_by_name_must_be_this_machine(monkeypatch):
    leading_to(monkeypatch, "10.1.2.3")

    with pytest.raises(AddressRefusedError):
        addresses.resolve("http://localhost:8080/x")


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch):
    leading_to(monkeypatch, "1.1.1.1")

    place = addresses.resolve("https://hooks.example/x")

    assert (place.address, place.host, place.port) == ("1.1.1.1", "hooks.example", 443)


def test_a_name_that_no_server_can_know_is_refused():
    with pytest.raises(AddressRefusedError):
        addresses.resolve(f"https://{'a' * 70}.example/")


class TestWhatTheOperatorAllows:
    def test_may_be_called_over_https(self, settings, monkeypatch):
        settings.WEBHOOK_NETWORKS = ["10.1.0.0/16"]
        leading_to(monkeypatch, "10.1.2.3")

        assert addresses.check("https://10.1.2.3/x")
        assert addresses.resolve("https://hooks.example/x").address == "10.1.2.3"

    @pytest.mark.parametrize("url", ["http://10.1.2.3/x", "https://10.2.0.1/x"])
    def test_and_nothing_beside_it(self, settings, url):
        settings.WEBHOOK_NETWORKS = ["10.1.0.0/16"]

        with pytest.raises(AddressRefusedError):
            addresses.check(url)
