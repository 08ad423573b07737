"""A store in a bucket of an S3-compatible server. The bucket must be there; we read, write and delete in it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from shared import logs
from shared.files.store import PIECE_BYTES, Missing, StoreAway

PART_BYTES: Final = 8 * 1024 * 1024  # of a large file as much is in memory at once
SECONDS: Final = {
    "connect_timeout": 2,
    "read_timeout": 4,
}  # twice these is shorter than the database lets a transaction lie idle
GONE: Final = frozenset({"NoSuchKey", "404"})


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where it is and who we are there. `url` is the server's, without the bucket."""

    url: str
    name: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)


class S3Store:
    """Objects in a bucket, each appearing whole or not at all."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket.name
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=bucket.url,
            region_name=bucket.region,
            aws_access_key_id=bucket.access_key,
            aws_secret_access_key=bucket.secret_key,
            config=Config(
                **SECONDS,
                retries={"total_max_attempts": 2},
                max_pool_connections=16,
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",  # not every server knows the newer ones
                response_checksum_validation="when_required",
            ),
        )

    def put(self, place: str, pieces: Iterable[bytes]) -> None:
        """Keep the pieces: see `Store`. A large file goes in parts, which count for nothing until the last has come."""
        parts = TransferConfig(multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, use_threads=False)
        with _reachable():
            self._client.upload_fileobj(_Pieces(iter(pieces)), self._bucket, place, Config=parts)

    def get(self, place: str) -> Iterator[bytes]:
        """What lies there: see `Store`."""
        with _reachable():
            body = self._client.get_object(Bucket=self._bucket, Key=place)["Body"]
            with body:
                yield from body.iter_chunks(PIECE_BYTES)

    def remove(self, place: str) -> None:
        """Take away what lies there: see `Store`."""
        with _reachable():
            self._client.delete_object(Bucket=self._bucket, Key=place)


class _Pieces(io.RawIOBase):
    """Pieces as a file that can be read once from its beginning."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, bytearray()

    def readable(self) -> bool:
        """It can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """As many bytes, fewer at the end; all that are left where `size` is negative."""
        while (size < 0 or len(self._held) < size) and (piece := next(self._pieces, None)) is not None:
            self._held += piece
        taken = bytes(self._held[: size if size >= 0 else len(self._held)])
        del self._held[: len(taken)]
        return taken


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in GONE:
            raise Missing() from error
        raise _away(error) from error
    except (BotoCoreError, Boto3Error) as error:
        raise _away(error) from error


def _away(error: Exception) -> StoreAway:
    logs.get().error("file_store_away", error=error)
    return StoreAway()
