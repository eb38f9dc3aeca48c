"""The receipt on paper: a PDF with the signed content inside as a file (extra [pdf])."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.util import find_spec
from typing import Any, Final

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime, now
from django.utils.translation import get_language_bidi, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from consent.records.errors import PdfMissingError
from consent.records.fonts import covering

ATTACHED: Final = "receipt.jws"
LABEL_WIDTH, LINE, TEXT, TITLE = 52, 6, 10, 18
ANSWERS: Final = {
    "given": gettext_lazy("Yes"), "renewed": gettext_lazy("Yes"), "refused": gettext_lazy("No"),
    "withdrawn": gettext_lazy("Withdrawn"), "expired": gettext_lazy("Ended"),
    "revoked": gettext_lazy("Ended"), "invalidated": gettext_lazy("Does not count"),
}  # fmt: skip
NOT_ANSWERED: Final = gettext_lazy("Not answered")

Content = Mapping[str, Any]
Rows = list[tuple[str, str]]


def is_available() -> bool:
    """Whether PDFs can be made here."""
    return find_spec("fpdf") is not None and find_spec("uharfbuzz") is not None


def document(content: Content, token: str, *, is_logged: bool) -> bytes:
    """The PDF of a full receipt; `token` is the content signed, and can be taken out and verified.

    The same bytes whenever it is made. Raises PdfMissingError, PdfFontMissingError.
    """
    if not is_available():
        raise PdfMissingError
    rows = [*_rows(content, is_logged=is_logged)]
    at = datetime.fromisoformat(content["recorded_time"])
    paper = _paper(_("Receipt"), rows, language=content["language"], at=at)
    paper.embed_file(bytes=token.encode(), basename=ATTACHED, mime_type="application/jose")
    return bytes(paper.output())


def listing(title: str, rows: Rows, *, language: str) -> bytes:
    """A PDF of names with their values below a title.

    Raises PdfMissingError, PdfFontMissingError.
    """
    if not is_available():
        raise PdfMissingError
    return bytes(_paper(title, rows, language=language, at=now()).output())


def _paper(title: str, rows: Rows, *, language: str, at: datetime) -> Any:
    from fpdf import FPDF  # noqa: PLC0415 (optional)

    paper = FPDF(format="A4")
    paper.set_creation_date(at)
    paper.set_title(title)
    paper.set_lang(language or "en")
    _letters(paper, title + "".join(f"{name}{text}" for name, text in rows))
    _fill(paper, title, rows, is_rtl=get_language_bidi())
    return paper


def _letters(paper: Any, text: str) -> None:
    """The fonts that the words need, shaped as their script demands."""
    found = covering(text, settings.PDF_FONTS)
    for number, path in enumerate(found):
        paper.add_font(f"f{number}", fname=path)
    paper.set_font("f0", size=TEXT)
    paper.set_fallback_fonts([f"f{number}" for number in range(1, len(found))], exact_match=False)
    paper.set_text_shaping(use_shaping_engine=True)


def _fill(paper: Any, title: str, rows: Rows, *, is_rtl: bool) -> None:
    """Names where a reader begins, values behind them: mirrored for who reads from the right."""
    align = "R" if is_rtl else "L"
    paper.add_page()
    paper.set_font_size(TITLE)
    paper.cell(w=0, text=title, align=align, new_x="LMARGIN", new_y="NEXT")
    paper.ln(LINE)
    paper.set_font_size(TEXT)
    for name, text in rows:
        _row(paper, name, text, align=align, at=paper.epw - LABEL_WIDTH if is_rtl else 0)


def _row(paper: Any, name: str, text: str, *, align: str, at: float) -> None:
    """A name and its value beside it; `at` is where the name stands, from the left margin."""
    paper.set_x(paper.l_margin + at)
    paper.multi_cell(LABEL_WIDTH, LINE, name, align=align, new_x="LMARGIN", new_y="TOP")
    paper.set_x(paper.l_margin + (0 if at else LABEL_WIDTH))
    width = paper.epw - LABEL_WIDTH
    paper.multi_cell(width, LINE, text, align=align, new_x="LMARGIN", new_y="NEXT")


def _rows(content: Content, *, is_logged: bool) -> Iterator[tuple[str, str]]:
    """What a person reads, as a name and its value; what is empty is left out."""
    purpose = content["pii_processing"]["purposes"][0]
    parties = content["party_identification"]
    told = [
        (_("Company"), content["pii_controller"]["name"]),
        (_("Purpose"), f"{purpose['purpose']}\n{purpose['purpose_description']}"),
        (_("Answer"), str(ANSWERS.get(content["event_state"], NOT_ANSWERED))),
        (_("Answered"), _moment(content["event_time"])),
        (_("Recorded"), _moment(content["recorded_time"])),
        (_("Valid until"), _moment(content["validity_end"])),
        (_("Given by"), f"{content['given_by']}, {content['method']}"),
        (_("Data"), ", ".join(one["pii_type"] for one in purpose["pii_information"])),
        (_("Kept for"), _days(purpose["retention_period"])),
        (_("Recipients"), ", ".join(one["party_name"] for one in parties[1:])),
        (_("Where to withdraw"), purpose["withdrawal_method"]),
        (_("Notice"), content["pii_processing"]["privacy_notice"]),
        (_("Fingerprint of the words"), content["privacy_notice"]["sha256"]),
        (_("Contact"), parties[0]["party_contact"].get("email", "")),
        (_("Reference"), content["receipt_id"]),
        (_("Proof"), _proof(is_logged=is_logged)),
    ]
    return ((name, text) for name, text in told if text)


def _moment(text: str) -> str:
    """A time as people read it, with its zone."""
    return moment(datetime.fromisoformat(text)) if text else ""


def moment(at: datetime) -> str:
    """A time as people read it, with its zone."""
    return date_format(localtime(at), "DATETIME_FORMAT")


def _days(period: str) -> str:
    days = int(period.strip("PD"))
    return ngettext("%d day", "%d days", days) % days


def _proof(*, is_logged: bool) -> str:
    attached = _("The signed receipt is inside this file as receipt.jws.")
    if not is_logged:
        return attached
    return f"{attached} " + _("Its record has its place in the company's log.")
