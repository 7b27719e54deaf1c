"""A warning in our own code is an error; those of other packages are ignored by name, each with its reason."""

from __future__ import annotations

import re
import tomllib
import warnings

import pytest

from tests.architecture import ORDER, ROOT, TOP, TRAINING

PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
FILTERS: list[str] = tomllib.loads(PYPROJECT)["tool"]["pytest"]["ini_options"]["filterwarnings"]


def test_a_warning_in_our_own_code_is_an_error() -> None:
    with pytest.raises(RuntimeWarning, match="divide by zero"):
        warnings.warn("divide by zero", RuntimeWarning, stacklevel=1)


def test_every_package_of_ours_is_named() -> None:
    own = re.compile(FILTERS[0].removeprefix("error:::"))
    for name in (*ORDER, TRAINING, "tests", *(top.removesuffix(".py") for top in TOP)):
        assert own.match(name) and own.match(f"{name}.part"), name
    assert not own.match("basemap") and not own.match("authlib.base")


def test_what_is_ignored_names_its_message_and_the_package_with_its_version() -> None:
    listed = PYPROJECT.split("filterwarnings = [", 1)[1].split("\n]\n", 1)[0].splitlines()[2:]
    assert sum('"ignore:' in line for line in listed) == len(FILTERS) - 1
    reason = ""
    for line in listed:
        if line.lstrip().startswith("#"):
            reason = line
        else:
            assert re.search(r"# \w+ \d+\.\d+", reason), line
            assert len(line.split(":")[1]) > 20, line
