from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now

from audit.models import WitnessFeed
from tests.audit.log import LOG
from tests.audit.witnesses.attacks import Attacker
from tests.audit.witnesses.conftest import grow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-06", "AUD-10")]


def said():
    out = StringIO()
    call_command("audit_witnesses", stdout=out)
    return out.getvalue()


def test_it_tells_how_far_each_witness_is(cosigner):
    grow(3)
    _found, publisher = cosigner()
    publisher.step()
    grow()

    assert said() == f"{LOG}  witness.example/w1 (http): 3 entries, 1 behind.\n"


def test_it_fails_where_a_witness_knows_better(cosigner, superuser):
    attacker = Attacker(superuser)
    grow(3)
    _found, publisher = cosigner()
    publisher.step()
    attacker.back_up()
    grow()
    WitnessFeed.objects.update(next_at=Now())
    publisher.step()
    attacker.roll_back()

    with pytest.raises(CommandError, match="Contradictions: 1") as caught:
        said()

    assert caught.value.returncode == 1
    attacker.leave()


def test_a_wrong_file_is_told_by_its_own_exit_code(settings, tmp_path):
    settings.WITNESSES = str(tmp_path / "none.toml")

    with pytest.raises(CommandError, match="cannot be read") as caught:
        said()

    assert caught.value.returncode == 2
