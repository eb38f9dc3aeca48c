"""What a rehearsal's state and counts are in words, wherever officers read them."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from policies.rehearsal.models import Rehearsal
from policies.rehearsal.services import KIND
from work import selectors as work


def state(of: Rehearsal) -> str:
    """Whether it runs, how far it is, or how it ended. Two queries while it runs, else none."""
    if of.ended_at is not None:
        return str(of.get_state_display())
    where, key = of.controller_id, str(of.id)
    if work.state_of(kind=KIND, controller_id=where, dedupe_key=key) == "dead":
        return _("Given up after many attempts; the list of jobs says why.")
    done, total = work.progress_of(kind=KIND, controller_id=where, dedupe_key=key)
    if total:
        return _("Running: %(part)s of %(all)s decisions") % {
            "part": number(done), "all": number(total)
        }  # fmt: skip
    return _("Running: %(part)s decisions so far") % {"part": number(done)}


def result(of: Rehearsal) -> str:
    """How many decisions it has tried the draft on, and how many would come out the other way."""
    if not of.examined:
        return _("No decision was there to try the draft on.")
    text = ngettext(
        "Of %(all)s decision, %(denied)s would be newly denied and %(permitted)s newly permitted.",
        "Of %(all)s decisions, %(denied)s would be newly denied and %(permitted)s newly permitted.",
        of.examined,
    )
    return text % {
        "all": number(of.examined), "denied": number(of.newly_denied),
        "permitted": number(of.newly_permitted),
    }  # fmt: skip


def number(count: int) -> str:
    """A count as people write it."""
    return str(number_format(count, force_grouping=True))
