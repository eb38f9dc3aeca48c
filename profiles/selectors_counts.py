"""How many people the profiles are about, for whoever runs them; never of so few that it tells."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from profiles import limits
from profiles import selectors_watched as watched
from profiles.models import ProfileRecord


@dataclass(frozen=True, slots=True)
class SourceCount:
    """Of how many people a source says something; None where they are too few to be told."""

    source_id: UUID
    code: str
    sensitivity: str
    people: int | None


def by_source(controller_id: UUID) -> list[SourceCount]:
    """Of how many people each source holds values, by sensitivity. One pass over the records."""
    rows = (
        ProfileRecord.objects.filter(controller_id=controller_id)
        .values("source_id", "source__code", "sensitivity")
        .annotate(people=Count("subject_id", distinct=True))
        .order_by("source__code", "sensitivity")
    )
    smallest = watched.limits(controller_id).smallest_group
    counts = {f"{row['source_id']} {row['sensitivity']}": row["people"] for row in rows}
    shown = limits.groups_shown(counts, smallest)
    return [
        SourceCount(
            row["source_id"], row["source__code"], row["sensitivity"],
            shown[f"{row['source_id']} {row['sensitivity']}"],
        )
        for row in rows
    ]  # fmt: skip
