"""A timestamp authority: it signs by its own clock that a checkpoint existed (RFC 3161)."""

import hashlib
from typing import Final

from cryptography.x509 import ObjectIdentifier
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)
from rfc3161_client.tsp import TimeStampRequest

from audit.witnesses.configuration import Witness
from audit.witnesses.der import in_order
from audit.witnesses.errors import Problem, WitnessTroubleError
from audit.witnesses.models import Cosignature
from audit.witnesses.published import Published
from audit.witnesses.said import Said
from audit.witnesses.transport import Line, Reply

QUERY: Final = "application/timestamp-query"
REPLY: Final = "application/timestamp-reply"
SHA256: Final = ObjectIdentifier("2.16.840.1.101.3.4.2.1")
GRANTED: Final = 0


class TimestampSink:
    """Has the body of the newest checkpoint stamped; the whole response is kept."""

    def __init__(self, witness: Witness) -> None:
        self._url = witness.url
        self._roots = list(witness.roots)
        self._line = Line(witness.timeout)

    def publish(self, log: Published, known: int) -> Said:
        """Raises WitnessTroubleError: no answer, a refusal, or not a stamp for this request."""
        body = log.body.encode()
        builder = TimestampRequestBuilder().data(body).hash_algorithm(HashAlgorithm.SHA256)
        request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
        reply = self._line.post(self._url, request.as_bytes(), QUERY)
        response = _response(reply)
        self._verify(request, response, body)
        return Said(log.size, token=reply.body, at=response.tst_info.gen_time)

    def recall(self, log: Published) -> None:
        """An authority keeps nothing."""

    def vouches(self, kept: Cosignature, log: Published) -> bool:
        """Whether a stamp we kept is over our tree as it is. Raises ContradictionError."""
        try:
            imprint = decode_timestamp_response(
                in_order(bytes(kept.token))
            ).tst_info.message_imprint
        except ValueError:
            return False
        return bytes(imprint.message) == hashlib.sha256(log.body_at(kept.size).encode()).digest()

    def close(self) -> None:
        self._line.close()

    def _verify(self, asked: TimeStampRequest, response: TimeStampResponse, body: bytes) -> None:
        """The stamp is over this body, for this request, and under a root of ours."""
        stamp = response.tst_info
        imprint = stamp.message_imprint
        is_ours = imprint.hash_algorithm == SHA256 and stamp.nonce == asked.nonce
        if not is_ours or bytes(imprint.message) != hashlib.sha256(body).digest():
            raise WitnessTroubleError(Problem.FOREIGN)
        verifier = VerifierBuilder(roots=self._roots, nonce=asked.nonce).build()
        try:
            verifier.verify_message(response, body)
        except (VerificationError, ValueError):
            raise WitnessTroubleError(Problem.BAD_SIGNATURE) from None


def _response(reply: Reply) -> TimeStampResponse:
    if reply.status != 200:
        passing = reply.status == 429 or reply.status >= 500
        raise WitnessTroubleError(Problem.BUSY if passing else Problem.REFUSED)
    if reply.content_type != REPLY:
        raise WitnessTroubleError(Problem.GARBLED)
    try:
        response = decode_timestamp_response(in_order(reply.body))
        if response.status != GRANTED:
            raise WitnessTroubleError(Problem.REFUSED)
        _ = response.tst_info
    except ValueError:
        raise WitnessTroubleError(Problem.GARBLED) from None
    return response
