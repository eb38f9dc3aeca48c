"""An app that only the processes of these tests install: in it days of waiting are seconds."""

from django.apps import AppConfig

WAITS = (0.5, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0)


class ChaosConfig(AppConfig):
    name = "tests.chaos"

    def ready(self):
        from erasure.engine import changes, gates

        changes.WAITS = WAITS
        changes.POLL_SECONDS, changes.LONGEST_POLL_SECONDS = 0.5, 1.0
        gates.REST_SECONDS, gates.LONGEST_REST_SECONDS = 0.5, 2.0
