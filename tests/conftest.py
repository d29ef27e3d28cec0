"""What holds for every test."""

from functools import cache

import pytest
import torch
from hypothesis import settings
from streamlit.components.v2 import manifest_scanner
from xdist.scheduler import LoadFileScheduling

from tests.page import leave_pages

torch.set_num_threads(1)  # as the page does: a network this small gains nothing from more

settings.register_profile("fixed", derandomize=True)  # `make test`: the same examples every time
settings.register_profile("random", derandomize=False, print_blob=True)  # `make test-long`
settings.load_profile("fixed")


# AppTest would read the metadata of all installed packages at each run of the script
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(autouse=True)
def _pages_are_left():
    yield
    leave_pages()


class Clock:
    """Time stands still until `now` is set."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def pytest_collection_modifyitems(items):
    """A test in a browser gets a second try, for a busy machine."""
    for item in items:
        if "tests.browser" in item.module.__name__:
            item.add_marker("browser")
            item.add_marker(pytest.mark.flaky(reruns=1))


# Browser tests that depend on no timing: they run after the others, in the same process.
NOT_TIMED = {"accessibility", "class_sheet", "learn", "report"}


class Browsers(LoadFileScheduling):
    """One process runs the browser tests from the start, those NOT_TIMED last; the others run a file at a time."""

    def _split_scope(self, nodeid):
        file = super()._split_scope(nodeid)
        if not file.startswith("tests/browser/"):
            return file
        return "not timed" if file.removeprefix("tests/browser/test_").removesuffix(".py") in NOT_TIMED else "browser"

    def _assign_work_unit(self, node):
        if "not timed" in self.workqueue:
            self.workqueue.move_to_end("not timed", last="browser" not in self.assigned_work[node])
        if "browser" in self.workqueue:
            self.workqueue.move_to_end("browser", last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return Browsers(config, log)
