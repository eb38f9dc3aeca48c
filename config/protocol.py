"""`uvicorn --http config.protocol:DecisionProtocol`: uvicorn takes it before the application."""

import config.asgi  # noqa: F401 (Django first)
from policies.pdp.protocol import DecisionProtocol

__all__ = ["DecisionProtocol"]
