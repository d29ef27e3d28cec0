"""How the kernel's functions are compiled: into one another, and where that is kept on the disk."""

import zlib
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, cast

import numba
import numpy as np
from numba import njit
from numba.core.compiler import Compiler

from moons.kernel.vector_math import INNER, Function

Int = int | np.int64
Float = float | np.floating[Any]
Bool = bool | np.bool

f32 = np.float32
_OPTIONS = INNER | {"fastmath": {"reassoc", "contract", "nsz"}}


class _Apart(Compiler):
    """Says that what a function writes through one array isn't seen through another, which needn't be checked then."""

    def define_pipelines(self) -> Any:
        self.state.flags.noalias = True
        return super().define_pipelines()  # type: ignore[no-untyped-call]


def jit(function: Function) -> Function:
    """Compile `function` into its callers."""
    return cast(Function, njit(**_OPTIONS)(function))


def jit_once(function: Function) -> Function:
    """For a function with a single caller, which it becomes a part of, as exact as that is: this saves time to compile.

    So it does for one of a line or two. No sum is reordered in `train_epochs` itself: np.isfinite(x) rests on x − x,
    which would be taken for 0.
    """
    return cast(Function, njit(inline="always", **INNER)(function))


def jit_exact(function: Function) -> Function:
    """As `jit`, but keeps every operation as it stands."""
    return cast(Function, njit(**INNER)(function))


def jit_apart(function: Function) -> Function:
    """As `jit`, for a function that writes to none of the rows that it reads through another array."""
    return cast(Function, njit(pipeline_class=_Apart, forceinline=True, **_OPTIONS)(function))


def on_disk(function: Function) -> Function:
    """Compile `function`, or load what was compiled before.

    What was compiled stays in a folder named after the sources that it came from, so that it is never older than
    they: Numba itself looks at the function's own file alone. The folder is beside the sources, or NUMBA_CACHE_DIR
    if that is set, or else in the user's cache; where none can be written, each process compiles anew.
    """
    options: dict[str, Any] = {"error_model": "numpy", "nogil": True, "no_cfunc_wrapper": True, "_nrt": False}
    compiled: Any = njit(**options)(function)
    here = Path(__file__).parent
    sources = b"".join(file.read_bytes() for file in sorted(here.glob("*.py")))
    config: Any = numba.config
    given = config.CACHE_DIR
    try:
        for parent in (Path(given or here / "__pycache__"), Path.home() / ".cache" / "moons"):
            config.CACHE_DIR = str(parent / f"kernel-{zlib.crc32(sources):08x}")
            if _writable(Path(config.CACHE_DIR)):
                compiled.enable_caching()
                break
    finally:
        config.CACHE_DIR = given
    return cast(Function, compiled)


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def folder(function: Function) -> Path | None:
    """Where what `on_disk` compiled is kept; None where nothing can be written."""
    compiled: Any = function
    path = compiled.stats.cache_path
    return None if path is None else Path(path)
