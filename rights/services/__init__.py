"""What is done with people's requests: taken in, identified, answered, refused, taken back."""

from rights.services.answering import answer, extend, refuse, take_back
from rights.services.comparing import Compared, compare
from rights.services.copying import end_copies, keep_copy, take_copy
from rights.services.correcting import accept, may_be_accepted
from rights.services.identifying import identify, pause, resume
from rights.services.receiving import NewRequest, receive
from rights.services.returning import begin_again, give_back
from rights.services.watching import cases_called_off, cases_closed, watch
from rights.services.writing import MAKE_COPY, TELL, person_of

__all__ = [
    "MAKE_COPY", "TELL", "Compared", "NewRequest", "accept", "answer", "begin_again",
    "cases_called_off", "cases_closed", "compare", "end_copies", "extend", "give_back", "identify",
    "keep_copy", "may_be_accepted", "pause", "person_of", "receive", "refuse", "resume",
    "take_back", "take_copy", "watch",
]  # fmt: skip
