"""Why a use was allowed or refused, in the person's language.

The sentences are those of the rules (policies.texts); they stand here once more only to be found
by translators. A test holds the two together.
"""

from django.utils.translation import gettext as in_language
from django.utils.translation import gettext_noop as _

from policies.texts import reason_text

SENTENCES = frozenset({
    _("This service has no permission to use your data for this."),
    _("The company has not declared this use of your data."),
    _("The company has ended this use of data."),
    _("We cannot tell for certain whose data this is about."),
    _("We do not know yet which law protects you, so your data stays unused."),
    _("Your data has been erased."),
    _("Your data is being erased and is no longer used."),
    _("The person has died; a nominee may exercise their rights."),
    _("You objected to direct marketing."),
    _("You asked us to restrict the use of your data."),
    _("Indian law does not allow this use of your data without your consent."),
    _("European law does not allow this use of your data."),
    _("You are under 18: a parent or guardian has to agree first."),
    _("You withdrew your consent."),
    _("You said no to this."),
    _("Your earlier consent was not asked for properly and does not count."),
    _("The company has ended this use of your data."),
    _("Your consent has expired."),
    _("You have not agreed to this."),
    _("What you agreed to has changed since, so you have to be asked again."),
    _("We cannot prove that you agreed, so it does not count."),
    _("This needs your explicit consent, and you have not given it."),
    _("You agreed to this."),
    _("The law allows this use without consent."),
    _("You withdrew your consent; what you ordered before is still delivered."),
    _("Nothing allows this use of your data."),
    _("Your data was not used, because the check did not succeed."),
    _("The company could not show a decision that allowed this use."),
    _("The decision that allowed this use had expired."),
    _("The decision the company named did not allow this use."),
    _(
        "The company asked whether it may use your data only after it had done so."
    ),
    _("The reason is recorded under a code this version does not know."),
})  # fmt: skip


def reason(code: str) -> str:
    """What a reason code means to the person; empty for none."""
    return in_language(reason_text(code, audience="user")) if code else ""
