"""The full receipt of one ledger line, signed, in whichever form is asked for (CON-14)."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from audit import proofs
from audit.canonical import canonical
from audit.errors import EntryMissingError, EntryPendingError
from consent.proofs import entry_of
from consent.records import dpv, jws, kantara, odrl, pdf
from consent.records.content import content as content_of
from consent.records.gathering import gather
from keys import services as keys

Content = dict[str, Any]
Log = dict[str, str]


@dataclass(frozen=True, slots=True)
class File:
    """A receipt as it is handed out."""

    name: str
    media_type: str
    body: bytes


def file(form: str, controller_id: UUID, event_id: UUID) -> File:
    """The receipt of a ledger line in one of the FORMS.

    Raises KeyError for another form, ConsentMissingError, and for a PDF PdfMissingError and
    PdfFontMissingError.
    """
    ending, media_type, made = FORMS[form]
    content = content_of(gather(controller_id, event_id))
    body = made(content, log_of(controller_id, event_id))
    return File(f"receipt-{event_id}{ending}", media_type, body)


def log_of(controller_id: UUID, event_id: UUID) -> Log:
    """The log's proof of the line and the record it is about; nothing while there is no proof."""
    try:
        entry = entry_of(controller_id, event_id)
        proof, record = proofs.proof(controller_id, entry), proofs.record(entry)
    except (EntryMissingError, EntryPendingError):
        return {}
    return {"proof": str(proof), "record": base64.b64encode(record).decode()}


def signed(content: Content, log: Log) -> Content:
    """The content with the signature over its canonical bytes and, unsigned, the log's proof.

    The proof is made after the record and verifies by itself.
    """
    made = keys.sign(canonical(content))
    value = base64.b64encode(made.value).decode()
    signature = {"key_id": str(made.key_id), "ed25519": value}
    return {**content, "signature": signature, **({"log": log} if log else {})}


def _full(content: Content, log: Log) -> bytes:
    return _text(signed(content, log))


def _jws(content: Content, log: Log) -> bytes:
    return jws.signed(content).encode()


def _json_ld(content: Content, log: Log) -> bytes:
    document = dpv.document(content, jws.signed(content))
    proof = {f"sammati:{name}": value for name, value in log.items()}
    return _text({**document, **({"sammati:log": proof} if log else {})})


def _kantara(content: Content, log: Log) -> bytes:
    return _text(kantara.document(content))


def _odrl(content: Content, log: Log) -> bytes:
    return _text(odrl.document(content))


def _pdf(content: Content, log: Log) -> bytes:
    return pdf.document(content, jws.signed(content), is_logged=bool(log))


def _text(document: Content) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


FORMS: Final[dict[str, tuple[str, str, Callable[[Content, Log], bytes]]]] = {
    # form: (ending, media type, what makes it)
    "json": (".json", "application/json", _full),
    "jws": (".jws", "application/jose", _jws),
    "jsonld": (".jsonld", "application/ld+json", _json_ld),
    "kantara": (".kantara.json", "application/json", _kantara),
    "odrl": (".odrl.jsonld", "application/ld+json", _odrl),
    "pdf": (".pdf", "application/pdf", _pdf),
}
