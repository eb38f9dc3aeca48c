"""What the page of consent rates calls its periods, dimensions and channels."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PERIODS: "dict[str, StrOrPromise]" = {
    "30": _("The last 30 days"),
    "90": _("The last 90 days"),
    "365": _("The last 365 days"),
}
"""By their days. The longest is all that is ever read."""

DIMENSIONS: "dict[str, StrOrPromise]" = {
    "purpose": _("Purpose"),
    "language": _("Language"),
    "channel": _("Channel"),
}
TITLES: "dict[str, StrOrPromise]" = {
    "purpose": _("Consent rate by purpose"),
    "language": _("Consent rate by language"),
    "channel": _("Consent rate by channel"),
}
CHANNELS: "dict[str, StrOrPromise]" = {
    "web": _("On the web"),
    "app": _("In an app"),
    "email": _("By e-mail"),
    "sms": _("By text message"),
    "phone": _("By telephone"),
    "post": _("By post"),
    "in_person": _("In person"),
    "api": _("Through a service"),
    "import": _("Imported from earlier records"),
}
UNKNOWN = _("Not recorded")
