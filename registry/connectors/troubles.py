"""What the codes of connectors and of steps mean, for officers: one catalogue for every page. Pure.

A code is for ever, and none is shown alone. What only a system itself says is shown as its word.
"""

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

__all__ = ["FAMILIES", "TROUBLES", "is_known", "trouble_text"]

TROUBLES: "Final[dict[str, StrOrPromise]]" = {
    "address_refused": _("The system’s address is one that may not be called."),
    "ambiguous": _("The system has several people of these identifiers."),
    "answer_malformed": _("The system’s answer cannot be read."),
    "answer_names_others": _("The system answered about somebody else than was asked for."),
    "answer_not_understood": _("The system’s answer cannot be read."),
    "answer_says_error": _("The system answered with an error inside."),
    "answer_too_long": _("The system’s answer is too long."),
    "bucket_missing": _("The folder of files is not there."),
    "busy": _("The system takes no more calls for now."),
    "by_hand": _("Somebody was written to, who does it by hand."),
    "by_standing": _("Nothing is to be changed there: what is denied is denied by us already."),
    "call_refused": _("The system refuses what it was asked: its interface may have changed."),
    "callback_elsewhere": _("The processor was told another address for its reports."),
    "cancelled_there": _("The processor cancelled the request."),
    "categories_missing": _("It is not known which data are meant."),
    "category_inseparable": _("The settings cannot part what goes from what stays."),
    "certificate_changed": _("The processor has another certificate than the one on record."),
    "certificate_elsewhere": _("The processor’s certificate is of another address."),
    "certificate_expired": _("The system’s certificate has expired."),
    "changed_meanwhile": _("A file changed while it was rewritten."),
    "column_missing": _("A column that the settings name is not there."),
    "column_not_nullable": _("A column that is to be emptied may not be empty."),
    "columns_missing": _("Columns that the settings name are not there."),
    "connector_fault": _("The connector has a fault."),
    "contact_missing": _("The party has given no address at which it can be told."),
    "control_absent": _("The system did not know whom it must know: its answers prove nothing."),
    "control_failed": _("The system did not know what it must know, so its answers prove nothing."),
    "credentials_missing": _("The connector has no secret."),
    "credentials_refused": _("The system refused our credentials."),
    "data_refused": _("The system refused what it was told."),
    "domain_wrong": _("An answer was not signed by the processor."),
    "done_before": _("It was done already, under the same key."),
    "driver_missing": _("What speaks with databases of this kind is not installed."),
    "failed": _("The system failed."),
    "found_anonymised": _("The data are there, and lead to nobody any more."),
    "found_archived": _("The data were found again in an archive: the system is told again."),
    "found_present": _("The data were found again: the system is told again."),
    "found_suppressed": _("The data were found again, suppressed: the system is told again."),
    "identifier_missing": _("The person has no identifier that the settings look for."),
    "identifier_unsafe": _("An identifier of the person cannot be part of a file’s name."),
    "identifiers_gone": _("The person’s identifiers are destroyed already."),
    "identities_unsupported": _("The processor knows people by none of our identifiers."),
    "inform_by_hand": _("Somebody tells the party, and shows evidence of it."),
    "integrity": _("Other rows of the system still need the data."),
    "keeps_history": _("A table keeps former values of its rows."),
    "kind_unknown": _("Nobody knows this kind of connector."),
    "legal_hold": _("A legal hold keeps the person’s data."),
    "letter_not_sent": _("The letter could not be sent."),
    "list_unknown": _("The system does not know the list that the settings name."),
    "malformed": _("The system’s answer cannot be read."),
    "needs_evidence": _("Somebody does it by hand, and must show evidence."),
    "no_identifier": _("The person has no identifier that the system knows."),
    "no_keys": _("No key of the settings fits the person."),
    "no_probe": _("The system cannot be looked into: somebody must show evidence."),
    "no_rows": _("The system had no row of the person."),
    "no_status": _("The system does not tell how far it is."),
    "not_a_table": _("What the settings name is no table."),
    "not_accepted": _("The system did not accept it."),
    "not_asked": _("The system was not asked."),
    "not_everywhere": _("The system erased in a part of its places only."),
    "not_in_use": _("The system has no connector in use."),
    "not_now": _("The system takes no more calls for now."),
    "not_transactional": _("A table cannot take changes back when one of them fails."),
    "object_malformed": _("A file cannot be read as the settings say."),
    "object_not_deleted": _("A file could not be deleted."),
    "object_too_big": _("A file is too big to be rewritten."),
    "only_archived": _("The data are archived there, not gone."),
    "only_archives": _("The data are archived there, not gone."),
    "only_suppressed": _("The data are suppressed there, not gone."),
    "only_suppresses": _("The data are suppressed there, not gone."),
    "parquet_not_installed": _("What reads Parquet files is not installed."),
    "path_refused": _("The system’s reference would lead to another address."),
    "paused": _("The system is paused."),
    "permission_denied": _("Our account in the system may not do this."),
    "place_unknown": _("The connector’s settings name a place that nobody knows."),
    "read_only": _("The system lets nothing be changed."),
    "redirected": _("The system sent us to another address, which is not followed."),
    "reference_missing": _("The system accepted it without saying under which reference."),
    "reference_too_long": _("The system’s references are too long to be kept."),
    "reference_unknown": _("The system does not know the reference that it gave us."),
    "refused": _("The system refuses it."),
    "regulation_failed": _("The system began to erase, and failed."),
    "resting": _("The system is left alone for now, after failures."),
    "row_security": _("The table shows our account a part of its rows only."),
    "rules_there": _("The table has rules that change what is asked of it."),
    "s3_not_installed": _("What speaks with object storage is not installed."),
    "settings_malformed": _("The connector’s settings cannot be read."),
    "shape_changed": _("The system’s tables are not as they were accepted."),
    "shape_not_accepted": _("Nobody has accepted the system’s tables yet."),
    "shown_done": _("Somebody showed that it is done by hand."),
    "shown_nobody": _("Somebody showed that the system knows nobody of these identifiers."),
    "shown_refused": _("Who does it by hand says that it cannot be done."),
    "signature_wrong": _("A report’s signature was wrong."),
    "slow": _("The system did not answer in time."),
    "statement_refused": _("The system refused the statement."),
    "step_unknown": _("The step is not known any more."),
    "still_there": _("The system said it was done, and still returns data."),
    "stranger_present": _("The system says that it knows somebody whom nobody knows."),
    "table_missing": _("A table that the settings name is not there."),
    "throttled": _("The system takes no more calls for now."),
    "time_unknown": _("The system does not say of when its answer is."),
    "timeout": _("The system did not answer in time."),
    "tls_refused": _("The connection could not be made safe."),
    "too_long": _("The system’s answer is too long."),
    "too_many_requests": _("The system takes no more calls for now."),
    "too_slow": _("The system did not answer in time."),
    "types_unsupported": _("The processor takes no requests of this kind."),
    "unanswered": _("The system did not answer."),
    "unreachable": _("The system cannot be reached."),
    "unsure": _(
        "The system’s answer tells neither that the data are there nor that they are gone."
    ),
    "value_refused": _("The system cannot take one of the new values."),
    "verb_by_hand": _("Its connector cannot say this: somebody does it, and shows evidence."),
    "verb_unknown": _("The system cannot be told this."),
    "version_not_deleted": _("A former version could not be deleted."),
    "versions_kept": _("Former versions of the data are still there."),
}
"""What went wrong, or how it stands."""

FAMILIES: "Final[dict[str, StrOrPromise]]" = {
    "status_": _("The system answered with the status %(code)s."),
    "settings_": _("The connector’s settings are wrong at “%(code)s”."),
    "declared_": _("The description of the system is wrong at “%(code)s”."),
}
"""Codes that say where: what follows the beginning is a number or the name of a setting."""


def is_known(code: str) -> bool:
    """Whether the code has a sentence of its own, beside a system's own words."""
    return code in TROUBLES or code.startswith(tuple(FAMILIES))


def trouble_text(code: str) -> str:
    """The sentence of a code; nothing for none. A word of the system itself is shown as one."""
    if not code or code in TROUBLES:
        return str(TROUBLES.get(code, ""))
    family = next((one for one in FAMILIES if code.startswith(one)), "")
    if family:
        return str(FAMILIES[family]) % {"code": code.removeprefix(family)}
    return _now("The system says “%(code)s”.") % {"code": code}
