"""The model of a job: fetched from S3, and unpacked as one unpacks what a stranger has packed."""

from __future__ import annotations

import gzip
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from moxi_core.errors import OutputError, TrainError
from moxi_train.aws.clients import Aws, code_of, told

MAX_BYTES = 200_000_000_000  # unpacked: more than an adapter and its base of 70 billion weights
MAX_FILES = 100_000
_BLOCK = 1 << 20


def fetch(aws: Aws, job: Mapping[str, Any], models: Path, owner: str) -> Path:
    """The folder of the model below `models`; one that was fetched before is not fetched again.

    Raises TrainError where there is no model or it is not what Moxi has packed.
    """
    name = str(job["TrainingJobName"])
    target = models / name
    if target.is_dir():
        return target
    uri = job.get("ModelArtifacts", {}).get("S3ModelArtifacts", "")
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not uri.startswith("s3://") or not bucket or not key:
        raise TrainError(f"Training cannot go on: job {name} names no model, but {uri!r}.")
    try:
        models.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=models, prefix=f".{name[:40]}.") as scratch:
            packed = Path(scratch) / "model.tar.gz"
            _download(aws, bucket, key, packed, owner)
            unpack(packed, Path(scratch) / "model")
            (Path(scratch) / "model").replace(target)
    except OSError as error:
        raise OutputError(
            f"Cannot write {str(target)!r}: {error.strerror or error}; make room there, then "
            f"`moxi train --aws-attach {name}` fetches it."
        ) from error
    return target


def _download(aws: Aws, bucket: str, key: str, place: Path, owner: str) -> None:
    from botocore.exceptions import ClientError

    with told(f"fetch s3://{bucket}/{key}"):
        try:
            aws("s3").download_file(
                bucket, key, str(place), ExtraArgs={"ExpectedBucketOwner": owner}
            )
        except ClientError as error:
            if code_of(error) in ("404", "NoSuchKey", "NoSuchBucket"):
                raise TrainError(
                    f"Training cannot go on: there is no model at s3://{bucket}/{key}; has somebody "
                    "removed it?"
                ) from error
            raise


def unpack(packed: Path, folder: Path, *, max_bytes: int = MAX_BYTES) -> None:
    """Unpack plain files and folders of a tar.gz into a new folder.

    Raises TrainError for anything else in it: links, devices, paths that lead out, too much.
    """
    folder.mkdir()
    left, count = min(max_bytes, shutil.disk_usage(folder).free), 0
    try:
        with gzip.open(packed) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
            for entry in tar:
                count, left = count + 1, left - entry.size
                if count > MAX_FILES or left < 0:
                    raise TrainError(
                        f"{packed.name} unpacks to more than there is room for, or more than "
                        f"{max_bytes:,} bytes or {MAX_FILES:,} files; nothing was kept."
                    )
                place = folder.joinpath(*_parts(entry, packed.name))
                if entry.isdir():
                    place.mkdir(parents=True, exist_ok=True)
                    continue
                place.parent.mkdir(parents=True, exist_ok=True)
                content = tar.extractfile(entry)
                if content is None:
                    raise TrainError(f"{packed.name} is broken at {entry.name!r}.")
                with place.open("xb") as file, content:
                    shutil.copyfileobj(content, file, _BLOCK)
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError) as error:
        raise TrainError(f"{packed.name} is no whole tar.gz: {error}; fetch it again.") from error
    except OSError as error:
        if isinstance(error, FileExistsError | NotADirectoryError | IsADirectoryError):
            raise TrainError(f"{packed.name} holds one path twice; nothing was kept.") from error
        raise


def _parts(entry: tarfile.TarInfo, archive: str) -> tuple[str, ...]:
    """The path of an entry below the folder. Raises TrainError where it is not to be unpacked."""
    path = PurePosixPath(entry.name)
    is_plain = (entry.isreg() and not entry.issparse()) or entry.isdir()
    leads_out = path.is_absolute() or ".." in path.parts or "\0" in entry.name or "\\" in entry.name
    is_drive = ":" in (path.parts or ("",))[0]
    if not is_plain or leads_out or is_drive or (not path.parts and not entry.isdir()):
        raise TrainError(
            f"{archive} holds {entry.name!r}, a link, a device or a path that leads out of its folder; "
            "Moxi packs no such thing, and nothing was kept."
        )
    return path.parts
