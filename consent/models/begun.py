"""Which versions have begun: PostgreSQL's clock decides, the one that checks go by."""

from typing import Self, TypeVar

from django.db import models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Now

M = TypeVar("M", bound=models.Model)


class Versions(models.QuerySet[M]):
    """Versions with an `effective_from`; one that was never approved has none."""

    def begun(self) -> Self:
        """Those whose moment has come, in force or superseded since."""
        return self.filter(effective_from__lte=Now())

    def with_newest(self, family: str) -> Self:
        """With `newest_begun`, the highest number begun of the same purpose or notice."""
        same = self.model._default_manager.filter(
            **{family: OuterRef(family)}, effective_from__lte=Now()
        )
        return self.annotate(newest_begun=Subquery(same.order_by("-number").values("number")[:1]))
