"""Questions about parties and categories."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from registry import vocabulary
from registry.models import Assessment, DataCategory, Party


def parties(controller_id: UUID) -> QuerySet[Party]:
    """The parties of a controller, by name."""
    return Party.objects.filter(controller_id=controller_id).order_by("name", "id")


def contacts(party_ids: Collection[UUID]) -> dict[UUID, str]:
    """The addresses of those of these parties that have one."""
    found = Party.objects.filter(pk__in=party_ids).exclude(contact_email="")
    return dict(found.values_list("id", "contact_email"))


def parties_running(controller_id: UUID, service_ids: Iterable[UUID]) -> set[str]:
    """The codes of the parties that run these services of the controller."""
    found = Party.objects.filter(controller_id=controller_id, services__service__in=service_ids)
    return set(found.values_list("code", flat=True))


def categories(controller_id: UUID, codes: Collection[str]) -> QuerySet[DataCategory]:
    """The registered data categories of these codes, by code."""
    found = DataCategory.objects.filter(controller_id=controller_id, code__in=codes)
    return found.order_by("code", "id")


def category_codes(controller_id: UUID) -> set[str]:
    """The codes of the data categories a controller has registered."""
    found = DataCategory.objects.filter(controller_id=controller_id)
    return set(found.values_list("code", flat=True))


def category_names(controller_id: UUID) -> dict[str, str]:
    """What people call each category, by code."""
    found = DataCategory.objects.filter(controller_id=controller_id)
    return dict(found.values_list("code", "name"))


def category_titles(controller_id: UUID) -> dict[str, str]:
    """As `category_names`, in the language of whoever reads the page."""
    names = category_names(controller_id)
    return {code: vocabulary.title(code, name) for code, name in names.items()}


def standing_finding(controller_id: UUID, finding_id: UUID) -> Assessment | None:
    """The legal finding of that id if it allows something today: approved, not ended, not over."""
    today = timezone.now().date()
    return Assessment.objects.filter(
        controller_id=controller_id, pk=finding_id, approved_at__isnull=False, ended_at=None,
        valid_until__gte=today,
    ).first()  # fmt: skip
