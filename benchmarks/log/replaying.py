"""How fast a whole log is replayed: records and all, the tree alone, and an auditor's copy offline.

A second is one of our own processor: what PostgreSQL does meanwhile is on another core.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from audit import sealing, verification
from audit.actors import Actor
from audit.exporting import log_copy
from audit.tiles import LogReader
from benchmarks.log.house import LOG
from clients.verify import sammati_verify as verifier


@dataclass(frozen=True)
class Rate:
    """Entries replayed a second, and how many there were."""

    entries: int
    a_second: float


def records() -> Rate:
    """Every record read, hashed and compared with its index line, and the tree above them."""
    sealing.seal_all()
    return _timed(lambda: _refuse(verification.verify()))


def tree() -> Rate:
    """From the database: commitments, tiles, checkpoints."""
    return _timed(lambda: _refuse(verification.verify(with_payloads=False)))


def copied() -> Rate:
    """From files, by the verifier that knows neither Django nor us."""
    with tempfile.TemporaryDirectory() as name:
        log_copy.copy(_reader(), Path(name), by=Actor.system("benchmark"), reason="measured")
        keys = verifier.parse_vkeys((Path(name) / "key").read_text(), "key")
        trust = verifier.Trust(keys)
        with verifier.Source(Path(name), most_files=verifier.MOST_LOG_FILES) as source:
            return _timed(lambda: verifier.verify_log(source, trust))


def _refuse(findings: object) -> None:
    found = list(findings)  # type: ignore[call-overload]
    if found:
        raise RuntimeError(f"the log does not verify: {found[:3]}")


def _timed(replay: Callable[[], object]) -> Rate:
    entries = _reader().size
    began = time.process_time()
    replay()
    return Rate(entries, entries / (time.process_time() - began))


def _reader() -> LogReader:
    reader = LogReader.of(LOG)
    if reader is None:
        raise RuntimeError("nothing was placed in the log")
    return reader
