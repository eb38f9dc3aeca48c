"""Of which data categories nothing may be taken in about people any more (P8; GDPR 5(1)(b), 21).

Those that were erased; and those that the company wants only for purposes that were erased for
the person or that they objected to. What another purpose needs is taken in for that.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from consent import catalogue
from consent import selectors as consents
from consent.catalogue import PurposeInForce
from subjects import selectors as subjects


def left_out(controller_id: UUID, ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """The categories by person; "" stands for all: they are erased, or kept for the law only.

    An objection that waits for an officer leaves nothing out: what is there may be stored
    meanwhile (GDPR 18(2)).
    """
    found = subjects.gone_categories(controller_id, ids)
    ended = subjects.erased_purposes(controller_id, ids)
    for subject_id, codes in consents.objected(controller_id, ids).items():
        ended.setdefault(subject_id, set()).update(codes)
    purposes = catalogue.in_force(controller_id).purposes if ended else {}
    for subject_id, codes in ended.items():
        found.setdefault(subject_id, set()).update(_needless(purposes, codes))
    return found


def _needless(purposes: Mapping[str, PurposeInForce], ended: Collection[str]) -> set[str]:
    """What only these purposes need; one that is closed needs nothing."""
    theirs: set[str] = set()
    others: set[str] = set()
    for code, one in purposes.items():
        if code in ended:
            theirs.update(one.categories)
        elif not one.is_closed:
            others.update(one.categories)
    return theirs - others
