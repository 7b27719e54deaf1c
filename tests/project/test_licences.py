"""The licence is the published text, and NOTICE names everything that others made."""

from __future__ import annotations

import hashlib
import tomllib
from typing import Final

from sessions.reports import fonts
from tests.architecture import ORDER, ROOT, TRAINING

APACHE_2: Final = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
"""The sha256 of the licence as its authors publish it."""
NOTICE: Final = " ".join((ROOT / "NOTICE").read_text("utf-8").split())


def test_the_licence_is_the_published_text() -> None:
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == APACHE_2
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["license"] == "Apache-2.0"


def test_the_notice_names_the_weights_with_their_sources() -> None:
    manifest = tomllib.loads((ROOT / "models" / "manifest.toml").read_text("utf-8"))
    licences = {network["licence"] for network in manifest["network"]}
    sources = [source for model in manifest["model"].values() for source in model["source"]]
    assert licences | {source["licence"] for source in sources} == {"Apache-2.0"}
    for source in sources:
        named = source["what"].replace("==", " ").removeprefix("https://").partition("/pose_landmarker/")[0]
        package, _, version = named.rpartition("@")
        assert (f"{package} {version}" if package else named) in NOTICE


def test_the_notice_names_clips_and_fonts() -> None:
    clips = [path for name in (*ORDER, TRAINING, "tests") for path in (ROOT / name).rglob("*.mp4")]
    assert {path.parent.relative_to(ROOT).as_posix() for path in clips} == {"ui/demo", "tests/data"}
    for place in ("ui/demo/arm-diagonal.mp4", "tests/data/*.mp4"):
        assert place in NOTICE
    assert {fonts.PLAIN, fonts.BOLD} == {"Vera", "VeraBd"}
    assert "Bitstream Vera" in NOTICE
