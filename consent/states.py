"""What officers read for the ten states of a consent."""

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WORDS: "Final[dict[str, StrOrPromise]]" = {
    "unknown": _("never asked"),
    "requested": _("asked"),
    "deferred": _("put off"),
    "given": _("given"),
    "renewed": _("renewed"),
    "refused": _("refused"),
    "withdrawn": _("withdrawn"),
    "expired": _("expired"),
    "revoked": _("ended by the controller"),
    "invalidated": _("found invalid"),
}
