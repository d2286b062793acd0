"""Fixtures of discovery, for HCL alone."""

from tests.discovery.conftest import find as find
from tests.discovery.conftest import make as make
