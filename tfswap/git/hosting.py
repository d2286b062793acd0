"""Where a remote's pull requests are opened, read from its URL. Pure.

The links are those the services document or offer themselves after a push; another host gets none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote, urlencode

_URL = re.compile(
    r"(?:https?|ssh|git)://(?:[^/@]+@)?(?P<host>[A-Za-z0-9.-]+)(?::\d+)?/(?P<path>.+)"
)
_SCP = re.compile(r"(?:[^/@:]+@)?(?P<host>[A-Za-z0-9.-]+):(?!//)(?P<path>[^:]+)")
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")


class HostKind(Enum):
    """A service."""

    GITHUB = "GitHub"
    GITLAB = "GitLab"
    BITBUCKET = "Bitbucket"
    AZURE = "Azure DevOps"
    GITEA = "Gitea"


_HOSTS = (
    ("dev.azure.com", HostKind.AZURE),
    ("ssh.dev.azure.com", HostKind.AZURE),
    ("github", HostKind.GITHUB),
    ("gitlab", HostKind.GITLAB),
    ("bitbucket.org", HostKind.BITBUCKET),
    ("codeberg.org", HostKind.GITEA),
    ("gitea", HostKind.GITEA),
    ("forgejo", HostKind.GITEA),
)
"""A part of the host, and what runs there."""


@dataclass(frozen=True)
class HostedRepo:
    """A repository at a service."""

    kind: HostKind
    host: str
    path: str
    """``owner/name``, or with more groups before it."""

    @property
    def owner(self) -> str:
        """Who the repository belongs to."""
        return self.path.rpartition("/")[0]

    def compare(self, base: str, head: str) -> str:
        """Return the page on which a pull request from ``head`` into ``base`` is opened.

        Args:
            base: The branch it goes into.
            head: The branch it comes from; ``owner:branch`` where that is in a fork.
        """
        top = f"https://{self.host}/{quote(self.path)}"
        if self.kind is HostKind.GITLAB:
            pairs = {
                "merge_request[source_branch]": head.rpartition(":")[2],
                "merge_request[target_branch]": base,
            }
            return f"{top}/-/merge_requests/new?{urlencode(pairs)}"
        if self.kind is HostKind.BITBUCKET:
            return f"{top}/pull-requests/new?{urlencode({'source': head, 'dest': base})}"
        if self.kind is HostKind.AZURE:
            pairs = {"sourceRef": head, "targetRef": base}
            return f"{top}/pullrequestcreate?{urlencode(pairs)}"
        more = "?expand=1" if self.kind is HostKind.GITHUB else ""
        return f"{top}/compare/{quote(base)}...{quote(head, safe='/:')}{more}"


def parse_remote(url: str) -> HostedRepo | None:
    """Return the service a remote's URL leads to, or None for a path or a host not known."""
    match = _URL.fullmatch(url) or _SCP.fullmatch(url)
    if match is None:
        return None
    host = match["host"].lower()
    path = match["path"].strip("/").removesuffix(".git")
    kind = next((kind for part, kind in _HOSTS if part in host), None)
    if kind is None or "/" not in path:
        return None
    return _azure(path) if kind is HostKind.AZURE else HostedRepo(kind, host, path)


def _azure(path: str) -> HostedRepo | None:
    """Return Azure's page: ``v3/org/project/repo`` over ssh, ``org/project/_git/repo`` else."""
    parts = path.split("/")
    if parts[0] == "v3" and len(parts) == 4:
        parts = [parts[1], parts[2], "_git", parts[3]]
    known = len(parts) == 4 and parts[2] == "_git"
    return HostedRepo(HostKind.AZURE, "dev.azure.com", "/".join(parts)) if known else None


def without_credentials(text: str) -> str:
    """Return text with what stands before the ``@`` of a URL taken out: it may be a token."""
    return _CREDENTIALS.sub("", text)
