"""The verbs on purposes, notices, consents and objections."""

from consent.services.choices import expire_due, record, withdraw, withdraw_all
from consent.services.lines import Choice
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
    "Words",
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
    "report",
    "report_withdrawal",
    "show_line",
    "show_page",
    "show_states",
    "withdraw",
    "withdraw_all",
]
