"""Whom one entry is about, where it is about thousands. A model of `audit`."""

from django.db import models


class Members(models.Model):
    """The people of one entry, as the index: findable by person, and without them once forgotten.

    The entry's payload names the same people by pseudonym. Deleted with the entry's line.
    """

    id = models.UUIDField(primary_key=True, editable=False, help_text="The entry's id.")
    controller_id = models.UUIDField()
    lowest = models.UUIDField()
    highest = models.UUIDField()
    ids = models.BinaryField(help_text="Subject ids, 16 bytes each, ascending.")

    class Meta:
        verbose_name_plural = "members"
        indexes = [models.Index(fields=["controller_id", "id"], name="audit_members_by_log")]

    class Privacy:
        identifier = ()
        personal = ("lowest", "highest", "ids")
        sensitive = ()
        evidence = ()
        operational = ("id", "controller_id")
        on_erasure = "delete_row"

    def __str__(self) -> str:
        return str(self.id)
