"""Fixtures that several test files share."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import provision
from models.provision import Weights

DATA = Path(__file__).with_name("data")


@pytest.fixture(scope="session")
def weights() -> Weights:
    """The full model's weights, fetched once for the machine; for tests marked `weights`."""
    return provision.ensure("full")


@pytest.fixture(scope="session")
def arm_clip() -> Path:
    """Six seconds of a rendered person raising the right arm (D2 flexion), 640x480, 30 frames a second."""
    return DATA / "d2_flexion_right_6s.mp4"
