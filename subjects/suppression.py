"""How closed channels are kept: `email=bounced sms=register`, in order. Pure."""

from collections.abc import Mapping


def read(text: str) -> dict[str, str]:
    """The reason of each closed channel."""
    pairs = (one.partition("=") for one in text.split())
    return {channel: reason for channel, _, reason in pairs}


def write(closed: Mapping[str, str]) -> str:
    """The reverse of `read`."""
    return " ".join(f"{channel}={closed[channel]}" for channel in sorted(closed))


def channels(text: str) -> tuple[str, ...]:
    """The closed channels alone."""
    return tuple(read(text))
