"""Sessions of browsers: of the people of the portal, and of officers."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """One browser's session, of at most one person of the portal: it goes when they are erased."""

    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.CASCADE, related_name="+", null=True,
        db_constraint=False,
    )  # fmt: skip

    class Meta(AbstractBaseSession.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(controller=None, subject=None)
                | models.Q(controller__isnull=False, subject__isnull=False),
                name="subjects_session_whose",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("session_data",)
        sensitive = ()
        evidence = ()
        operational = ("session_key", "expire_date", "controller", "subject")
        on_erasure = "delete_row"
