"""Fixtures that several test files share."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from models import provision
from models.provision import Weights
from patterns.templates import library
from sessions.store.store import Store
from tests.durations import DurationRecorder
from tests.support.browsers import FAKE_CAMERA, Camera, launched
from tests.support.live_fakes import Pages, Server
from tests.support.postgres import ON_POSTGRES, running_postgres
from ui.live import websocket as live_socket

DATA = Path(__file__).with_name("data")


def pytest_configure(config: pytest.Config) -> None:
    """Record how long each file takes (tests/durations.py), and let the filters of warnings hold for Authlib too."""
    importlib.import_module("authlib.deprecate")  # it puts a filter of its own first when it is imported
    if "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(DurationRecorder(config))


@pytest.hookimpl(tryfirst=True)  # before the groups are looked at
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run tests at a camera one after the other, and tests of a page one after the other beside them."""
    for item in items:
        if item.get_closest_marker("camera"):
            item.add_marker(pytest.mark.xdist_group("camera"))
        elif item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("page"))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse to run tests at a camera beside each other: they would fail by chance."""
    in_groups = session.config.getoption("loadgroup", False)
    alone = [item for item in session.items if item.get_closest_marker("camera")]
    if in_groups and alone and not alone[0].nodeid.endswith("@camera"):
        raise pytest.UsageError(
            "pytest-xdist does not keep the tests at a camera together; see requirements.txt"
        )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let tests at a camera have the processor first: they run in real time, the others only sooner or later.

    The camera's tests are the largest group, which pytest-xdist gives out first, so their process is not slowed yet.
    """
    if "PYTEST_XDIST_WORKER" in os.environ and not item.get_closest_marker("camera") and not os.nice(0):
        os.nice(10)


@pytest.fixture(scope="session", autouse=True)
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep every test away from the records of the person at this computer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIAGONAL_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """Streamlit's test runs put their page in the place of the running program; spawned processes need the program."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(autouse=True)
def own_library() -> Iterator[None]:
    """Leave the library as it was: pages under test let it have the exercises of their own authors."""
    before = list(library._own)
    yield
    library._own[:] = before


@pytest.fixture(scope="session")
def weights() -> Weights:
    """The full model's weights, fetched once for the machine; for tests marked `weights`."""
    return provision.ensure("full")


@pytest.fixture(scope="session")
def arm_clip() -> Path:
    """Six seconds of a rendered person raising the right arm (D2 flexion), 640x480, 30 frames a second."""
    return DATA / "d2_flexion_right_6s.mp4"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """Addresses of new, empty databases on a PostgreSQL server of this test run's own, for tests that ON_POSTGRES."""
    with running_postgres() as new_database:
        yield new_database


@pytest.fixture(scope="module")  # no longer: its event loop runs in this thread as long as it is there
def playwright() -> Iterator[Playwright]:
    """What drives browsers."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Camera:
    """What the camera of `browser` plays."""
    return Camera(tmp_path_factory.mktemp("camera"))


@pytest.fixture(scope="module")
def browser(playwright: Playwright, camera: Camera) -> Iterator[Browser]:
    """One Chromium for the tests of a file, each with a profile of its own (`new_page`)."""
    started = launched(playwright, FAKE_CAMERA, camera.switch)
    yield started
    started.close()


@pytest.fixture(params=("sqlite", pytest.param("postgresql", marks=ON_POSTGRES)))
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A new store in each kind of database."""
    if request.param == "sqlite":
        yield Store.open(tmp_path / "sessions.sqlite")
    else:
        store = Store.open(request.getfixturevalue("postgres")())
        yield store
        store.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty file of sessions."""
    opened = Store.open(tmp_path / "sessions.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def server(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The live socket on stand-ins for the network and the Coach."""
    made = Server(store)
    monkeypatch.setattr(live_socket, "workplace", lambda: made.place)
    with made.client:  # one event loop for all connections, as in the real server
        yield made


@pytest.fixture
def pages(server: Server) -> Iterator[Pages]:
    """Pages on that server."""
    with ExitStack() as stack:
        yield Pages(server, stack)
