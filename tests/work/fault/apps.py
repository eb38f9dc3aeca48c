from django.apps import AppConfig


class FaultConfig(AppConfig):
    name = "tests.work.fault"
