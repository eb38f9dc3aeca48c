"""The decision point: wire, facts, engine, batches, server."""
