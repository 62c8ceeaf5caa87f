"""What every test starts from: a machine without the developer's caches and habits, and the rule about skipping."""

import os
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings

from scorecards import pytest_plugin as scores
from sim import pytest_plugin

NO_SKIPS = "REHEARSE_NO_SKIPS"
_HABITS = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "REHEARSE_DEBUG", "PYTHONHASHSEED")

# Two busy cores make every deadline a coin toss. A pipeline says the same of the same tree; elsewhere chance goes on.
settings.register_profile("rehearse", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI")))
settings.load_profile("rehearse")


def pytest_configure(config: pytest.Config) -> None:
    """Plays are tests here too, in an environment that was set up before there was a plugin for them."""
    for plugin in (pytest_plugin, scores):
        if not config.pluginmanager.is_registered(plugin):
            config.pluginmanager.register(plugin)


@pytest.fixture(scope="session", autouse=True)
def a_home_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Caches and data folders start empty, so that no test passes because of yesterday's run."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(home / "cache"))
        patch.setenv("XDG_DATA_HOME", str(home / "data"))
        for habit in _HABITS:
            patch.delenv(habit, raising=False)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first, so that the last hours of one worker are not the idle hours of the other.

    What is marked twice takes longest.
    """
    items.sort(key=lambda item: -sum(1 for _ in item.iter_markers("long")))


def _refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Where nothing may be missing, a skip is a failure that names what was."""
    if os.environ.get(NO_SKIPS) and report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"{NO_SKIPS} is set, and this would skip. {why}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse(report)
    return report
