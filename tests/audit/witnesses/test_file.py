"""Checkpoints in a file on another medium."""

import os
import stat

import pytest
from django.db.models.functions import Now

from audit.alarms import open_alarms
from audit.models import Checkpoint, WitnessFeed
from tests.audit.log import LOG, OTHER_LOG
from tests.audit.witnesses.conftest import grow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-06", "P5")]


@pytest.fixture
def paper(tmp_path, configure):
    """The publisher of a file witness, and the file of LOG."""
    folder = tmp_path / "paper"
    folder.mkdir()
    (publisher,) = configure({"name": "paper", "kind": "file", "path": str(folder)})
    return publisher, folder / f"{LOG}.checkpoints"


def publish(publisher):
    WitnessFeed.objects.update(next_at=Now())
    while publisher.step():
        pass
    return WitnessFeed.objects.get(controller_id=LOG)


def notes():
    return list(
        Checkpoint.objects.filter(controller_id=LOG).order_by("size").values_list("note", flat=True)
    )


def alarms():
    return [(a.kind, a.position) for a in open_alarms([LOG])]


def test_each_log_has_a_file_that_only_grows(paper):
    publisher, file = paper
    grow()
    grow(log=OTHER_LOG)
    publish(publisher)
    before = file.read_bytes()
    grow(500)

    publish(publisher)

    assert file.read_bytes().startswith(before)
    assert file.read_text() == "\n\n".join(notes())
    assert (file.parent / f"{OTHER_LOG}.checkpoints").exists()
    assert not stat.S_IMODE(file.stat().st_mode) & 0o007


def test_what_is_there_already_is_not_written_again(paper):
    publisher, file = paper
    grow()
    publish(publisher)
    WitnessFeed.objects.update(size=0)  # as if the process had died before it noted the success

    feed = publish(publisher)

    assert file.read_text() == notes()[0]
    assert feed.size == 1


@pytest.mark.parametrize("cut", [1, 30, 60, 90, 120, 150, 200])
def test_half_a_note_at_the_end_counts_as_not_written(paper, cut):
    publisher, file = paper
    grow()
    publish(publisher)
    grow()
    publish(publisher)
    os.truncate(file, len(notes()[0]) + 2 + cut)
    WitnessFeed.objects.update(size=1)
    grow()

    feed = publish(publisher)

    assert feed.size == 3
    assert file.read_text().endswith("\n\n" + notes()[-1])
    assert alarms() == []


def test_a_file_that_lost_what_it_had_is_an_alarm(paper):
    publisher, file = paper
    grow(7)
    publish(publisher)
    file.write_text("")
    grow()

    feed = publish(publisher)

    assert alarms() == [("witness_forgot", 0)]
    assert (feed.size, file.read_text().strip()) == (8, notes()[-1].strip())


def test_what_others_wrote_into_it_is_passed_over(paper):
    publisher, file = paper
    grow()
    publish(publisher)
    forged = notes()[0].replace("\n1\n", "\n900\n")
    file.write_text(f"{notes()[0]}\n\n{forged}\n\nnonsense\n")
    grow()

    feed = publish(publisher)

    assert (feed.size, alarms()) == (2, [])


def test_a_folder_that_cannot_be_written_is_a_trouble_that_passes(paper):
    publisher, file = paper
    grow()
    file.mkdir()

    feed = publish(publisher)

    assert (feed.problem, feed.size) == ("unwritable", 0)
    file.rmdir()
    WitnessFeed.objects.update(next_at=Now())
    assert (publish(publisher).problem, feed.tries) == ("", 1)
