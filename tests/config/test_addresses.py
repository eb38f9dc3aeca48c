"""What is answered where nothing is."""

import pytest

from tests.api.house import problem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/", "/api", "/api/v2/subjects", "/log/v2/x"])
def test_programs_get_a_problem_document(client, path):
    problem(client.get(path), 404, "not_found")


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/nothing"])
def test_nobody_without_a_key_learns_what_there_is(client, path):
    problem(client.get(path), 401, "not_authenticated")


@pytest.mark.parametrize("path", ["/nowhere", "/privacy/nowhere/at/all", "/apiary"])
def test_people_get_a_page(client, path):
    response = client.get(path)

    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")
    assert "This page is not here" in response.content.decode()
