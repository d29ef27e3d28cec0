"""What holds for every test."""

import pytest
import torch
from hypothesis import settings

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
    """Tests in a browser run in one process, the others a module at a time. One in a browser gets a second try."""
    for item in items:
        if "tests.browser" in item.module.__name__:
            item.add_marker("browser")
            item.add_marker(pytest.mark.flaky(reruns=1))
            item.add_marker(pytest.mark.xdist_group("browser"))
        else:
            item.add_marker(pytest.mark.xdist_group(item.module.__name__))
