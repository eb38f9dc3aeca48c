"""Where a connector that speaks no HTTP may connect to: the address that was looked at, only."""

import asyncio

from django.conf import settings

from registry.adapters.http import NAME_LOOKUPS
from registry.connectors.contract import ConnectorError
from work.webhooks.addresses import address_of
from work.webhooks.errors import AddressRefusedError

__all__ = ["look_up"]


async def look_up(host: str, port: int) -> str:
    """The address of a host; of a path, the path: a socket is this very machine.

    Raises ConnectorError `address_refused`, `unreachable`.
    """
    is_socket = host.startswith("/")
    name, inner = "127.0.0.1" if is_socket else host, list(settings.SYSTEM_NETWORKS)
    loop = asyncio.get_running_loop()
    try:
        found = await loop.run_in_executor(
            NAME_LOOKUPS, lambda: address_of(name, port, inner=inner)
        )
    except AddressRefusedError:
        raise ConnectorError("address_refused", retry=False) from None
    except OSError:
        raise ConnectorError("unreachable", retry=True) from None
    return host if is_socket else found
