"""A bucket: what may be asked of it, and the names of what can go wrong. Blocking: on a thread."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, cached_property
from threading import Lock
from typing import IO, Any, Final

from django.conf import settings as django_settings

from registry.connectors.contract import ConnectorError
from registry.connectors.objects.settings import ObjectsSettings
from work.webhooks import addresses
from work.webhooks.errors import AddressRefusedError

CREDENTIALS: Final = frozenset({
    "AccessDenied", "ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "SignatureDoesNotMatch",
    "TokenRefreshRequired", "RequestTimeTooSkewed", "401", "403",
})  # fmt: skip
LATER: Final = frozenset({"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout"})
GONE: Final = frozenset({"NoSuchKey", "NoSuchVersion", "404"})
CHANGED: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
KEPT_WITH_IT: Final = (
    "ContentType", "ContentEncoding", "ContentDisposition", "ContentLanguage", "CacheControl",
    "Metadata", "StorageClass",
)  # fmt: skip
AT_ONCE: Final = 1000
_ALONE: Final = Lock()
"""A session makes one client at a time."""


@dataclass(frozen=True, slots=True)
class Found:
    """One version of an object. `version` is empty where the bucket is asked for none."""

    key: str
    version: str = ""
    is_latest: bool = True
    is_marker: bool = False
    size: int = 0


class Bucket:
    """Calls to one bucket. Each raises ConnectorError only."""

    def __init__(self, settings: ObjectsSettings, secret: str) -> None:
        self._settings, self._client = settings, _client(settings, secret)

    @cached_property
    def keeps_versions(self) -> bool:
        """Whether the bucket keeps, or has kept, former versions of objects."""
        with named():
            said = self._client.get_bucket_versioning(Bucket=self._settings.bucket)
        return said.get("Status") in {"Enabled", "Suspended"}

    def check(self) -> list[str]:
        """What is wrong with the bucket as it is now."""
        return ["versions_kept"] if self.keeps_versions and not self._settings.versions else []

    def page(self, prefix: str, after: str) -> tuple[list[Found], str]:
        """Up to a thousand objects after a name, and where to go on; empty where that was all."""
        more = {"StartAfter": after} if after else {}
        with named():
            said = self._client.list_objects_v2(
                Bucket=self._settings.bucket, Prefix=prefix, MaxKeys=AT_ONCE, **more
            )
        found = [Found(one["Key"], size=one.get("Size", 0)) for one in said.get("Contents", [])]
        return found, found[-1].key if said.get("IsTruncated") and found else ""

    def all(self, prefix: str) -> Iterator[Found]:
        """Every object below a prefix; of a bucket that keeps versions, every version."""
        if self.keeps_versions:
            yield from self._versions(prefix)
            return
        after = ""
        while True:
            found, after = self.page(prefix, after)
            yield from found
            if not after:
                return

    def _versions(self, prefix: str) -> Iterator[Found]:
        """Gone through as the bucket says: not all agree what a name of ours in between means."""
        markers: dict[str, str] = {}
        while True:
            with named():
                said = self._client.list_object_versions(
                    Bucket=self._settings.bucket, Prefix=prefix, MaxKeys=AT_ONCE, **markers
                )
            for one in said.get("Versions", []):
                yield Found(
                    one["Key"], one["VersionId"], one["IsLatest"], False, one.get("Size", 0)
                )
            for one in said.get("DeleteMarkers", []):
                yield Found(one["Key"], one["VersionId"], one["IsLatest"], True)
            if not said.get("IsTruncated"):
                return
            markers = {"KeyMarker": said["NextKeyMarker"]}
            if version := said.get("NextVersionIdMarker"):
                markers["VersionIdMarker"] = version

    def delete(self, found: Iterable[Found]) -> set[str]:
        """Delete versions; returns the keys of those that are still there, whatever the status."""
        left: set[str] = set()
        rest = list(dict.fromkeys(found))
        while some := rest[:AT_ONCE]:
            rest = rest[AT_ONCE:]
            left |= self._deleted(some)
        return left

    def _deleted(self, some: list[Found]) -> set[str]:
        objects = [
            {"Key": one.key, "VersionId": one.version} if one.version else {"Key": one.key}
            for one in some
        ]
        with named():
            said = self._client.delete_objects(
                Bucket=self._settings.bucket, Delete={"Objects": objects, "Quiet": True}
            )
        return {one["Key"] for one in said.get("Errors", []) if one.get("Code") not in GONE}

    def fetch(self, one: Found, into: IO[bytes]) -> dict[str, Any] | None:
        """Copy an object to a file; its ETag and what it is kept with. None where it is gone."""
        more = {"VersionId": one.version} if one.version else {}
        with named():
            try:
                said = self._client.get_object(Bucket=self._settings.bucket, Key=one.key, **more)
            except self._client.exceptions.NoSuchKey:
                return None
            for chunk in said["Body"].iter_chunks(1 << 20):
                into.write(chunk)
        into.seek(0)
        return {"ETag": said["ETag"]} | {name: said[name] for name in KEPT_WITH_IT if name in said}

    def replace(self, key: str, content: IO[bytes], kept: dict[str, Any]) -> None:
        """Write an object anew, unless it has changed since it was read.

        Raises ConnectorError `changed_meanwhile`.
        """
        facts = {name: value for name, value in kept.items() if name != "ETag"}
        content.seek(0)
        with named():
            self._client.put_object(
                Bucket=self._settings.bucket, Key=key, Body=content, IfMatch=kept["ETag"], **facts
            )


@contextmanager
def named() -> Iterator[None]:
    """The errors of the library, by names of ours: its messages hold keys of objects."""
    from botocore import exceptions  # noqa: PLC0415 (optional)

    try:
        yield
    except exceptions.ClientError as error:
        raise _refused(error.response) from None
    except AddressRefusedError:
        raise ConnectorError("address_refused", retry=False) from None
    except exceptions.HTTPClientError as error:
        is_refused = isinstance(error.kwargs.get("error"), AddressRefusedError)
        code = "address_refused" if is_refused else "unreachable"
        raise ConnectorError(code, retry=not is_refused) from None
    except (exceptions.BotoCoreError, OSError):
        raise ConnectorError("unreachable", retry=True) from None


def _refused(said: Any) -> ConnectorError:
    code = str(said.get("Error", {}).get("Code", ""))
    status = said.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in CREDENTIALS:
        return ConnectorError("credentials_refused", retry=False)
    if code == "NoSuchBucket":
        return ConnectorError("bucket_missing", retry=False)
    if code in CHANGED:
        return ConnectorError("changed_meanwhile", retry=True)
    if code in LATER or status == 429:
        return ConnectorError("too_many_requests", retry=True)
    return ConnectorError(f"status_{status}", retry=status >= 500)


@cache
def _session() -> Any:
    """Made once: what the library reads about the service takes longer than most calls."""
    import boto3  # noqa: PLC0415 (optional)

    return boto3.session.Session()


def _client(settings: ObjectsSettings, secret: str) -> Any:
    try:
        from botocore.config import Config  # noqa: PLC0415
    except ImportError:
        raise ConnectorError("s3_not_installed", retry=False) from None
    name, _, word = secret.partition(":")
    if not name or not word:
        raise ConnectorError("credentials_missing", retry=False)
    url = settings.endpoint or f"https://s3.{settings.region}.amazonaws.com"
    _look_up(url)
    style = {"addressing_style": "path" if settings.path_style else "auto"}
    with named(), _ALONE:
        client = _session().client(
            "s3", endpoint_url=url, region_name=settings.region,
            aws_access_key_id=name, aws_secret_access_key=word,
            config=Config(
                connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 1}, proxies={},
                s3=style, max_pool_connections=4,
            ),
        )  # fmt: skip
    _guard(client)
    return client


def _look_up(url: str) -> None:
    try:
        addresses.resolve(url, inner=django_settings.SYSTEM_NETWORKS)
    except AddressRefusedError:
        raise ConnectorError("address_refused", retry=False) from None
    except OSError:
        raise ConnectorError("unreachable", retry=True) from None


def _guard(client: Any) -> None:
    """Each connection looks at whom it has reached before a byte is sent: a name may change."""
    from botocore import awsrequest  # noqa: PLC0415 (optional)

    class Plain(awsrequest.AWSHTTPConnection):  # type: ignore[misc]
        def _new_conn(self) -> Any:
            return _reached(super()._new_conn())

    class Secure(awsrequest.AWSHTTPSConnection):  # type: ignore[misc]
        def _new_conn(self) -> Any:
            return _reached(super()._new_conn())

    class PlainPool(awsrequest.AWSHTTPConnectionPool):  # type: ignore[misc]
        ConnectionCls = Plain

    class SecurePool(awsrequest.AWSHTTPSConnectionPool):  # type: ignore[misc]
        ConnectionCls = Secure

    session = client._endpoint.http_session
    session._manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


def _reached(socket: Any) -> Any:
    address = socket.getpeername()[0]
    try:
        addresses.address_of(address, 0, inner=django_settings.SYSTEM_NETWORKS)
    except AddressRefusedError:
        with suppress(OSError):
            socket.close()
        raise
    return socket
