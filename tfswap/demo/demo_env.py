"""What a child process and a boto3 client need to talk to the stand-in, and to nothing else."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tfswap.demo.provider_plugins import find_plugin_dir

CONTAINER_VERSION = "v1.48.0"
"""The image tag in service; a plan that is not told of it wants to move to `latest`."""

_OWNED = ("AWS_", "TF_", "TFSWAP_")
_KEPT = ("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR", "TFSWAP_PLUGIN_DIR")


def child_env(endpoint: str) -> dict[str, str]:
    """The whole environment of a child process that shall see the stand-in at `endpoint`.

    Fake credentials, the variables the runbook's `.envrc` sets, and no AWS or Terraform
    setting of the user's own, except where providers may come from.
    """
    env = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or not name.startswith(_OWNED)
    }
    config = env.get("TF_CLI_CONFIG_FILE")
    if config and not Path(config).is_file():
        # Terraform would warn about it on every call.
        del env["TF_CLI_CONFIG_FILE"]
    return {**env, **_aws_env(endpoint), **_terraform_env()}


def client_factory(endpoint: str) -> Callable[..., Any]:
    """A function `(service, region, credentials)` to a boto3 client on `endpoint`.

    It ignores the user's own settings; without `credentials` it acts in production's account.
    """
    import boto3
    from botocore.config import Config

    def client(
        service: str, region: str = "eu-west-1", credentials: Mapping[str, str] | None = None
    ) -> Any:
        keys = credentials or {"AccessKeyId": "testing", "SecretAccessKey": "testing"}
        session = boto3.session.Session(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            region_name=region,
        )
        config = Config(s3={"addressing_style": "path"}, proxies={}, retries={"max_attempts": 2})
        return session.client(service, endpoint_url=endpoint, config=config)

    return client


def _aws_env(endpoint: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        # An API the stand-in lacks would otherwise be tried for minutes.
        "AWS_MAX_ATTEMPTS": "3",
        "NO_PROXY": "127.0.0.1,localhost",
    }


def _terraform_env() -> dict[str, str]:
    env = {
        "CHECKPOINT_DISABLE": "1",
        "TF_VAR_default_role": "breakglass",
        "TF_VAR_container_version": CONTAINER_VERSION,
        "TF_VAR_public_access_enabled": "true",
    }
    plugins = find_plugin_dir()
    if plugins is not None:
        env["TF_CLI_ARGS_init"] = shlex.quote(f"-plugin-dir={plugins}")
    return env
