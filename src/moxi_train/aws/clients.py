"""AWS as it is reached, and what it refuses, in one sentence that names the mend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moxi_core.errors import MoxiError, SettingsError, TrainError
from moxi_train.aws.request import HELP

_BAD_CREDENTIALS = {
    "UnrecognizedClientException", "InvalidClientTokenId", "SignatureDoesNotMatch",
    "InvalidAccessKeyId", "AuthFailure", "IncompleteSignature", "InvalidSignatureException",
}  # fmt: skip
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "Forbidden"}


class Aws:
    """Clients of one region, each made when it is first asked for."""

    def __init__(self, region: str) -> None:
        try:
            import boto3
            from botocore.config import Config
        except ImportError as error:
            raise SettingsError(
                "Training on AWS needs boto3; run: pip install 'moxi-readme[aws]'"
            ) from error
        with told("sign in to AWS"):
            self._session = boto3.Session(region_name=region)
        self.region = region
        self._config = Config(
            retries={"mode": "standard", "total_max_attempts": 5}, connect_timeout=15
        )
        self._clients: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        """A client, such as that of `s3`."""
        if service not in self._clients:
            with told(f"use {service} in region {self.region}"):
                self._clients[service] = self._session.client(service, config=self._config)
        return self._clients[service]

    def account(self) -> str:
        """The number of the user's own account. Raises where nobody is signed in."""
        with told("sign in to AWS"):
            return str(self("sts").get_caller_identity()["Account"])


def profile_region() -> str:
    """The region of the user's AWS profile; "" if there is none."""
    try:
        import boto3
    except ImportError:
        return ""
    with told("read the AWS profile"):
        return boto3.Session().region_name or ""


def code_of(error: Exception) -> str:
    """The code that AWS gives an error."""
    response = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


@contextmanager
def told(doing: str) -> Iterator[None]:
    """What AWS refuses inside becomes an error of ours: "cannot <doing>: …; <mend>"."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        raise _refused(doing, error) from error
    except (BotoCoreError, Boto3Error) as error:
        inner = error.__context__
        if isinstance(inner, ClientError):  # S3's uploads wrap what was said
            raise _refused(doing, inner) from error
        raise _failed(doing, error) from error


def _refused(doing: str, error: Exception) -> MoxiError:
    code = code_of(error)
    said = getattr(error, "response", {}).get("Error", {}).get("Message", "") or str(error)
    said = " ".join(said.split())[:400].rstrip(".")
    if code in _EXPIRED:
        return TrainError(
            f"Training cannot go on: the AWS credentials have expired, so one cannot {doing}; renew them "
            "(`aws sso login`), then go on."
        )
    if code in _BAD_CREDENTIALS:
        return SettingsError(
            f"AWS does not know these credentials, so one cannot {doing}; set AWS_PROFILE, or "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    if code in _DENIED:
        return SettingsError(
            f"AWS does not allow this user to {doing}: {said}; give it the policy of {HELP}."
        )
    return TrainError(f"Training cannot go on: AWS does not let one {doing}: {said} ({code}).")


def _failed(doing: str, error: Exception) -> MoxiError:
    name = type(error).__name__
    said = " ".join(str(error).split())[:300].rstrip(".")
    if "Credentials" in name or "Token" in name or "SSO" in name or name == "ProfileNotFound":
        return SettingsError(
            f"There are no usable AWS credentials to {doing} ({said}); run `aws configure` or "
            "`aws sso login`, or set AWS_PROFILE."
        )
    if "Region" in name:
        return SettingsError(f"Cannot {doing}: {said}; say --region us-east-1.")
    if "Endpoint" in name or "Connect" in name or "Timeout" in name:
        return TrainError(
            f"Training cannot go on: cannot {doing}: {said}; is the region right, is there a network?"
        )
    return TrainError(f"Training cannot go on: cannot {doing}: {said}.")


def is_passing(error: Exception) -> bool:
    """Whether the same may work later: no network for now, or too many requests."""
    from botocore.exceptions import ClientError, HTTPClientError

    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return (
            status >= 500 or "Throttl" in code_of(error) or code_of(error) == "RequestLimitExceeded"
        )
    return isinstance(error, HTTPClientError)
