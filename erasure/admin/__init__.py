"""Officers' pages about erasure; each module registers its own."""

from erasure.admin import cases, evidence, inbound, keeping, queues, steps, training

__all__ = ["cases", "evidence", "inbound", "keeping", "queues", "steps", "training"]
