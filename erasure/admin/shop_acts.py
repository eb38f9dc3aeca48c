"""What officers decide about a shop that was closed at a platform."""

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.verbs import Act, ActForm, Verb
from erasure.inbound import shops
from erasure.models import Callback


class EraseForm(ActForm):
    """How many it would be stands beside what is to be confirmed."""

    is_sure = forms.BooleanField(label=_("The company keeps nothing of them for another reason"))

    def prepare(self) -> None:
        number = shops.people(self.obj)
        self.fields["is_sure"].help_text = ngettext(
            "A case of everything would be opened for %(number)s person.",
            "A case of everything would be opened for each of %(number)s people.",
            number,
        ) % {"number": number}


def erase(act: Act) -> str:
    shops.erase_people(by=act.by, controller_id=act.obj.controller_id, callback_id=act.obj.pk)
    return gettext("The cases are being opened. What other purposes need stays, as in any case.")


def keep(act: Act) -> str:
    shops.keep_people(by=act.by, controller_id=act.obj.controller_id, callback_id=act.obj.pk)
    return gettext("It is on record that nothing follows from it.")


def is_closed_shop(row: Callback) -> bool:
    return row.outcome == shops.CLOSED


ERASE_SHOP = Verb(
    name="erase-people", label=_("Erase its people"), permission=Permission.APPROVE_ERASURES,
    form=EraseForm, run=erase, applies=is_closed_shop, is_grave=True,
    consequence=_(
        "Everybody who is known here by the platform’s number is erased, as by a request of their "
        "own: from now on their data are used no more. Who came by another shop of the same "
        "platform is among them."
    ),
)  # fmt: skip
KEEP_SHOP = Verb(
    name="keep-people", label=_("Nothing follows"), permission=Permission.MANAGE_ERASURES, run=keep,
    applies=is_closed_shop,
    consequence=_("The company has its own reasons to keep their data, which go on."),
)  # fmt: skip
