"""The full receipt of a ledger line, in the forms that other systems and people take it in."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.request import Request

from accounts import inputs
from accounts.problems import READ, problems, refusal
from consent.api import examples
from consent.api.views import ConsentView
from consent.records.files import FORMS, File, file

TYPES = sorted({media_type for _ending, media_type, _made in FORMS.values()})


def _schema(media_type: str) -> OpenApiTypes:
    return OpenApiTypes.OBJECT if media_type.endswith("json") else OpenApiTypes.BINARY


class FormQuery(inputs.Query):
    form = inputs.Choice(list(FORMS), default="json", help_text=_("Which form."))


def handed_out(found: File) -> HttpResponse:
    """A receipt as a file that nothing keeps on the way."""
    response = HttpResponse(found.body, content_type=found.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    response.headers["Cache-Control"] = "no-store, private"
    return response


class ReceiptFile(ConsentView):
    @extend_schema(
        operation_id="take_receipt",
        summary="The full receipt of a line, as a file",
        description=(
            "Everything ISO/IEC TS 27560 asks of a consent record: the purpose with its data, "
            "grounds, parties, places and periods, and how the answer was taken. `json` is signed "
            "as the short receipt is and brings the log's proof once there is one; `jws` is the "
            "same content in one line (RFC 7515, EdDSA); `jsonld` is in the W3C Data Privacy "
            "Vocabulary and holds the JWS; `kantara` is Consent Receipt 1.1; `odrl` an agreement; "
            "`pdf` is for people and holds the JWS as a file. The reading is recorded."
        ),
        tags=["Consents"],
        parameters=[FormQuery],
        responses={
            **{
                (200, one): OpenApiResponse(_schema(one), "The receipt.") for one in TYPES
            },
            **problems(*READ, 501),
        },
        examples=[
            OpenApiExample(
                "A signed content", {**examples.RECEIPT, "schema_version": "sammati-receipt-2"},
                response_only=True, status_codes=["200"], media_type="application/json",
            ),
            refusal(501, "pdf_not_installed", "This installation makes no PDF."),
        ],
    )  # fmt: skip
    def get(self, request: Request, event_id: UUID) -> HttpResponse:
        form = self.asked(FormQuery)["form"]
        line = self.line(event_id, f"receipt-{form}")
        return handed_out(file(form, self.caller.controller_id, line.pk))
