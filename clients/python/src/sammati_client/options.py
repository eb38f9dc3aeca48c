"""How patient the client is and how much it asks at once. Every value is bounded."""

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

LARGEST_BATCH = 10_000
LONGEST_SECONDS = 120.0
MOST_ATTEMPTS = 10
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True, slots=True)
class Options:
    """Limits of one client.

    `total_seconds` is the budget of one request with its repetitions and pauses. `batch_size`
    is the number of questions in one request of `check_many`. `allow_http` permits plain HTTP to
    other hosts than loopback, for networks that encrypt below. `match_request_id` denies where
    the answer carries another request id than the question; switch it off behind a proxy that
    replaces request ids.
    """

    connect_seconds: float = 1.0
    total_seconds: float = 2.0
    attempts: int = 3
    batch_size: int = 1_000
    allow_http: bool = False
    match_request_id: bool = True

    def __post_init__(self) -> None:
        _between("connect_seconds", self.connect_seconds, 0.001, LONGEST_SECONDS)
        _between("total_seconds", self.total_seconds, 0.001, LONGEST_SECONDS)
        _between("attempts", self.attempts, 1, MOST_ATTEMPTS)
        _between("batch_size", self.batch_size, 1, LARGEST_BATCH)


def _between(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # also refuses NaN
        raise ValueError(f"{name} must be between {low:g} and {high:g}.")


def base_address(url: str, *, allow_http: bool) -> str:
    """The server's address without a trailing slash. Raises ValueError with what to change."""
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError("base_url must be like https://consent.example.com.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("base_url must hold no credentials, query or fragment.")
    if parts.scheme == "http" and not (allow_http or _is_loopback(parts)):
        raise ValueError("base_url must be https; Options(allow_http=True) permits plain HTTP.")
    return url.rstrip("/")


def _is_loopback(parts: SplitResult) -> bool:
    return parts.hostname in LOOPBACK


def bearer(key: str) -> str:
    """The Authorization header of a service key. Raises ValueError, never showing the key."""
    if not key or not key.isascii() or any(c <= " " or c == "\x7f" for c in key):
        raise ValueError("key must be a service key: printable ASCII without spaces.")
    return f"Bearer {key}"
