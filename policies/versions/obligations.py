"""The obligations that the form of a guardrail offers, and what each takes with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WHY = "why_am_i_seeing_this"
MOST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class Kind:
    """One obligation: its name in the list, its one argument if it has one, and what that is."""

    label: "StrOrPromise"
    argument: str = ""
    help_text: "StrOrPromise" = _("Nothing goes with it.")

    def args(self, detail: str) -> dict[str, Any]:
        """The arguments from what was entered. Raises ValueError."""
        if bool(detail) is not bool(self.argument):
            raise ValueError(self.argument)
        if not self.argument:
            return {}
        return {self.argument: self.value(detail)}

    def value(self, detail: str) -> Any:
        """The argument itself. Raises ValueError."""
        if self.argument == "url" and not detail.startswith("https://"):
            raise ValueError(self.argument)
        if self.argument == "days":
            return self._days(detail)
        return detail.split() if self.argument == "data" else detail

    def _days(self, detail: str) -> int:
        if not (detail.isascii() and detail.isdecimal() and 0 < int(detail) <= MOST_DAYS):
            raise ValueError(self.argument)
        return int(detail)

    def detail(self, args: Mapping[str, Any]) -> str:
        """The argument as it is entered and read; empty where there is none."""
        value = args.get(self.argument, "") if self.argument else ""
        return " ".join(map(str, value)) if isinstance(value, list) else str(value)


OBLIGATIONS: dict[str, Kind] = {
    WHY: Kind(
        _("Show “Why am I seeing this?”"), "url",
        _("The https address of the page that explains it."),
    ),
    "human_review_before_effect": Kind(_("A human reviews it before it takes effect")),
    "no_onward_transfer": Kind(_("Do not pass the data on")),
    "log_receipt": Kind(_("Report the processing afterwards")),
    "mask": Kind(_("Mask data"), "data", _("The codes of what is masked, with spaces between.")),
    "retain_days": Kind(
        _("Delete the result after some days"), "days",
        _("How many days: a whole number from 1 to 3660."),
    ),
    "notify_first": Kind(
        _("Notify the person first"), "purpose", _("The code of the purpose of the notice."),
    ),
}  # fmt: skip
