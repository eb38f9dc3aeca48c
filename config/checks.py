"""System checks of the deployment. Each names what is wrong and what to do about it."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from audit.classes import FLOORS

MIN_SECRET_LENGTH = 50
DEVELOPMENT_MAIL = (
    "config.mail.MailboxBackend",
    "django.core.mail.backends.console.EmailBackend",
    "django.core.mail.backends.dummy.EmailBackend",
    "django.core.mail.backends.filebased.EmailBackend",
    "django.core.mail.backends.locmem.EmailBackend",
)

Apps = Sequence[AppConfig] | None


def no_embedded_servers(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    embedded = settings.DATABASE_IS_EMBEDDED or settings.REDIS_URL.startswith("redis+socket://")
    if not (settings.PRODUCTION and embedded):
        return []
    return [
        Error(
            "Production must not use the embedded servers.",
            hint="Set DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL (docs/operations.md).",
            id="sammati.E001",
        )
    ]


def secret_key_is_strong(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    try:
        secret = settings.SECRET_KEY
    except ImproperlyConfigured:
        secret = ""
    weak = len(secret) < MIN_SECRET_LENGTH or secret.startswith("development-only")
    if not (settings.PRODUCTION and weak):
        return []
    return [
        Error(
            f"SECRET_KEY is missing, shorter than {MIN_SECRET_LENGTH} characters, or the"
            " development one.",
            hint="Set SECRET_KEY or SECRET_KEY_FILE to fresh random text.",
            id="sammati.E002",
        )
    ]


def keys_file_exists(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    elsewhere = settings.KEYS_COMMAND or os.environ.get("SAMMATI_KEYS")
    is_given = elsewhere or Path(settings.KEYS_FILE or "-").is_file()
    if not settings.PRODUCTION or is_given:
        return []
    return [
        Error(
            "SAMMATI_KEYS_FILE is not set or names no file, and neither SAMMATI_KEYS nor"
            " SAMMATI_KEYS_COMMAND is set.",
            hint="Without these keys nobody can be found and nothing be read (docs/operations.md).",
            id="sammati.E003",
        )
    ]


def allowed_hosts_are_named(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    hosts = settings.ALLOWED_HOSTS
    if not settings.PRODUCTION or (hosts and "*" not in hosts):
        return []
    return [
        Error(
            "ALLOWED_HOSTS is empty or allows every host.",
            hint="Name the hosts that are served, separated by commas.",
            id="sammati.E004",
        )
    ]


def mail_leaves_the_machine(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if not settings.PRODUCTION or settings.EMAIL_BACKEND not in DEVELOPMENT_MAIL:
        return []
    return [
        Error(
            "The mail backend is a development one: nobody would get a sign-in link.",
            hint="Leave EMAIL_BACKEND unset for SMTP, or name a backend that sends.",
            id="sammati.E005",
        )
    ]


def debug_is_off(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if not (settings.PRODUCTION and settings.DEBUG):
        return []
    return [
        Error(
            "DEBUG is on: error pages would show personal data.",
            hint="Remove DEBUG from the settings; there is no reason to turn it on.",
            id="sammati.E006",
        )
    ]


def base_url_is_https(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if not settings.PRODUCTION or settings.BASE_URL.startswith("https://"):
        return []
    return [
        Error(
            "SAMMATI_BASE_URL does not start with https://.",
            hint="Sign-in links are made from it; set the public address of the portal.",
            id="sammati.E007",
        )
    ]


def keys_file_is_private(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    path = Path(settings.KEYS_FILE) if settings.KEYS_FILE else None
    if path is None or not path.is_file() or not path.stat().st_mode & 0o007:
        return []
    return [
        Warning(
            "Everybody on this machine may read the keys file.",
            hint="chmod 600 the file that SAMMATI_KEYS_FILE names.",
            id="sammati.W001",
        )
    ]


def ceilings_are_above_floors(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    days = settings.AUDIT_RETENTION_DAYS
    return [
        Error(
            f"Audit records of class {one.value} would be destroyed after {days[one.value]} days,"
            f" before the {floor.years * 365} that the law demands ({floor.law}).",
            hint="Raise its SAMMATI_AUDIT_..._DAYS (.env.example); the database refuses it anyway.",
            id="sammati.E008",
        )
        for one, floor in FLOORS.items()
        if days[one.value] < floor.years * 365
    ]


def retention_can_happen(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if not settings.PRODUCTION or settings.DATABASE_RETENTION_URL:
        return []
    return [
        Warning(
            "DATABASE_RETENTION_URL is not set: this process cannot end audit records whose time is"
            " over (DPDP Rules r.8(3); GDPR 5(1)(e)).",
            hint="Set it where the worker or audit_retention runs (docs/operations.md).",
            id="sammati.W002",
        )
    ]


def exports_have_a_folder(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if not settings.PRODUCTION:
        return []
    wanted = {
        "AUDIT_EXPORT_FOLDER": "a part of the audit log", "CONSENT_EXPORT_FOLDER": "consents",
        "PROFILE_EXPORT_FOLDER": "profiles",
    }  # fmt: skip
    return [
        Warning(
            f"SAMMATI_{name} is not set: nobody can export {what}.",
            hint="Name a folder of mode 700 that the web process and the workers share.",
            id="sammati.W003",
        )
        for name, what in wanted.items()
        if not getattr(settings, name)
    ]


def evidence_has_a_folder(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if not settings.PRODUCTION or settings.ERASURE_EVIDENCE_FOLDER:
        return []
    return [
        Warning(
            "SAMMATI_ERASURE_EVIDENCE_FOLDER is not set: nobody can hand in what shows an erasure.",
            hint="Name a folder of mode 700 that the web process and the workers share.",
            id="sammati.W005",
        )
    ]


def erasures_have_a_journal(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if not settings.PRODUCTION or settings.ERASURE_JOURNAL:
        return []
    return [
        Warning(
            "SAMMATI_ERASURE_JOURNAL is not set: a restored backup would bring erased people back.",
            hint="Name a folder of mode 700 that is not in the database's backup.",
            id="sammati.W004",
        )
    ]


def parents_can_be_verified(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    paths = [*settings.PARENT_VERIFIERS.values(), settings.PARENT_TOKEN_ISSUER]
    missing = [path for path in paths if path and not _loads(path)]
    return [
        Error(
            f"{path} cannot be loaded, so no parent can be verified by it.",
            hint="Name a class by its dotted path (docs/children.md).",
            id="sammati.E009",
        )
        for path in missing
    ]


def texts_can_be_sent(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    path = settings.TEXT_SENDER
    if not path or _loads(path):
        return []
    return [
        Error(
            f"{path} cannot be loaded, so no text message can be sent.",
            hint="Name a class by its dotted path in SAMMATI_TEXT_SENDER (docs/operations.md).",
            id="sammati.E013",
        )
    ]


def _loads(path: str) -> bool:
    try:
        return callable(import_string(path))
    except ImportError:
        return False


ALL = (
    no_embedded_servers,
    secret_key_is_strong,
    keys_file_exists,
    allowed_hosts_are_named,
    mail_leaves_the_machine,
    debug_is_off,
    base_url_is_https,
    keys_file_is_private,
    ceilings_are_above_floors,
    retention_can_happen,
    exports_have_a_folder,
    erasures_have_a_journal,
    evidence_has_a_folder,
    parents_can_be_verified,
    texts_can_be_sent,
)
