from consent import services as consent
from tests.portal.world import APPROVER, DELIVERY, MAPS, OFFERS, SURVEYS

PATH = "/purposes"


def test_it_works(api, lotus, unchanged):
    unchanged()

    response = api.get(PATH)

    assert response.status_code == 200
    items = {one["code"]: one for one in response.json()["items"]}
    assert set(items) == {OFFERS, SURVEYS, MAPS, DELIVERY}
    assert items[OFFERS]["title"] == "Offers by e-mail"
    assert items[OFFERS]["grounds"] == {"IN": "consent", "EU": "6-1-a"}
    assert items[OFFERS]["bases"] == {
        "IN": "urn:sammati:in-dpdp:S6-consent",
        "EU": "https://w3id.org/dpv/legal/eu/gdpr#A6-1-a",
    }
    assert items[OFFERS]["dpv_iri"] == "https://w3id.org/dpv#DirectMarketing"
    assert (items[OFFERS]["operations"], items[OFFERS]["belongs_to"]) == (["Use"], "")
    assert [items[code]["is_registered"] for code in (OFFERS, MAPS)] == [True, False]


def test_a_closed_purpose_is_left_out(api, lotus):
    consent.close_purpose(by=APPROVER, purpose=lotus.versions[MAPS].purpose)

    assert MAPS not in {one["code"] for one in api.get(PATH).json()["items"]}


def test_an_unchanged_list_is_not_sent_again(api, lotus):
    tag = api.get(PATH).headers["ETag"]

    assert api.get(PATH, If_None_Match=tag).status_code == 304
