"""Where the Hub does not answer: S3-compatible storage, such as Cloudflare R2, with links that expire.

Keys, region and address come from boto3's own variables (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
AWS_ENDPOINT_URL_S3); only the bucket is ours to name.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from moxi_core.errors import CardError

LINK_SECONDS = 7 * 24 * 3600  # as long as signatures may be good


class Bucket:
    """A bucket of S3-compatible storage."""

    def __init__(self, name: str) -> None:
        try:
            import boto3
            from botocore.config import Config
        except ImportError as error:
            raise CardError(
                "Storage in place of the Hub needs boto3; run: pip install 'moxi-readme[aws]'"
            ) from error
        self.name = name
        is_elsewhere = any(map(os.environ.get, ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")))
        with _told(name):
            session = boto3.Session()
            region = session.region_name or ("auto" if is_elsewhere else "us-east-1")
            self._s3: Any = session.client(
                "s3",
                region_name=region,
                config=Config(
                    signature_version="s3v4",
                    s3={"addressing_style": "path"},
                    retries={"mode": "standard", "total_max_attempts": 5},
                    connect_timeout=15,
                    # What S3 itself added of late is not known everywhere.
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                ),
            )

    def upload(self, folder: Path, files: Sequence[Path], prefix: str) -> list[str]:
        """Upload what is not there yet; a link for each file, good for seven days."""
        links = []
        for file in files:
            key = f"{prefix}/{file.relative_to(folder).as_posix()}"
            digest = _sha256(file)
            with _told(self.name):
                if not self._has(key, digest):
                    self._s3.upload_file(
                        str(file), self.name, key, ExtraArgs={"Metadata": {"sha256": digest}}
                    )
                links.append(
                    self._s3.generate_presigned_url(
                        "get_object", {"Bucket": self.name, "Key": key}, ExpiresIn=LINK_SECONDS
                    )
                )
        return links

    def _has(self, key: str, digest: str) -> bool:
        from botocore.exceptions import ClientError

        try:
            found = self._s3.head_object(Bucket=self.name, Key=key)
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
                return False
            raise
        return bool(found.get("Metadata", {}).get("sha256") == digest)


def bucket_of_environment() -> Bucket | None:
    """The bucket that MOXI_CARD_BUCKET names; None if it is not set."""
    name = os.environ.get("MOXI_CARD_BUCKET", "")
    return Bucket(name) if name else None


@contextmanager
def _told(bucket: str) -> Iterator[None]:
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        raise CardError(
            f"Neither the Hub nor bucket {bucket!r} takes the package (storage says {code}); check the "
            "bucket and its keys."
        ) from error
    except (BotoCoreError, Boto3Error) as error:
        raise CardError(
            f"Neither the Hub nor bucket {bucket!r} takes the package ({type(error).__name__}); check "
            "AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        ) from error


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
