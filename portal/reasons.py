"""Why a use was allowed or refused, in the person's language.

The sentences are those of the rules (policies.texts); they stand here once more only to be found
by translators. A test holds the two together.
"""

from django.utils.translation import gettext, gettext_noop

from policies.texts import reason_text

SENTENCES = frozenset({
    gettext_noop("This service has no permission to use your data for this."),
    gettext_noop("The company has not declared this use of your data."),
    gettext_noop("The company has ended this use of data."),
    gettext_noop("We cannot tell for certain whose data this is about."),
    gettext_noop("We do not know yet which law protects you, so your data stays unused."),
    gettext_noop("Your data has been erased."),
    gettext_noop("Your data is being erased and is no longer used."),
    gettext_noop("The person has died; a nominee may exercise their rights."),
    gettext_noop("You objected to direct marketing."),
    gettext_noop("You asked us to restrict the use of your data."),
    gettext_noop("Indian law does not allow this use of your data without your consent."),
    gettext_noop("European law does not allow this use of your data."),
    gettext_noop("You are under 18: a parent or guardian has to agree first."),
    gettext_noop("You withdrew your consent."),
    gettext_noop("You said no to this."),
    gettext_noop("Your earlier consent was not asked for properly and does not count."),
    gettext_noop("The company has ended this use of your data."),
    gettext_noop("Your consent has expired."),
    gettext_noop("You have not agreed to this."),
    gettext_noop("What you agreed to has changed since, so you have to be asked again."),
    gettext_noop("We cannot prove that you agreed, so it does not count."),
    gettext_noop("This needs your explicit consent, and you have not given it."),
    gettext_noop("You agreed to this."),
    gettext_noop("The law allows this use without consent."),
    gettext_noop("You withdrew your consent; what you ordered before is still delivered."),
    gettext_noop("Nothing allows this use of your data."),
    gettext_noop("Your data was not used, because the check did not succeed."),
    gettext_noop("The company could not show a decision that allowed this use."),
    gettext_noop("The decision that allowed this use had expired."),
    gettext_noop("The decision the company named did not allow this use."),
    gettext_noop(
        "The company asked whether it may use your data only after it had done so."
    ),
    gettext_noop("The reason is recorded under a code this version does not know."),
})  # fmt: skip


def reason(code: str) -> str:
    """What a reason code means to the person; empty for none."""
    return gettext(reason_text(code, audience="user")) if code else ""
