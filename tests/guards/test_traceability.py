import ast

from tests.guards import traceability


def test_the_table_is_fresh():
    found = traceability.TARGET.read_text() if traceability.TARGET.exists() else ""

    assert found == traceability.table(), "Renew it: python -m tests.guards.traceability"


def test_marks_of_modules_classes_and_functions_are_found():
    source = """
pytestmark = [pytest.mark.django_db, pytest.mark.req("P1")]

@pytest.mark.req("CON-08", "CON-12")
class TestIt:
    @pytest.mark.req("P2")
    def test_this(self): ...

    def helper(self): ...
"""
    tree = ast.parse(source)

    found = set(traceability.proofs(tree.body, traceability.module_marks(tree), "t.py"))

    assert found == {(each, "t.py::TestIt::test_this") for each in ("P1", "P2", "CON-08", "CON-12")}


def test_requirements_are_in_the_order_people_expect():
    assert sorted(["P10", "CON-12", "P2", "CON-08"], key=traceability.in_order) == [
        "CON-08", "CON-12", "P2", "P10",
    ]  # fmt: skip
