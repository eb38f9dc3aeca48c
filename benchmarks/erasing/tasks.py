"""The peer: one Celery task an effect, as one would write it; late acknowledgement, no results."""

from celery import shared_task
from django.db import connection, transaction


@shared_task(name="bench.erase", acks_late=True, ignore_result=True)
def erase(number: int) -> None:
    """Look the effect up, have it, look whether it was had, and note it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT system, person FROM bench_peer WHERE id = %s FOR UPDATE", [number])
        system, person = cursor.fetchone()
        cursor.execute("DELETE FROM bench_person WHERE system = %s AND id = %s", [system, person])
        cursor.execute("SELECT 1 FROM bench_person WHERE system = %s AND id = %s", [system, person])
        state = "present" if cursor.fetchone() else "absent"
        cursor.execute(
            "UPDATE bench_peer SET state = %s, done_at = now() WHERE id = %s", [state, number]
        )
