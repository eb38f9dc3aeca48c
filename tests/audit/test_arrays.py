import json
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.pq import ExecStatus

from audit.arrays import bytea_array, text_array, uuid_array

pytestmark = pytest.mark.django_db

FEW = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))


def read_back(session, array, show="to_json(one)"):
    """The elements as PostgreSQL understood them, shown as JSON."""
    query = f"SELECT json_agg({show} ORDER BY n) FROM unnest($1) WITH ORDINALITY AS t(one, n)"
    found = session.pgconn.exec_params(query.encode(), [array.data], [array.oid], [1])
    assert found.status == ExecStatus.TUPLES_OK, found.error_message.decode()
    return json.loads(found.get_value(0, 0) or "[]")


@FEW
@given(st.lists(TEXT))
def test_texts_arrive_as_they_were(superuser, texts):
    assert read_back(superuser, text_array([text.encode() for text in texts])) == texts


@FEW
@given(st.lists(st.binary()))
def test_bytes_arrive_as_they_were(superuser, values):
    found = read_back(superuser, bytea_array(values), "encode(one, 'hex')")

    assert [bytes.fromhex(one) for one in found] == values


@FEW
@given(st.lists(st.none() | st.uuids()))
def test_uuids_arrive_as_they_were_and_none_as_null(superuser, values):
    found = read_back(superuser, uuid_array([one.bytes if one else None for one in values]))

    assert [UUID(one) if one else None for one in found] == values


@pytest.mark.parametrize("make", [text_array, bytea_array, uuid_array])
def test_an_empty_array_is_empty_not_null(superuser, make):
    found = superuser.pgconn.exec_params(
        b"SELECT cardinality($1)", [make([]).data], [make([]).oid], [1]
    )

    assert found.get_value(0, 0) == b"0"


def test_a_nul_character_fails_the_whole_statement(superuser):
    """Which is why whoever fills the array must have refused it before."""
    array = text_array([b"fine", b"a\x00b"])

    found = superuser.pgconn.exec_params(b"SELECT $1", [array.data], [array.oid], [1])

    assert found.status == ExecStatus.FATAL_ERROR
