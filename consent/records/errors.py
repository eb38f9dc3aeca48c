"""What can go wrong with the forms of a receipt."""

from django.utils.translation import gettext_noop as _

from keys.problems import DomainError


class PdfMissingError(DomainError):
    code = "pdf_not_installed"
    status = 501
    message = _(
        "This installation makes no PDF: install it with the extra [pdf], or print the receipt's "
        "page."
    )
    field = "form"


class PdfFontMissingError(DomainError):
    code = "pdf_font_missing"
    status = 501
    message = _(
        "No font here has all letters of these words: add one to the folder PDF_FONTS, or print "
        "the receipt's page."
    )
    field = "form"
