"""`make dist`: what it builds installs into a fresh environment, runs, and has its data."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]

# Builds and installs into a fresh environment from the network: half a minute on its own.
pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the wheel and the source archive; built without touching the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    # The build's own requirement is installed from the network; without one there is no building.
    done = _run(sys.executable, "-m", "build", "--outdir", str(folder), str(TOP))
    if done.returncode and "hatchling" in done.stderr + done.stdout:
        pytest.skip("pip cannot fetch hatchling from here")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def _run(*argv: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(argv, capture_output=True, text=True, env=env, cwd="/", check=False)


def test_the_archives_hold_code_and_data_and_nothing_private(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    data = [
        path.relative_to(TOP)
        for path in (TOP / "tfswap").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    assert {str(path) for path in data} <= set(names)
    assert any(name.startswith("tfswap/demo/repo/terraform/") for name in names)
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        members = archive.getnames()
    assert any(name.endswith("/tests/test_dist.py") for name in members)
    assert not [name for name in (*names, *members) if ".tfswap" in name or ".venv" in name]


def test_the_wheel_runs_with_its_own_dependencies_alone(built: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "fresh", with_pip=True)
    python = str(tmp_path / "fresh" / "bin" / "python")
    (wheel,) = built.glob("*.whl")
    constraints = str(TOP / "constraints.txt")
    done = _run(python, "-m", "pip", "install", "--quiet", "-c", constraints, str(wheel))
    assert done.returncode == 0, done.stderr
    plan = TOP / "fixtures" / "plans" / "good" / "plan.json"
    names = ("--from", "production-Lpas", "--to", "production-Lpas-20240715")
    verified = _run(python, "-m", "tfswap", "verify-plan", str(plan), *names)
    assert verified.returncode == 0, verified.stderr
    assert verified.stdout.startswith("READY")
    page = _run(python, "-m", "tfswap", "verify-plan", str(plan), *names, "--format", "html")
    assert page.stdout.startswith("<!doctype html>")
