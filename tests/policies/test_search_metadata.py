"""The decision point's own description, plain, signed, and for each company."""

import base64
import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

CONFIGURATION = "/.well-known/authzen-configuration"
KEYS = "/.well-known/jwks.json"


def raw(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verified(jws, published):
    """The claims of a compact JWS, verified by the key of its `kid`."""
    head, claims, signature = jws.split(".")
    header = json.loads(raw(head))
    assert header["alg"] == "EdDSA"
    (key,) = (one for one in published if one["kid"] == header["kid"])
    Ed25519PublicKey.from_public_bytes(raw(key["x"])).verify(
        raw(signature), f"{head}.{claims}".encode()
    )
    return json.loads(raw(claims))


@pytest.mark.req("POL-04")
class TestTheMetadata:
    def test_names_every_endpoint_at_the_decision_points_own_address(self, http, site):
        found = http.get(CONFIGURATION).json()

        assert found["policy_decision_point"] == site.url
        endpoints = {name: url for name, url in found.items() if name.endswith("_endpoint")}
        assert endpoints == {
            "access_evaluation_endpoint": f"{site.url}/access/v1/evaluation",
            "access_evaluations_endpoint": f"{site.url}/access/v1/evaluations",
            "search_subject_endpoint": f"{site.url}/access/v1/search/subject",
            "search_resource_endpoint": f"{site.url}/access/v1/search/resource",
            "search_action_endpoint": f"{site.url}/access/v1/search/action",
        }
        assert all(http.post(url.removeprefix(site.url)).status_code == 401
                   for url in endpoints.values())  # fmt: skip

    def test_says_the_same_signed_by_a_key_that_is_published(self, http, site):
        found = http.get(CONFIGURATION).json()
        signed = found.pop("signed_metadata")

        claims = verified(signed, http.get(found["jwks_uri"].removeprefix(site.url)).json()["keys"])

        assert claims.pop("iss") == site.url
        assert claims == found

    def test_verifies_with_no_part_changed(self, http):
        signed = http.get(CONFIGURATION).json()["signed_metadata"]
        head, claims, signature = signed.split(".")
        other = base64.urlsafe_b64encode(raw(claims).replace(b"http", b"HTTP")).rstrip(b"=")

        with pytest.raises(InvalidSignature):
            verified(f"{head}.{other.decode()}.{signature}", http.get(KEYS).json()["keys"])

    def test_of_a_company_is_issued_for_its_address_and_tells_not_whether_it_exists(
        self, http, site
    ):
        for slug in ("lotus", "nobody-of-that-name"):
            found = http.get(f"{CONFIGURATION}/{slug}").json()
            claims = verified(found["signed_metadata"], http.get(KEYS).json()["keys"])

            assert found["policy_decision_point"] == claims["iss"] == f"{site.url}/{slug}"
            assert found["access_evaluation_endpoint"] == f"{site.url}/access/v1/evaluation"

    @pytest.mark.parametrize("path", ["/a/b", "/Lotus", "/-", "/" + "x" * 41, "/a%00", "s", "/é"])
    def test_is_not_served_elsewhere(self, http, path):
        assert http.get(CONFIGURATION + path).status_code == 404

    def test_says_which_obligations_it_may_give(self, http):
        assert http.get(CONFIGURATION).json()["supported_obligations"] == ["custom"]

    @pytest.mark.parametrize("path", [CONFIGURATION, f"{CONFIGURATION}/lotus", KEYS])
    def test_is_only_read(self, http, path):
        assert http.post(path).status_code == 405
