import pytest

from subjects.jurisdiction import EEA, packs

INDIA, UNION, BOTH, NONE = ("IN",), ("EU",), ("IN", "EU"), ()
TABLE = {
    # (residence, establishment): the laws that apply (DPDP s.3; GDPR Art 3)
    ("IN", "IN"): INDIA,
    ("IN", "US"): INDIA,
    ("IN", "DE"): BOTH,
    ("DE", "IN"): BOTH,
    ("DE", "DE"): UNION,
    ("DE", "US"): UNION,
    ("NO", "US"): UNION,
    ("LI", "US"): UNION,
    ("IS", "US"): UNION,
    ("US", "IN"): INDIA,
    ("US", "DE"): UNION,
    ("US", "US"): NONE,
    ("GB", "GB"): NONE,
    ("CH", "US"): NONE,
    ("", "IN"): NONE,
    ("", "DE"): NONE,
    ("", ""): NONE,
}


@pytest.mark.req("POL-12")
@pytest.mark.parametrize(("where", "laws"), TABLE.items())
def test_residence_and_establishment_give_the_laws(where, laws):
    assert packs(*where) == laws


def test_the_union_here_is_the_economic_area():
    assert len(EEA) == 30
    assert {"IS", "LI", "NO"} <= EEA
    assert not {"GB", "CH", "UK", "EL"} & EEA
