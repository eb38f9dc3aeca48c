"""Words of a notice in other languages for services: bring drafts, see how each language stands.

Nobody is shown a draft, and its words do not leave by this door either.
"""

from collections.abc import Callable, Mapping
from typing import IO, Any, Final, cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from accounts import inputs
from accounts.operations import ServiceView
from accounts.problems import IDEMPOTENCY_KEY, READ, WRITE, answer, body, problems, refusal
from consent import services
from consent.api.serializers import LANGUAGE
from consent.models import NoticeTranslation, NoticeVersion, Origin
from consent.versions import completeness
from consent.versions.errors import LinesTooLargeError, VersionMissingError

TAGS = ["Purposes and notices"]
MAX_BYTES: Final = 1024 * 1024
NDJSON, CSV = "application/x-ndjson", "text/csv"
LINES = "lines"
WORDS = {
    "title": "हम आपसे क्या पूछते हैं", "introduction": "हम आपकी हाँ माँगते हैं।", "items": [],
}  # fmt: skip
ROW = {
    "language": "hi", "origin": "machine", "state": "draft",
    "sha256": "5f1d6cf0a3e8b9d27c4e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c",
    "drafted_at": "2026-03-15T06:00:00Z", "approved_at": None,
}  # fmt: skip
STANDS = {
    "version": "01931c40-2c00-7a11-8d3e-4b5a6c7d8e9f", "items": [ROW],
    "missing": ["ta", "ur"], "waived": [{"language": "sat", "until": "2026-12-31"}],
}  # fmt: skip


class LinesParser(BaseParser):
    """A text of lines as it came; what it says is read where the English words are at hand."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, str]:
        sent = stream.read(MAX_BYTES + 1)
        if len(sent) > MAX_BYTES:
            raise LinesTooLargeError
        try:
            return {LINES: str(sent, "utf-8")}
        except UnicodeDecodeError:
            raise ParseError(_("The body is not UTF-8."), "malformed_body") from None


class NDJSONParser(LinesParser):
    media_type = NDJSON


class CSVParser(LinesParser):
    media_type = CSV


class TranslationInput(inputs.Input):
    """The words of the version in one language, built as its English words are."""

    language = inputs.Code(LANGUAGE, max_length=20)
    origin = inputs.Choice(
        list(Origin.values),
        help_text=_("Whether a person or a machine wrote them. An officer reads the latter."),
    )
    content = serializers.DictField()


class TranslationOutput(serializers.Serializer[Any]):
    language = serializers.CharField(help_text=_("The tag in the one spelling it is kept in."))
    origin = serializers.CharField(help_text=_("human or machine."))
    state = serializers.CharField(help_text=_("draft, or approved: people are shown it."))
    sha256 = serializers.CharField(help_text=_("Of the canonical JSON (RFC 8785) of the words."))
    drafted_at = serializers.DateTimeField()
    approved_at = serializers.DateTimeField(allow_null=True)


class WaivedOutput(serializers.Serializer[Any]):
    language = serializers.CharField(source="tag")
    until = serializers.DateField(source="until_on")


class TranslationsOutput(serializers.Serializer[Any]):
    version = serializers.UUIDField()
    items = TranslationOutput(many=True)
    missing = serializers.ListField(
        child=serializers.CharField(),
        help_text=_("Languages the law names that are neither approved nor waived."),
    )
    waived = WaivedOutput(many=True)


class Translations(ServiceView):
    parser_classes = (
        *cast("tuple[type[BaseParser], ...]", api_settings.DEFAULT_PARSER_CLASSES),
        NDJSONParser, CSVParser,
    )  # fmt: skip

    @extend_schema(
        operation_id="list_notice_translations",
        summary="How the languages of a notice version stand",
        description=(
            "Which languages of a notice version are drafted and approved, which are waived and "
            "which are missing. Only a service that is registered for all its purposes sees it. "
            "The words themselves are read at `/notices`, once they are approved."
        ),
        tags=TAGS,
        responses={200: TranslationsOutput, **problems(*READ)},
        examples=[answer("One draft", STANDS)],
    )
    def get(self, request: Request, version_id: UUID) -> Response:
        self.asked(inputs.NothingQuery)
        return Response(self._stands(self._version(version_id)))

    @extend_schema(
        operation_id="draft_notice_translations",
        summary="Bring words in other languages",
        description=(
            "Drafts the words of a notice version in one language (JSON), or in all languages of "
            "a file: NDJSON with `language`, `origin` and `content` a line, or CSV with the "
            "columns language, origin, place and text, a line for each text of the English words "
            "with its place as a JSON Pointer. Of a file all is taken or nothing. The version may "
            "be published already. Nobody is shown a draft: an officer approves it, who is not "
            "whoever drafted it. A draft in the same language is replaced."
        ),
        tags=TAGS,
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": TranslationInput, NDJSON: str, CSV: str},
        responses={201: TranslationsOutput, **problems(*WRITE)},
        examples=[
            body("One language", {"language": "hi", "origin": "machine", "content": WORDS}),
            OpenApiExample(
                "A file", 'language,origin,place,text\r\nhi,human,/title,"हम क्या पूछते हैं"\r\n',
                request_only=True, media_type=CSV,
            ),
            answer("Drafted", STANDS, 201),
            refusal(409, "translation_approved",
                    "These words are approved and never change; draft the next version."),
            refusal(422, "translation_file_invalid",
                    "The file cannot be read; nothing of it was taken."),
        ],
    )  # fmt: skip
    def post(self, request: Request, version_id: UUID) -> Response:
        version = self._version(version_id)
        is_file = str(request.content_type).partition(";")[0].strip() in {NDJSON, CSV}
        sent: Any = request.data
        said = {LINES: sent.get(LINES, "")} if is_file else self.said(TranslationInput)
        draft = services.import_translations if is_file else services.draft_translation
        status, stands = self.once(lambda: (201, self._draft(draft, version, said)))
        return Response(stands, status)

    def _draft(
        self, draft: Callable[..., Any], version: NoticeVersion, said: dict[str, Any]
    ) -> dict[str, Any]:
        draft(by=self.by, version=version, **said)
        return self._stands(version)

    def _version(self, version_id: UUID) -> NoticeVersion:
        """Raises VersionMissingError, also for one about a purpose of other services."""
        rows = NoticeVersion.objects.filter(controller_id=self.caller.controller_id, pk=version_id)
        found = rows.select_related("notice").first()
        if found is None:
            raise VersionMissingError
        codes = found.purposes.values_list("purpose_version__purpose__code", flat=True)
        if not codes or not set(codes) <= self.purposes:
            raise VersionMissingError
        return found

    def _stands(self, version: NoticeVersion) -> dict[str, Any]:
        line = completeness.line(version)
        rows = NoticeTranslation.objects.filter(notice_version=version).order_by("language")
        waived = [one for one in line.languages if one.cell is completeness.Cell.WAIVED]
        told = {
            "version": version.pk, "items": rows, "missing": line.lacking, "waived": waived,
        }  # fmt: skip
        return dict(TranslationsOutput(told).data)
