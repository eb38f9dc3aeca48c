"""`manage.py audit_witnesses`: how far each witness is, and whether one of them knows better."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.models import Tree
from audit.sealing import log_name
from audit.witnesses import watching
from audit.witnesses.errors import WitnessConfigError
from audit.witnesses.selectors import witness_states


class Command(BaseCommand):
    help = (
        "Hold every log to what its witnesses remember, as after a restore. "
        "Exits with 1 where one of them has seen another history or a longer one."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            contradictions = watching.compare()
            for controller_id in Tree.objects.order_by("pk").values_list("pk", flat=True):
                for state in witness_states(controller_id):
                    self.stdout.write(
                        f"{log_name(controller_id)}  {state.name} ({state.kind}): {state.size}"
                        f" entries, {state.lag_entries} behind. {state.sentence}".rstrip()
                    )
        except WitnessConfigError as error:
            raise CommandError(str(error), returncode=2) from None
        if contradictions:
            raise CommandError(f"Contradictions: {contradictions}.")
