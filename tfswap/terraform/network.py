"""Whether Terraform failed because nothing answered: connection, DNS, proxy, TLS, a service's 5xx.

That comes before anything about credentials or permissions: who was not reached refused nobody, and
"Cannot assume IAM Role" stands above both. The phrases are those of Go's net and crypto packages
and of the AWS SDK (``StatusCode: 0``: no answer).
"""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

from tfswap.errors import AwsError

_REASONS = (
    (r"proxyconnect|proxy (?:error|authentication)", "the proxy did not answer"),
    (
        r"no such host|server misbehaving|name resolution|\blookup \S+ on ",
        "DNS cannot resolve the name",
    ),
    (r"\bx509:|\btls: |TLS handshake|certificate", "its certificate was rejected (TLS)"),
    (r"connection refused", "connection refused"),
    (
        r"i/o timeout|deadline exceeded|Client\.Timeout|handshake timeout",
        "no answer before the timeout",
    ),
    (r"connection reset|broken pipe|unexpected EOF|: EOF\b", "the connection was closed"),
    (r"network is unreachable|no route to host|dial (?:tcp|udp)", "no connection"),
    (r"StatusCode: 0\b", "no answer"),
)
_AILING = re.compile(r"StatusCode: (5\d\d)\b|\b(InternalError|ServiceUnavailable|SlowDown)\b")
_URL = re.compile(r'(?:Get|Head|Post|Put|Delete) \\?"(https?://[^"\\\s]+)')
_POINTING = re.compile(r"(?:HTTPS?|ALL)_PROXY|AWS_ENDPOINT_URL\w*", re.IGNORECASE)


def unreached(text: str, doing: str, details: tuple[str, ...]) -> AwsError | None:
    """Return what to say where nothing answered, or a service was in trouble; None otherwise.

    Args:
        text: Terraform's error, from where it begins.
        doing: What the command was for, as in "import the restored table".
        details: Lines to show beneath.
    """
    where = _host(text)
    for phrase, why in _REASONS:
        if re.search(phrase, text, re.IGNORECASE):
            return AwsError(
                f"{where or 'The backend or AWS'} could not be reached: {why} ({doing}).",
                hint=f"{_remedy(where)}, then run the same command again.",
                details=details,
            )
    if trouble := _AILING.search(text):
        return AwsError(
            f"{where or 'The backend or AWS'} returned a server error: "
            f"{trouble[1] or trouble[2]} ({doing}).",
            hint="Wait a minute, then run the same command again.",
            details=details,
        )
    return None


def _host(text: str) -> str:
    url = _URL.search(text)
    return urlsplit(url[1]).netloc.rpartition("@")[2] if url else ""


def _remedy(where: str) -> str:
    """Name the variables that send Terraform elsewhere, where there are any."""
    variables = sorted(
        name for name, value in os.environ.items() if value and _POINTING.fullmatch(name)
    )
    mine = [name for name in variables if where and where in os.environ[name]] or [
        name for name in variables if "PROXY" in name.upper()
    ]
    network = "Check the network (VPN, proxy, DNS)"
    return f"{network} and {', '.join(mine)}" if mine else network
