"""What holds for every test."""

import pytest
import torch
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

torch.set_num_threads(1)  # as the page does: a network this small gains nothing from more

settings.register_profile("fixed", derandomize=True)  # `make test`: the same examples every time
settings.register_profile("random", derandomize=False, print_blob=True)  # `make test-long`
settings.load_profile("fixed")


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


class OneBrowser(LoadFileScheduling):
    """One process runs all tests in a browser, the others a file at a time."""

    def _split_scope(self, nodeid):
        return "tests/browser" if nodeid.startswith("tests/browser/") else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return OneBrowser(config, log)
