"""The verbs on purposes, notices, consents and objections."""

from consent.services.choices import expire_due, record, withdraw, withdraw_all
from consent.services.delegated import Mandate, review_for_manager, take_mandate
from consent.services.lines import Choice
from consent.services.managers import (
    accept_manager,
    add_manager_key,
    register_manager,
    revoke_manager_key,
    suspend_manager,
)
from consent.services.objections import (
    decide_objection,
    lift_objection,
    object_to,
    record_commitment,
)
from consent.services.publishing import (
    Words,
    approve_purpose,
    close_purpose,
    draft_notice,
    draft_purpose,
    publish_notice,
)
from consent.services.reported import report, report_withdrawal
from consent.services.shown import show_line, show_page, show_states

__all__ = [
    "Choice",
    "Mandate",
    "Words",
    "accept_manager",
    "add_manager_key",
    "approve_purpose",
    "close_purpose",
    "decide_objection",
    "draft_notice",
    "draft_purpose",
    "expire_due",
    "lift_objection",
    "object_to",
    "publish_notice",
    "record",
    "record_commitment",
    "register_manager",
    "report",
    "report_withdrawal",
    "review_for_manager",
    "revoke_manager_key",
    "show_line",
    "show_page",
    "show_states",
    "suspend_manager",
    "take_mandate",
    "withdraw",
    "withdraw_all",
]
