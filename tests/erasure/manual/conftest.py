import pytest

from tests.erasure.engine.conftest import asha, heard_above, office
from tests.locking import locked_first

__all__ = ["asha", "heard_above", "locked_first", "office"]


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    """Where files of evidence are kept."""
    settings.ERASURE_EVIDENCE_FOLDER = str(tmp_path / "evidence")
    return tmp_path / "evidence"
