"""One round of the benchmark of audiences, in this process: what a worker does, and a service."""

from uuid import UUID

from django.db import connection
from psycopg.pq import Format
from psycopg.pq.abc import PGresult

from accounts.models import ServiceClient
from audit import arrays
from audit.actors import Actor
from benchmarks.people import CHANNELS, MARKETING, Service
from consent.models import Purpose
from policies.audiences import results, selectors, services
from policies.audiences.models import Audience
from policies.pdp.model import Question
from work.services import run_available


class Rounds:
    """The questions of one service about one purpose."""

    def __init__(self, service: Service, bare: str) -> None:
        self.controller_id = UUID(service.controller)
        self.service = ServiceClient.objects.get(
            controller_id=self.controller_id, code=service.code
        )
        self.purpose = Purpose.objects.get(controller_id=self.controller_id, code=MARKETING)
        self.sql = bare.encode()

    def bare(self) -> PGresult:
        """The ids by SQL alone, as the client library holds them."""
        connection.ensure_connection()
        return connection.connection.pgconn.exec_params(
            self.sql, [self.controller_id.bytes, self.purpose.id.bytes],
            [arrays.UUID, arrays.UUID], [Format.BINARY] * 2, Format.BINARY,
        )  # fmt: skip

    def audience(self) -> Audience:
        """The same ids, decided and recorded."""
        question = Question(
            purpose=MARKETING, caller=self.service.code, caller_type="service",
            channel=CHANNELS[MARKETING],
        )  # fmt: skip
        audience = services.request(
            by=Actor("service", str(self.service.id)), controller_id=self.controller_id,
            service_id=self.service.id, question=question,
        )  # fmt: skip
        run_available(worker="bench", seconds=600)
        audience.refresh_from_db()
        return audience

    def take(self, audience: Audience) -> int:
        """How many bytes the result has."""
        ended = selectors.ended_since(audience)
        return sum(map(len, results.pieces("ndjson", selectors.permits(audience, ended))))

    def are_same(self, audience: Audience, bare: PGresult) -> bool:
        """Whether both are the same ids."""
        expected = {bare.get_value(row, 0) for row in range(bare.ntuples)}
        return expected == {raw for one in selectors.permits(audience, set()) for raw in one.ids}
