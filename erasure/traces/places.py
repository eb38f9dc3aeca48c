"""What is outside the database: the broker, the cache, and the files the suite writes."""

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import redis
from django.conf import settings

__all__ = ["FOLDERS", "files", "is_letter", "stores"]

MAILBOX: Final = "EMAIL_FILE_PATH"
FOLDERS: Final = (
    "AUDIT_EXPORT_FOLDER", "CONSENT_EXPORT_FOLDER", "PROFILE_EXPORT_FOLDER", "ERASURE_JOURNAL",
    "ERASURE_EVIDENCE_FOLDER", "RIGHTS_FOLDER", MAILBOX,
)  # fmt: skip
"""Settings that name folders in which something of people may be; unset ones are left out."""
PART: Final = 1 << 22


def stores() -> Iterator[tuple[str, bytes]]:
    """Every key of the broker and the cache, with what is under it. Raises redis.RedisError."""
    addresses = {settings.REDIS_URL, str(settings.CACHES["default"].get("LOCATION", ""))}
    for address in sorted(one.replace("redis+socket://", "unix://") for one in addresses if one):
        with redis.Redis.from_url(address) as store:
            for number in _databases(store, address):
                with redis.Redis.from_url(address, db=number) as one:
                    yield from _content(one, number)


def files(more: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Every file of our folders, and of these besides, in parts that overlap; zips opened."""
    folders = [Path(text) for name in FOLDERS if (text := getattr(settings, name, ""))]
    for root in (*folders, *more):
        paths = [root] if root.is_file() else sorted(root.rglob("*")) if root.is_dir() else []
        for path in paths:
            if path.is_file():
                yield str(path), path.name.encode()
                yield from _parts(path)


def is_letter(place: str) -> bool:
    """Whether a file is a letter in the development mailbox (`config.mail`): none in production."""
    folder = "" if settings.PRODUCTION else getattr(settings, MAILBOX, "")
    return bool(folder) and Path(place).parent == Path(folder)


def _databases(store: Any, address: str) -> list[int]:
    """Those that have keys; of a server that does not tell, the one of the address."""
    try:
        return sorted(int(name[2:]) for name in store.info("keyspace"))
    except redis.ResponseError:
        return [int(store.connection_pool.connection_kwargs.get("db", 0))]


def _content(store: Any, number: int) -> Iterator[tuple[str, bytes]]:
    readers = {
        b"string": store.get, b"hash": store.hgetall, b"set": store.smembers,
        b"list": lambda key: store.lrange(key, 0, -1),
        b"zset": lambda key: store.zrange(key, 0, -1),
        b"stream": store.xrange,
    }  # fmt: skip
    for key in store.scan_iter(count=1000):
        read = readers.get(store.type(key))
        held = read(key) if read else b""
        text = held if isinstance(held, bytes) else repr(held).encode()
        yield f"store {number}", key + b" " + text


def _parts(path: Path) -> Iterator[tuple[str, bytes]]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield f"{path}:{name}", archive.read(name)
        return
    with path.open("rb") as file:
        last = b""
        while part := file.read(PART):
            yield str(path), last + part
            last = part[-1024:]
