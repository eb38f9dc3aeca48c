"""What stops a start."""


class RunError(Exception):
    """Something stopped the start. The message is one sentence that says what to do."""
