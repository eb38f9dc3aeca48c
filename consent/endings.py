"""Why a controller ends a consent, or finds that it never was one."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RevokedBecause(TextChoices):
    PURPOSE_ENDED = "purpose_ended", _("The use has ended")
    RELATION_ENDED = "relation_ended", _("The person is no longer served")
    SAFETY = "safety", _("To protect the person")
    AUTHORITY = "authority", _("An authority or court ordered it")


class InvalidBecause(TextChoices):
    NOTICE_DEFECTIVE = "notice_defective", _("The notice was wrong or missing (DPDP s.5)")
    NOT_FREE = "not_free", _("It was not freely given (DPDP s.6(1))")
    NOT_AFFIRMATIVE = "not_affirmative", _("There was no clear affirmative act")
    NO_AUTHORITY = "no_authority", _("Whoever acted could not act for the person")
    UNDER_AGE = "under_age", _("The person was a child, and no parent agreed")
    WRONG_PERSON = "wrong_person", _("Another person gave it")
    AGAINST_LAW = "against_law", _("It infringes the law (DPDP s.6(2))")
