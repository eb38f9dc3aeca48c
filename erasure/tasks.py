"""What workers do for erasure."""

from erasure import duties  # noqa: F401 (registers)
from erasure.engine import jobs as engine  # noqa: F401 (registers)
from erasure.inbound import shops  # noqa: F401 (registers)
from erasure.journal import jobs as journal  # noqa: F401 (registers)
from erasure.journal import restored  # noqa: F401 (registers)
from erasure.manual import jobs as manual  # noqa: F401 (registers)
from erasure.training import jobs as training  # noqa: F401 (registers)
from erasure.vault import jobs as vault  # noqa: F401 (registers)
