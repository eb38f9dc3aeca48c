"""What services reported, as officers list it: rows of the log's index, seen through views.

Nothing is stored here. What is gone from the log is gone from these lists in the same moment.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keys.naming import dated


class Reported(models.Model):
    """A line of the log's index about a report."""

    id = models.UUIDField(primary_key=True, editable=False)
    retention_class = models.CharField(max_length=8)
    controller_id = models.UUIDField()
    at = models.DateTimeField(_("Reported at"))
    actor_type = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=80)
    decision_id = models.CharField(_("Decision"), max_length=80)
    subject_id = models.UUIDField(null=True)
    purpose = models.CharField(_("Purpose"), max_length=100)
    outcome = models.CharField(max_length=20)
    reason_code = models.CharField(max_length=60)

    class Meta:
        abstract = True

    class Privacy:
        identifier = ()
        personal = ("subject_id",)
        sensitive = ()
        evidence = ()
        operational: tuple[str, ...] = (
            "id", "retention_class", "controller_id", "at", "actor_type", "actor_id", "decision_id",
            "purpose", "outcome", "reason_code",
        )  # fmt: skip
        on_erasure = "delete_row"

    def __str__(self) -> str:
        return dated(self.purpose, self.at)


class Processing(Reported):
    """One reported use of a person's data."""

    class Meta:
        managed = False
        verbose_name = _("processing report")
        verbose_name_plural = _("processing")

    class Privacy(Reported.Privacy):
        """As of every report."""


class AIDecision(Reported):
    """One reported decision of a model about a person."""

    model = models.CharField(  # noqa: DJ001 (gone with the payload)
        _("Model"), max_length=100, null=True
    )

    class Meta:
        managed = False
        verbose_name = _("AI decision")
        verbose_name_plural = _("AI decisions")

    class Privacy(Reported.Privacy):
        operational = (*Reported.Privacy.operational, "model")


from policies.audiences import models as audiences  # noqa: E402, F401 (found as models)
from policies.caps import models as caps  # noqa: E402, F401 (found as models)
from policies.duties import models as duties  # noqa: E402, F401 (found as models)
from policies.emergency import models as emergency  # noqa: E402, F401 (found as models)
from policies.recalls import models as recalls  # noqa: E402, F401 (found as models)
from policies.rehearsal import models as rehearsal  # noqa: E402, F401 (found as models)
from policies.versions import models as versions  # noqa: E402, F401 (found as models)
from policies.wishes import models as wishes  # noqa: E402, F401 (found as models)
