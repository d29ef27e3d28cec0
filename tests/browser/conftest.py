"""What the tests in a browser share: one browser, one server of the page, a context for each module."""

import pytest

from tests.browser import browser, server
from tests.browser.package import package_page


@pytest.fixture(scope="package")
def chromium():
    with browser() as chromium:
        yield chromium


@pytest.fixture(scope="package")
def address():
    """The page on a server of its own."""
    with server() as (address, _process):
        yield address


@pytest.fixture(scope="module")
def context(chromium):
    """A browser that has never been here, shared by a module's tests."""
    context = chromium.new_context(locale="en-US", viewport={"width": 1400, "height": 900})
    yield context
    context.close()


@pytest.fixture(scope="module")
def modules(chromium):
    """A page of the browser package's own origin, without Streamlit."""
    with package_page(chromium) as page:
        yield page
