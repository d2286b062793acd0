"""Where pull requests are opened, read from a remote's URL."""

from __future__ import annotations

import pytest

from tfswap.git.hosting import HostKind, parse_remote, without_credentials

BRANCH = "restore/production-Lpas-20240715"
GITHUB = f"https://github.com/acme/infra/compare/main...{BRANCH}?expand=1"
GITLAB = (
    "https://gitlab.example.org/a/b/infra/-/merge_requests/new"
    "?merge_request%5Bsource_branch%5D=restore%2Fproduction-Lpas-20240715"
    "&merge_request%5Btarget_branch%5D=main"
)
AZURE = (
    "https://dev.azure.com/org/project/_git/infra/pullrequestcreate"
    "?sourceRef=restore%2Fproduction-Lpas-20240715&targetRef=main"
)
BITBUCKET = (
    "https://bitbucket.org/acme/infra/pull-requests/new"
    "?source=restore%2Fproduction-Lpas-20240715&dest=main"
)


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://github.com/acme/infra.git", GITHUB),
        ("https://github.com/acme/infra/", GITHUB),
        ("https://user:t0ken@github.com/acme/infra.git", GITHUB),
        ("git@github.com:acme/infra.git", GITHUB),
        ("ssh://git@github.com/acme/infra.git", GITHUB),
        ("ssh://git@github.com:443/acme/infra.git", GITHUB),
        ("git@gitlab.example.org:a/b/infra.git", GITLAB),
        ("https://oauth2:t0ken@gitlab.example.org/a/b/infra.git", GITLAB),
        ("git@ssh.dev.azure.com:v3/org/project/infra", AZURE),
        ("https://org@dev.azure.com/org/project/_git/infra", AZURE),
        ("git@bitbucket.org:acme/infra.git", BITBUCKET),
        (
            "https://codeberg.org/acme/infra",
            f"https://codeberg.org/acme/infra/compare/main...{BRANCH}",
        ),
    ],
)
def test_links(url: str, link: str) -> None:
    hosting = parse_remote(url)
    assert hosting is not None
    assert hosting.compare("main", BRANCH) == link


@pytest.mark.parametrize(
    "url",
    [
        "/srv/git/infra.git",
        "../origin.git",
        "file:///srv/git/infra.git",
        "https://git.example.org/acme/infra.git",
        "codecommit::eu-west-1://infra",
        "https://github.com/acme",
        "git@ssh.dev.azure.com:v3/org",
        "C:\\git\\infra",
        "",
    ],
)
def test_no_link_for_what_is_not_known(url: str) -> None:
    assert parse_remote(url) is None


def test_a_branch_of_a_fork_and_of_odd_letters() -> None:
    hosting = parse_remote("git@github.com:acme/infra.git")
    assert hosting is not None
    assert hosting.kind is HostKind.GITHUB
    assert hosting.owner == "acme"
    link = hosting.compare("main", "me:restore/a?b#ü")
    assert link.endswith("/compare/main...me:restore/a%3Fb%23%C3%BC?expand=1")


def test_credentials_go() -> None:
    text = "fatal: unable to access 'https://me:t0ken@github.com/acme/infra.git/': 403"
    assert without_credentials(text) == (
        "fatal: unable to access 'https://github.com/acme/infra.git/': 403"
    )
