"""The operations on campaigns: check the request, call one verb, answer."""

from http import HTTPStatus
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import Answer
from accounts.inputs import NothingQuery
from accounts.operations import ServiceView
from policies.recalls import campaigns
from policies.recalls.api import documents, serializers
from policies.recalls.models import Campaign


class Campaigns(ServiceView):
    @documents.start_campaign
    def post(self, request: Request) -> Response:
        said = self.said(serializers.CampaignInput)
        self.need(said["purpose"])

        def start() -> Answer:
            campaign = campaigns.start_campaign(
                by=self.by, controller_id=self.caller.controller_id, service_id=self.caller.id,
                reference=said["reference"], purpose=said["purpose"], ends_at=said["ends_at"],
                since_at=said.get("since_at"),
            )  # fmt: skip
            return HTTPStatus.CREATED, _shown(campaign)

        status, answer = self.once(start)
        return Response(answer, status)


class CampaignEnd(ServiceView):
    @documents.end_campaign
    def post(self, request: Request, campaign_id: UUID) -> Response:
        self.said(NothingQuery)

        def end() -> Answer:
            campaign = campaigns.end_campaign(
                by=self.by, controller_id=self.caller.controller_id, service_id=self.caller.id,
                campaign_id=campaign_id,
            )  # fmt: skip
            return HTTPStatus.OK, _shown(campaign)

        status, answer = self.once(end)
        return Response(answer, status)


class KillList(ServiceView):
    @documents.read_kill_list
    def get(self, request: Request, campaign_id: UUID) -> Response:
        asked = self.asked(serializers.KillListQuery)
        page = campaigns.kill_list(
            by=self.by, controller_id=self.caller.controller_id, service_id=self.caller.id,
            campaign_id=campaign_id, after=asked["after"], limit=asked["limit"],
        )  # fmt: skip
        return Response(serializers.KillListOutput(page).data)


def _shown(campaign: Campaign) -> dict[str, object]:
    return dict(serializers.CampaignOutput(campaign).data)
