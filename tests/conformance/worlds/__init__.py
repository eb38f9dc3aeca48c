"""The systems that connectors are tried on. Each module has a fixture `<name>_world`."""
