"""What holds for every test."""

import pytest
import torch
from hypothesis import settings

torch.set_num_threads(1)  # as the page does: a network this small gains nothing from more

settings.register_profile("fixed", derandomize=True)  # `make test`: the same examples every time
settings.register_profile("random", derandomize=False, print_blob=True)  # `make test-long`
settings.load_profile("fixed")


def pytest_collection_modifyitems(items):
    """Mark the tests of every module that uses a browser. One that fails gets a second try, for a busy machine."""
    for item in items:
        if any(getattr(value, "__module__", None) == "tests.browser" for value in vars(item.module).values()):
            item.add_marker("browser")
            item.add_marker(pytest.mark.flaky(reruns=1))
