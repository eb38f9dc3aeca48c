"""The jobs that keep the journal of erasures."""

from erasure.journal import files, noting
from work.handlers import JobView, Outcome, finished, periodic


@periodic("erasure.journal", every=10)
def note(job: JobView) -> Outcome:
    """Append what was committed since."""
    if files.is_kept():
        noting.note()
    return finished()


@periodic("erasure.journal_prune", every=86_400)
def prune(job: JobView) -> Outcome:
    """Delete days that no backup needs any more."""
    if files.is_kept():
        noting.prune()
    return finished()
