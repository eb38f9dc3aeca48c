"""The operations of the management API, version 1, and its document."""

from functools import cache

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from rest_framework.request import Request

from accounts.api import log
from accounts.api import schema as extensions
from accounts.operations import ServiceView
from consent.api import (
    commitments,
    events,
    exports,
    grounds,
    managers,
    parents,
    records,
    sites,
    translations,
)
from consent.api import refusal_views as refusals
from consent.api import views as consent
from consent.api import visitor_views as visitors
from erasure.api import cases as erasure
from erasure.api import inbound as erasure_inbound
from erasure.api import opendsr as erasure_opendsr
from erasure.api import training
from policies.api import views as policies
from policies.audiences import views as audiences
from policies.recalls.api import views as campaigns
from policies.wishes import api as wishes
from profiles.api import exports as profile_exports
from profiles.api import intake as profile_intake
from profiles.api import related as profile_related
from profiles.api import transfers
from profiles.api import views as profiles
from rights.api import requests as rights
from subjects.api import ages, provenance, relationships
from subjects.api import views as subjects

__all__ = ["app_name", "extensions", "urlpatterns"]

MEDIA_TYPE = "application/vnd.oai.openapi; charset=utf-8"
app_name = "api"


@cache
def document() -> bytes:
    """The OpenAPI document: made once, for it changes only with the code."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    made = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    rendered: bytes = OpenApiYamlRenderer().render(  # type: ignore[no-untyped-call]
        made, renderer_context={}
    )
    return rendered


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The document of these operations. Public: it says nothing about anybody."""
    return HttpResponse(document(), content_type=MEDIA_TYPE)


class Nothing(ServiceView):
    """Whatever is not an operation: a problem like every other, and only for those with a key."""

    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404


urlpatterns = [
    path("schema", schema, name="schema"),
    path("subjects", subjects.Subjects.as_view(), name="subjects"),
    path("subjects/find", subjects.FindSubject.as_view(), name="find-subject"),
    path("subjects/<uuid:subject_id>", subjects.Subject.as_view(), name="subject"),
    path("ages", ages.Ages.as_view(), name="ages"),
    path("relationships", relationships.Relationships.as_view(), name="relationships"),
    path("relationships/end", relationships.RelationshipEnd.as_view(), name="end-relationship"),
    path("parents", parents.Parents.as_view(), name="parents"),
    path("parents/<uuid:check_id>", parents.Parent.as_view(), name="parent"),
    path("parents/<uuid:check_id>/check", parents.ParentCheck.as_view(), name="check-parent"),
    path("triggers", subjects.Triggers.as_view(), name="triggers"),
    path("suppressions", subjects.Suppressions.as_view(), name="suppressions"),
    path("provenance", provenance.Flags.as_view(), name="provenance"),
    path("provenance/end", provenance.FlagEnd.as_view(), name="end-provenance"),
    path("consents", consent.Consents.as_view(), name="consents"),
    path("consents/withdraw", consent.Withdrawals.as_view(), name="withdraw"),
    path("consents/exports", exports.Exports.as_view(), name="consent-exports"),
    path("consents/exports/<uuid:export_id>", exports.Export.as_view(), name="consent-export"),
    path(
        "consents/exports/<uuid:export_id>/file",
        exports.ExportFile.as_view(),
        name="consent-export-file",
    ),
    path("consents/history", consent.History.as_view(), name="history"),
    path("consents/<uuid:event_id>", consent.Consent.as_view(), name="consent"),
    path("receipts/<uuid:event_id>", consent.Receipt.as_view(), name="receipt"),
    path("receipts/<uuid:event_id>/file", records.ReceiptFile.as_view(), name="receipt-file"),
    path("receipts/<uuid:event_id>/proof", consent.ReceiptProof.as_view(), name="receipt-proof"),
    path("collect/tickets", sites.Tickets.as_view(), name="collect-tickets"),
    path("consent-manager/consents", managers.Mandates.as_view(), name="mandates"),
    path("consent-manager/review", managers.Review.as_view(), name="manager-review"),
    path("consent-manager/purposes", managers.ManagerPurposes.as_view(), name="manager-purposes"),
    path("consent-manager/notices", managers.ManagerNotice.as_view(), name="manager-notice"),
    path("objections", refusals.Objections.as_view(), name="objections"),
    path("objections/<uuid:objection_id>", refusals.Objection.as_view(), name="objection"),
    path(
        "objections/<uuid:objection_id>/lift",
        refusals.ObjectionLift.as_view(),
        name="lift-objection",
    ),
    path("restrictions", refusals.Restrictions.as_view(), name="restrictions"),
    path("restrictions/<uuid:restriction_id>", refusals.Restriction.as_view(), name="restriction"),
    path(
        "restrictions/<uuid:restriction_id>/announce",
        refusals.RestrictionAnnouncement.as_view(),
        name="announce-lifting",
    ),
    path(
        "restrictions/<uuid:restriction_id>/lift",
        refusals.RestrictionLift.as_view(),
        name="lift-restriction",
    ),
    path("signals", visitors.Signals.as_view(), name="signals"),
    path("device-choices", visitors.DeviceChoices.as_view(), name="device-choices"),
    path("device-choices/find", visitors.DeviceFind.as_view(), name="find-device-choices"),
    path("device-choices/join", visitors.DeviceJoin.as_view(), name="join-device"),
    path("commitments", commitments.Commitments.as_view(), name="commitments"),
    path(
        "commitments/<uuid:commitment_id>/end",
        commitments.CommitmentEnd.as_view(),
        name="end-commitment",
    ),
    path("grounds", grounds.Grounds.as_view(), name="grounds"),
    path("grounds/<uuid:ground_id>/evidence", grounds.GroundEvidence.as_view(), name="evidence"),
    path("grounds/<uuid:ground_id>/end", grounds.GroundEnd.as_view(), name="end-ground"),
    path("attributes", wishes.Attributes.as_view(), name="attributes"),
    path("attributes/take-back", wishes.AttributesTakenBack.as_view(), name="take-back"),
    path("events", events.Events.as_view(), name="events"),
    path("events/confirmations", events.Confirmations.as_view(), name="confirm-events"),
    path("audit", log.Entries.as_view(), name="audit"),
    path("profiles/list", profiles.Profiles.as_view(), name="profiles"),
    path("profiles/records", profile_intake.Records.as_view(), name="profile-records"),
    path("profiles/<uuid:subject_id>", profiles.Profile.as_view(), name="profile"),
    path(
        "profiles/<uuid:subject_id>/related",
        profile_related.RelatedPeople.as_view(),
        name="profile-related",
    ),
    path(
        "profiles/<uuid:subject_id>/records/<slug:source>",
        profile_intake.Record.as_view(),
        name="profile-record",
    ),
    path("purposes", consent.Purposes.as_view(), name="purposes"),
    path("notices", consent.NoticeInForce.as_view(), name="notices"),
    path(
        "notices/<uuid:version_id>/translations",
        translations.Translations.as_view(),
        name="notice-translations",
    ),
    path("processing", policies.Processing.as_view(), name="processing"),
    path("ai-decisions", policies.AIDecisions.as_view(), name="ai-decisions"),
    path("disclosures", transfers.Disclosures.as_view(), name="disclosures"),
    path("profiles/exports", profile_exports.ProfileExports.as_view(), name="profile-exports"),
    path(
        "profiles/exports/<uuid:export_id>",
        profile_exports.ProfileExport.as_view(),
        name="profile-export",
    ),
    path(
        "profiles/exports/<uuid:export_id>/file",
        profile_exports.ProfileExportFile.as_view(),
        name="profile-export-file",
    ),
    path("audiences", audiences.Audiences.as_view(), name="audiences"),
    path("audiences/<uuid:audience_id>", audiences.Audience.as_view(), name="audience"),
    path("audiences/<uuid:audience_id>/result", audiences.Result.as_view(), name="take-audience"),
    path("segments/<slug:code>", audiences.Segment.as_view(), name="segment"),
    path("campaigns", campaigns.Campaigns.as_view(), name="campaigns"),
    path("campaigns/<uuid:campaign_id>/end", campaigns.CampaignEnd.as_view(), name="end-campaign"),
    path("campaigns/<uuid:campaign_id>/kill-list", campaigns.KillList.as_view(), name="kill-list"),
    path("erasure-cases", erasure.ErasureCases.as_view(), name="erasure-cases"),
    path("erasure-cases/dry-run", erasure.ErasureRehearsal.as_view(), name="erasure-dry-run"),
    path("erasure-cases/<uuid:case_id>", erasure.ErasureCase.as_view(), name="erasure-case"),
    path(
        "erasure-cases/<uuid:case_id>/cancel",
        erasure.ErasureCancel.as_view(),
        name="cancel-erasure-case",
    ),
    path(
        "erasure-cases/<uuid:case_id>/certificate",
        erasure.ErasureCertificate.as_view(),
        name="erasure-certificate",
    ),
    path("rights-requests", rights.RightsRequests.as_view(), name="rights-requests"),
    path(
        "rights-requests/<uuid:request_id>", rights.RightsRequest.as_view(), name="rights-request"
    ),
    path(
        "rights-requests/<uuid:request_id>/take-back",
        rights.RightsRequestBack.as_view(),
        name="take-back-request",
    ),
    path("training-sets", training.TrainingSets.as_view(), name="training-sets"),
    path("training-sets/<uuid:set_id>", training.TrainingSet.as_view(), name="training-set"),
    path(
        "training-sets/<uuid:set_id>/members",
        training.TrainingMembers.as_view(),
        name="training-members",
    ),
    path("training-exclusions", training.TrainingExclusions.as_view(), name="training-exclusions"),
    path(
        "callbacks/opendsr/<uuid:connector_id>",
        erasure_opendsr.OpenDsrCallback.as_view(),
        name="opendsr-callback",
    ),
    path(
        "callbacks/<slug:platform>/<slug:slug>",
        erasure_inbound.PlatformCallback.as_view(),
        name="platform-callback",
    ),
    re_path(r"^(?P<rest>.*)$", Nothing.as_view(), name="nothing"),
]
