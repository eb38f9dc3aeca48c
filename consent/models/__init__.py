"""Purposes and notices as immutable versions; consents as a ledger and its current state."""

from consent.models.capture import (
    CollectionSite,
    ConsentManager,
    ManagerKey,
    ManagerRequest,
    ManagerState,
    SharingRecord,
)
from consent.models.children import (
    AppointmentState,
    Authority,
    BegunBy,
    CheckMethod,
    CheckState,
    GuardianAppointment,
    ParentalCheck,
)
from consent.models.devices import DeviceCategory, DeviceChoice
from consent.models.exports import ConsentExport, ConsentExportState, ExportForm
from consent.models.ledger import (
    Commitment,
    ConsentEvent,
    ConsentState,
    Objection,
    ObjectionKind,
    ObjectionState,
)
from consent.models.lifecycle import (
    ContactPlan,
    GroundState,
    LegacyQueue,
    Message,
    MessageKind,
    MessageState,
    PersonalGround,
)
from consent.models.merges import Merge, MergeReason, SplitReason
from consent.models.notices import Notice, NoticePurpose, NoticeTranslation, NoticeVersion
from consent.models.purposes import Purpose, PurposeVersion
from consent.models.restrictions import Restriction, RestrictionGround, RestrictionScope
from consent.models.subscribers import (
    Change,
    Delivery,
    DeliveryState,
    EndReason,
    Feed,
    SignatureScheme,
    Subscriber,
)

__all__ = [
    "AppointmentState",
    "Authority",
    "BegunBy",
    "Change",
    "CheckMethod",
    "CheckState",
    "CollectionSite",
    "Commitment",
    "ConsentEvent",
    "ConsentExport",
    "ConsentExportState",
    "ConsentManager",
    "ConsentState",
    "ContactPlan",
    "Delivery",
    "DeliveryState",
    "DeviceCategory",
    "DeviceChoice",
    "EndReason",
    "ExportForm",
    "Feed",
    "GroundState",
    "GuardianAppointment",
    "LegacyQueue",
    "ManagerKey",
    "ManagerRequest",
    "ManagerState",
    "Merge",
    "MergeReason",
    "Message",
    "MessageKind",
    "MessageState",
    "Notice",
    "NoticePurpose",
    "NoticeTranslation",
    "NoticeVersion",
    "Objection",
    "ObjectionKind",
    "ObjectionState",
    "ParentalCheck",
    "PersonalGround",
    "Purpose",
    "PurposeVersion",
    "Restriction",
    "RestrictionGround",
    "RestrictionScope",
    "SharingRecord",
    "SignatureScheme",
    "SplitReason",
    "Subscriber",
]
