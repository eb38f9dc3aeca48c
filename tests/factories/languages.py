"""Notices put in force as a company does that has not translated them into every language yet."""

from datetime import UTC, datetime, timedelta
from typing import Any

from audit.actors import Actor
from consent import services as consent
from consent.versions.languages import ENGLISH, SCHEDULED

AUTHOR = Actor.system("author")
APPROVER = Actor.system("approver")
REASON = "The translators have not finished."


def publish(version: Any, *, by: Actor = APPROVER, **more: Any) -> Any:
    """The version in force: its other languages approved, the ones it lacks waived."""
    for words in version.translations.filter(state="draft").exclude(language=ENGLISH):
        consent.approve_translation(by=by, translation=words, sha256=words.sha256)
    waive(version.notice)
    return consent.publish_notice(by=by, version=version, **more)


def waive(notice: Any, *, by: Actor = AUTHOR, languages: Any = SCHEDULED, days: int = 300) -> Any:
    """A waiver that somebody asked for and nobody approved yet; none where no law needs one."""
    if notice.pack != "IN":
        return None
    until = datetime.now(UTC).date() + timedelta(days=days)
    return consent.waive_languages(
        by=by, notice=notice, languages=languages, reason=REASON, until_on=until
    )
