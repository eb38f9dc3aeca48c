"""The statutory rules: data and pure functions, each citing its law.

To add a rule, declare it with `@Rule` in the file of its gate. A new file is named in `GATES`.
"""

from policies.rules import (
    accuracy,
    automated,
    california,
    caller,
    capacity,
    choice,
    consent,
    ground,
    prohibited,
    scope,
    standing,
    transfer,
)
from policies.rules.registry import ordered

GATES = (
    caller, standing, prohibited, choice, california, ground, capacity, consent, scope, transfer,
    accuracy, automated,
)  # fmt: skip
RULES = ordered()
