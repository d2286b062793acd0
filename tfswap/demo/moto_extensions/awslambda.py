"""Stand-in for a Lambda function's logging configuration, which moto 5.2 drops.

Without it Terraform would plan to set the log group again and again. It is remembered
and shown; no log is written. moto also shows an empty image configuration where none was
given, and AWS none. See
https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.awslambda.models import LambdaFunction


def _initialised(initialise: Callable[..., None]) -> Callable[..., None]:
    def init(
        self: LambdaFunction, account_id: str, spec: dict[str, Any], *args: Any, **kwargs: Any
    ) -> None:
        # First, for the original may already ask for the configuration.
        self.__dict__["standin_logging"] = spec.get("LoggingConfig")
        initialise(self, account_id, spec, *args, **kwargs)

    return init


def _shown(show: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def configuration(self: LambdaFunction, on_create: bool = False) -> dict[str, Any]:
        config = show(self, on_create)
        if self.__dict__.get("standin_logging"):
            config["LoggingConfig"] = self.__dict__["standin_logging"]
        if not any(config.get("ImageConfigResponse", {}).get("ImageConfig", {}).values()):
            config.pop("ImageConfigResponse", None)
        return config

    return configuration


def _updated(update: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def configuration(self: LambdaFunction, config_updates: dict[str, Any]) -> dict[str, Any]:
        if "LoggingConfig" in config_updates:
            self.__dict__["standin_logging"] = config_updates["LoggingConfig"]
        return update(self, config_updates)

    return configuration


def install() -> None:
    """Make moto's Lambda keep the logging configuration of a function."""
    LambdaFunction.__init__ = _initialised(LambdaFunction.__init__)  # type: ignore[method-assign]
    LambdaFunction.get_configuration = _shown(LambdaFunction.get_configuration)  # type: ignore[method-assign]
    LambdaFunction.update_configuration = _updated(LambdaFunction.update_configuration)  # type: ignore[method-assign]
