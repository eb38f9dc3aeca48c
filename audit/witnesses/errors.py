"""What can go wrong between us and a witness."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Problem(TextChoices):
    """Why a witness has not acknowledged a log's newest checkpoint. A code is stable for ever."""

    UNREACHABLE = "unreachable", _("The witness cannot be reached.")
    SLOW = "slow", _("The witness did not answer in time.")
    BUSY = "busy", _("The witness cannot answer now.")
    CONFLICT = "conflict", _("The witness changes its mind about what it has seen.")
    UNWRITABLE = "unwritable", _("The witness's file cannot be written.")
    UNKNOWN_LOG = "unknown_log", _("The witness does not know this log.")
    UNTRUSTED_KEY = "untrusted_key", _("The witness does not trust the key that signs this log.")
    REDIRECTED = "redirected", _("The witness sent us elsewhere; we do not follow.")
    REFUSED = "refused", _("The witness refused the request.")
    TOO_LONG = "too_long", _("The witness's answer is too long.")
    GARBLED = "garbled", _("The witness's answer makes no sense.")
    BAD_SIGNATURE = "bad_signature", _("The witness's answer is not signed by its key.")
    FOREIGN = "foreign", _("The witness's answer belongs to another request.")
    BAD_TIME = "bad_time", _("The witness's clock disagrees with ours.")
    FORK = "fork", _("The witness has seen another history of this log.")
    SHRINK = "shrink", _("The witness has seen more of this log than there is.")


PASSING = frozenset(
    {Problem.UNREACHABLE, Problem.SLOW, Problem.BUSY, Problem.CONFLICT, Problem.UNWRITABLE}
)
"""What may mend itself: an alarm only once it has lasted."""

CONTRADICTIONS = frozenset({Problem.FORK, Problem.SHRINK})


class WitnessConfigError(ValueError):
    """The file that names the witnesses is not right. Its text is a sentence for the operator."""


class WitnessTroubleError(Exception):
    """The witness did not acknowledge."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class ContradictionError(Exception):
    """A witness holds a state of the log that our tree does not begin with.

    `size` is what it has seen, `evidence` the note it holds where it has shown one.
    """

    def __init__(self, problem: Problem, size: int, evidence: str = "") -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.size = size
        self.evidence = evidence
