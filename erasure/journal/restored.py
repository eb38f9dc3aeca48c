"""What every process asks before it serves or does anything: was this database put back?"""

from erasure.journal import files, replaying
from work import serving


@serving.question(where=files.is_kept)
def is_up_to_date() -> bool:
    """Whether every erasure of the journal is done here (ERA-11). Unknown raises, and is no."""
    return not replaying.is_behind()
