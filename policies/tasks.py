"""What the decisions leave to work; importing these registers it."""

from policies.audiences import job as audience_job  # noqa: F401 (registers)
from policies.audiences import returning as audience_returning  # noqa: F401 (registers)
from policies.caps import upkeep as caps_upkeep  # noqa: F401 (registers)
from policies.duties import jobs as duty_jobs  # noqa: F401 (registers)
from policies.emergency import jobs as emergency_jobs  # noqa: F401 (registers)
from policies.recalls import jobs as recall_jobs  # noqa: F401 (registers)
from policies.rehearsal import job as rehearsal_job  # noqa: F401 (registers)
