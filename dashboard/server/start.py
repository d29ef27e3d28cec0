"""What a process does once: import what the page needs, and make it ready. The server begins with it as it starts."""

import ctypes
import gc
import sys
import threading
from contextlib import suppress
from importlib import import_module
from types import ModuleType

PAGE = "dashboard.page.page"  # with all that it imports it takes seconds: PyTorch, scikit-learn, Numba
# Seconds after which a thread hands Python on. A script gives it up at each of its hundred messages to the browser, and
# would wait this long, times the threads that compute, to go on.
SWITCH = 0.0002
M_ARENA_MAX = -8  # of glibc's malloc.h
# New objects before the collector looks at them, and generations before it looks at older ones: a run of the script
# makes thousands that are gone a moment later.
COLLECT = 10_000, 20, 20
_once = threading.Lock()
_ready = threading.Event()


def page() -> ModuleType:
    """The page's module; whoever asks for it first imports it, and the others wait."""
    with _once:
        if not _ready.is_set():
            gc.disable()  # what an import makes stays: the collector would search it again and again, for nothing
            try:
                import_module(PAGE)
            finally:
                gc.enable()
            _prepare()
            _ready.set()
    return import_module(PAGE)


def is_ready() -> bool:
    """Whether the page is imported."""
    return _ready.is_set()


def modules() -> list[str]:
    """Where the browser finds the modules of the live picture, once some page has shown it."""
    if not is_ready():
        return []
    found: list[str] = import_module("dashboard.page.component").addresses("live", "live/live.js")
    return found


def begin() -> None:
    """Import it in the background."""
    _share_memory()
    threading.Thread(target=page, name="start", daemon=True).start()


def _share_memory() -> None:
    """Let all threads take memory from the same few places: each run of the script has a thread of its own."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library than glibc
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def _prepare() -> None:
    sys.setswitchinterval(SWITCH)
    import_module("dashboard.page.lighter").lighten()
    import_module("torch").set_num_threads(1)  # sessions share the cores; so small a network gains nothing from more
    warm_up = import_module("moons.compiled").warm_up
    threading.Thread(target=warm_up, daemon=True).start()  # so that the first Train is instant
    gc.collect()
    gc.freeze()  # what is loaded now stays: later collections needn't look at it
    gc.set_threshold(*COLLECT)
