"""Looking for what is left of a person in every place of ours: tables, queues, caches, files."""

from erasure.traces.looking import Sought, Trace, Traces, look, sought

__all__ = ["Sought", "Trace", "Traces", "look", "sought"]
