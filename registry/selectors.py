"""Questions about parties and categories."""

from uuid import UUID

from django.db.models import QuerySet

from registry.models import DataCategory, Party


def parties(controller_id: UUID) -> QuerySet[Party]:
    """The parties of a controller, by name."""
    return Party.objects.filter(controller_id=controller_id).order_by("name", "id")


def category_codes(controller_id: UUID) -> set[str]:
    """The codes of the data categories a controller has registered."""
    found = DataCategory.objects.filter(controller_id=controller_id)
    return set(found.values_list("code", flat=True))


def category_names(controller_id: UUID) -> dict[str, str]:
    """What people call each category, by code."""
    found = DataCategory.objects.filter(controller_id=controller_id)
    return dict(found.values_list("code", "name"))
