"""Connectors that a YAML file declares: five that come with the suite, and any of a company's own.

Their kinds are the files' names; `declared` takes a company's own file, as `yaml` (a text) or as
`file` (what it says), beside the settings that the file asks for.
"""

from functools import partial
from typing import Final

from registry.connectors import ConnectorRow, register
from registry.connectors.contract import ConnectorError
from registry.connectors.declared.connector import DeclaredConnector, connector
from registry.connectors.declared.form import Form
from registry.connectors.declared.reading import SHIPPED, formed, read, shipped

__all__ = ["KIND", "DeclaredConnector", "made", "made_shipped"]

KIND: Final = "declared"


def made_shipped(kind: str, row: ConnectorRow, secret: str) -> DeclaredConnector:
    """A connector of a file of ours. Raises ConnectorError `settings_<member>`."""
    return connector(shipped(kind), row.settings, secret)


def made(row: ConnectorRow, secret: str) -> DeclaredConnector:
    """A connector of a company's own file. Raises ConnectorError for a file without the form."""
    settings = {name: said for name, said in row.settings.items() if name not in {"yaml", "file"}}
    return connector(_own(row), settings, secret)


def _own(row: ConnectorRow) -> Form:
    text, said = row.settings.get("yaml"), row.settings.get("file")
    if (text is None) == (said is None):
        raise ConnectorError("settings_yaml", retry=False)
    if text is None:
        return formed(said)
    if not isinstance(text, str):
        raise ConnectorError("settings_yaml", retry=False)
    return read(text)


register(KIND, made)
for _kind in SHIPPED:
    register(_kind, partial(made_shipped, _kind))
