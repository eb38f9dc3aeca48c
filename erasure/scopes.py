"""How far a case, a hold or a request reaches."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ScopeType(models.TextChoices):
    """As of a standing (subjects): a case of a scope sets the standing of that scope."""

    EVERYTHING = "everything", _("Everything")
    PURPOSE = "purpose", _("A purpose")
    CATEGORY = "category", _("A data category")
