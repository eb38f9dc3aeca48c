"""The composition root. Importing it makes our Celery application the current one."""

from importlib.util import find_spec

# Before the dependencies are installed the supervisor runs from here with the bare interpreter.
if find_spec("celery") is not None:
    from config.celery import app as celery_app

    __all__ = ["celery_app"]
