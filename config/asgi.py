"""One process for everything: the decision point's paths go to it, the rest to Django."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application  # noqa: E402 (settings first)
from django.db import connections  # noqa: E402

django = get_asgi_application()
for database in connections.settings.values():
    # Each request has a thread of its own here, so that a connection kept for the next one is
    # never met again: some hundred quick requests would take all that PostgreSQL has to give.
    database["CONN_MAX_AGE"] = 0

from policies.pdp import metadata  # noqa: E402
from policies.pdp.asgi import application as decision_point  # noqa: E402
from policies.pdp.http import Receive, Scope  # noqa: E402


async def application(scope: Scope, receive: Receive, send: Any) -> None:
    """Route by path before Django: its middleware costs more than a decision (docs/adr/0010)."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    path: Any = scope.get("path", "")
    here = path.startswith("/access/") or path.startswith(metadata.PATH) or path == metadata.KEYS
    if here:
        await decision_point(scope, receive, send)
    else:
        await django(scope, receive, send)


async def _lifespan(receive: Receive, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
