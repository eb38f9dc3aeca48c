"""The statutory rules: data and pure functions, each citing its law.

To add a rule, declare it with `@Rule` in the file of its gate. A new file is named in `GATES`.
"""

from policies.rules import caller, capacity, choice, consent, ground, standing
from policies.rules.registry import ordered

GATES = (caller, standing, choice, ground, capacity, consent)
RULES = ordered()
