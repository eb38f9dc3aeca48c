"""What kind of file somebody hands in, told by its content and not by its name. Pure."""

from typing import Final

MOST_BYTES: Final = 5 * 1024 * 1024
_STARTS: Final = {
    b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg",
}  # fmt: skip
ENDINGS: Final = {
    "application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "text/plain": "txt",
}  # fmt: skip


def media_type(content: bytes) -> str | None:
    """The kind of a file that is taken; None for others, for nothing, and for what is too big."""
    if not 0 < len(content) <= MOST_BYTES:
        return None
    for start, found in _STARTS.items():
        if content.startswith(start):
            return found
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "text/plain" if all(one.isprintable() or one in "\r\n\t" for one in text) else None
