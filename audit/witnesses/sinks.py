"""The three kinds of witness behind one face."""

from typing import Protocol

from audit.witnesses.configuration import Witness
from audit.witnesses.file import FileSink
from audit.witnesses.http import HttpSink
from audit.witnesses.models import Cosignature
from audit.witnesses.published import Published
from audit.witnesses.rfc3161 import TimestampSink
from audit.witnesses.said import Said


class Sink(Protocol):
    """Where checkpoints go. All three questions raise WitnessTroubleError, ContradictionError."""

    def publish(self, log: Published, known: int) -> Said:
        """Show it the newest checkpoint; `known` is the size it last acknowledged."""

    def recall(self, log: Published) -> None:
        """Hold the log to what the witness itself remembers, if it does."""

    def vouches(self, kept: Cosignature, log: Published) -> bool:
        """Whether what it once said, as we kept it, is about our tree as it is."""

    def close(self) -> None:
        """Let go of connections."""


def sink(witness: Witness) -> Sink:
    """The way to this witness."""
    if witness.vkey is not None:
        return HttpSink(witness, witness.vkey)
    return TimestampSink(witness) if witness.roots else FileSink(witness)
