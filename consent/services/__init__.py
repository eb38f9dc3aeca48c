"""The verbs on purposes, notices, consents and objections."""

from consent.services.choices import expire_due, record, withdraw, withdraw_all
from consent.services.commitments import end_commitment, record_commitment
from consent.services.delegated import Mandate, review_for_manager, take_mandate
from consent.services.devices import (
    choose_on_device,
    forget_devices,
    hear_signal,
    join_device,
    on_device,
)
from consent.services.drafting import Words, draft_notice, draft_purpose
from consent.services.endings import invalidate, revoke
from consent.services.grounds import Evidence, activate_ground, end_ground, record_ground
from consent.services.guardians import (
    Order,
    end_appointment,
    end_due_appointments,
    record_appointment,
    refuse_appointment,
    verify_appointment,
)
from consent.services.joining import merge, split
from consent.services.lines import Choice
from consent.services.majority import ASK_ADULT, come_of_age, come_of_age_due
from consent.services.managers import (
    accept_manager,
    add_manager_key,
    register_manager,
    revoke_manager_key,
    suspend_manager,
)
from consent.services.objections import decide_objection, lift_objection, object_to
from consent.services.parents import (
    check_parent,
    decline_parent,
    end_parent,
    lapse_parents,
    name_parent,
    record_details,
    show_parent_check,
)
from consent.services.publishing import (
    approve_purpose,
    close_purpose,
    publish_notice,
    take_back_notice,
    take_back_purpose,
)
from consent.services.reported import report, report_withdrawal
from consent.services.restrictions import (
    announce_lifting,
    lift_restriction,
    note_told,
    restrict,
    take_back_restriction,
)
from consent.services.sharing import record_sharing, sharing_of
from consent.services.shown import show_line, show_page, show_states
from consent.services.sites import add_site, end_site, issue_ticket
from consent.services.starting import import_taxonomy
from consent.services.translating import (
    approve_translation,
    draft_translation,
    import_translations,
)
from consent.services.upkeep import order_legacy_notices, set_contact_plan
from consent.services.waiving import approve_waiver, waive_languages

__all__ = [
    "ASK_ADULT",
    "Choice",
    "Evidence",
    "Mandate",
    "Order",
    "Words",
    "accept_manager",
    "activate_ground",
    "add_manager_key",
    "add_site",
    "announce_lifting",
    "approve_purpose",
    "approve_translation",
    "approve_waiver",
    "check_parent",
    "choose_on_device",
    "close_purpose",
    "come_of_age",
    "come_of_age_due",
    "decide_objection",
    "decline_parent",
    "draft_notice",
    "draft_purpose",
    "draft_translation",
    "end_appointment",
    "end_commitment",
    "end_due_appointments",
    "end_ground",
    "end_parent",
    "end_site",
    "expire_due",
    "forget_devices",
    "hear_signal",
    "import_taxonomy",
    "import_translations",
    "invalidate",
    "issue_ticket",
    "join_device",
    "lapse_parents",
    "lift_objection",
    "lift_restriction",
    "merge",
    "name_parent",
    "note_told",
    "object_to",
    "on_device",
    "order_legacy_notices",
    "publish_notice",
    "record",
    "record_appointment",
    "record_commitment",
    "record_details",
    "record_ground",
    "record_sharing",
    "refuse_appointment",
    "register_manager",
    "report",
    "report_withdrawal",
    "restrict",
    "review_for_manager",
    "revoke",
    "revoke_manager_key",
    "set_contact_plan",
    "sharing_of",
    "show_line",
    "show_page",
    "show_parent_check",
    "show_states",
    "split",
    "suspend_manager",
    "take_back_notice",
    "take_back_purpose",
    "take_back_restriction",
    "take_mandate",
    "verify_appointment",
    "waive_languages",
    "withdraw",
    "withdraw_all",
]
