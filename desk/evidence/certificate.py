"""Data for the certificate that electronic evidence needs in India. Pure.

Bharatiya Sakshya Adhiniyam 2023, section 63(4) and its Schedule: Part A is signed by the party who
produces the record, Part B by an expert. Nothing here is a certificate: a person fills in what
only a person can state, and signs.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

TO_FILL_IN: Final = ""
LAW: Final = "Bharatiya Sakshya Adhiniyam, 2023, section 63(4), Schedule"


def certificate(
    *, system: str, origin: str, made_at: datetime, files: Mapping[str, str]
) -> dict[str, Any]:
    """The fields of both parts as far as the suite knows them; what is empty, a person states.

    `files` are the SHA-256 values in hexadecimal by file name; times are Indian Standard Time.
    """
    return {
        "law": LAW,
        "nature": "Data for the certificate, to be completed and signed by a person.",
        "part_a": {**_signed_by(made_at), **_record(system, origin, files), **_STATED},
        "part_b": {
            **_signed_by(made_at),
            "designation": TO_FILL_IN,
            **_record(system, origin, files),
        },
    }


_STATED: Final = {
    "relation_to_source": TO_FILL_IN,  # owned, maintained, managed or operated
    "lawful_control": TO_FILL_IN,
    "regular_use_and_feeding": TO_FILL_IN,
    "worked_properly": TO_FILL_IN,
}


def _signed_by(made_at: datetime) -> dict[str, str]:
    local = made_at.astimezone(ZoneInfo("Asia/Kolkata"))
    return {
        "name": TO_FILL_IN, "address": TO_FILL_IN, "place": TO_FILL_IN, "signature": TO_FILL_IN,
        "date": local.strftime("%d/%m/%Y"), "time_ist": local.strftime("%H:%M:%S"),
    }  # fmt: skip


def _record(system: str, origin: str, files: Mapping[str, str]) -> dict[str, Any]:
    """The source of the record, and the hash report."""
    return {
        "source": {
            "kind": "server", "software": system, "log": origin, "make_and_model": TO_FILL_IN,
            "serial_number": TO_FILL_IN, "other_identifier": TO_FILL_IN,
        },
        "hash_algorithm": "SHA256",
        "hash_values": dict(sorted(files.items())),
    }  # fmt: skip
