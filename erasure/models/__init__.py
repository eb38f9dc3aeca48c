"""Rows of erasure: cases, their steps and evidence, what must be kept, and what is signed."""

from erasure.models.cases import Callback, Case, CaseState, Platform, Policy, Trigger
from erasure.models.certificates import Certificate
from erasure.models.inbound import PlatformApp
from erasure.models.keeping import (
    DeliveredHow,
    Hold,
    InactivityNotice,
    RetentionRule,
    VaultAccess,
    VaultItem,
)
from erasure.models.manual import Claim, Errand, ShownEvidence
from erasure.models.steps import Duty, Gate, Mark, Marked, Step, StepState
from erasure.models.training import TrainingMember, TrainingSet

__all__ = [
    "Callback", "Case", "CaseState", "Certificate", "Claim", "DeliveredHow", "Duty", "Errand",
    "Gate", "Hold", "InactivityNotice", "Mark", "Marked", "Platform", "PlatformApp", "Policy",
    "RetentionRule", "ShownEvidence", "Step", "StepState", "TrainingMember", "TrainingSet",
    "Trigger", "VaultAccess", "VaultItem",
]  # fmt: skip
