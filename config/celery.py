"""The Celery application: workers that are told there is work (`celery -A config worker`).

Messages are doorbells without content; the jobs are in PostgreSQL (work/services.py).
"""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_process_init, worker_process_shutdown
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), "work.transport:Transport"))

app = Celery("config", include=["work.tasks"])
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    broker_connection_max_retries=None,  # a worker outlives any absence of the broker
    broker_connection_timeout=2,
    broker_transport_options={
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "visibility_timeout": 60,
    },
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=10_000,
    task_store_errors_even_if_ignored=False,
)


@setup_logging.connect
def keep_our_logging(**_kwargs: Any) -> None:
    """Django has configured logging, redaction included: Celery must not replace it."""


@worker_process_init.connect
def start_pulse(**_kwargs: Any) -> None:
    from work import tasks  # noqa: PLC0415 (models load after Django has started)

    tasks.start_pulse()


@worker_process_shutdown.connect
def stop_pulse(**_kwargs: Any) -> None:
    from work import tasks  # noqa: PLC0415 (models load after Django has started)

    tasks.stop_pulse()
