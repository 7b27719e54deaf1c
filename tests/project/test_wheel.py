"""The wheel: one import package, the dependencies of requirements.txt, and a program that scores and shows its page."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from email import message_from_bytes
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from playwright.sync_api import Browser, expect

from base.version import VERSION
from models.provision import Weights
from tests.support.bare_environment import requirement_lines
from tests.support.browsers import CHROMIUM, ROOT, new_page, served

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Installed:
    """A wheel and the environment that it is installed in."""

    wheel: Path
    program: Path
    package: Path


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Build the wheel and install it in a fresh environment, which borrows the dependencies from this one."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    build = ("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    subprocess.run([*pip, *build], check=True, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    home = folder / "environment"
    venv.create(home, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(home)}))
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    subprocess.run([*pip, "--python", str(home), "install", "--no-deps", str(wheel)], check=True, cwd=folder)
    return Installed(wheel, home / "bin" / "diagonal", packages / "diagonal")


def test_the_wheel_holds_one_package_and_asks_for_what_the_requirements_say(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        names = wheel.namelist()
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        head = message_from_bytes(wheel.read(metadata))
        information = metadata.removesuffix("METADATA")
        licences = [wheel.read(f"{information}licenses/{name}") for name in head.get_all("License-File", [])]
    assert {name.partition("/")[0] for name in names} == {"diagonal", f"diagonal-{VERSION}.dist-info"}
    assert not {"tests", "training"} & {Path(name).parts[1] for name in names}
    lines = requirement_lines(ROOT / "requirements.txt")
    assert {str(Requirement(asked)) for asked in head.get_all("Requires-Dist", [])} == {
        str(Requirement(line)) for line in lines
    }
    assert head["Version"] == VERSION
    assert licences == [(ROOT / name).read_bytes() for name in ("LICENSE", "NOTICE")]


@pytest.mark.weights
def test_the_installed_program_scores_the_demonstration(
    installed: Installed, weights: Weights, tmp_path: Path
) -> None:
    clip, result = installed.package / "ui" / "demo" / "arm-diagonal.mp4", tmp_path / "result.json"
    asked = ("--pattern", "ue-d2-flexion", "--side", "right", "--json", str(result))
    subprocess.run([str(installed.program), "score", str(clip), *asked], check=True, cwd=tmp_path)
    document = json.loads(result.read_text())
    assert [rep["kind"] for rep in document["reps"]] == ["repetition"] * 4
    assert document["code_version"] == VERSION


@pytest.mark.weights
@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")
def test_the_installed_program_shows_its_page(
    installed: Installed, weights: Weights, browser: Browser, tmp_path: Path
) -> None:
    program = (str(installed.program), "app")
    with served(tmp_path, program=program) as server, new_page(browser) as page:
        page.goto(server.url)
        expect(page.get_by_role("button", name="Watch the demonstration")).to_be_visible(timeout=60_000)


def test_the_environment_has_the_tools_that_build_it() -> None:
    """They are named twice, since pip reads neither list for the other."""
    build = (ROOT / "pyproject.toml").read_text().split("requires = [", 1)[1].split("]", 1)[0]
    for line in build.split(", "):
        asked = Requirement(line.strip().strip('"'))
        assert version(asked.name) in asked.specifier
