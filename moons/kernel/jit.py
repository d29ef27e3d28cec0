"""How the kernel's functions are compiled and inlined."""

from typing import Any, cast

import numpy as np
from numba import njit
from numba.core.compiler import Compiler

from moons.kernel.cache import KernelCache
from moons.kernel.vector_math import INNER, Function

Int = int | np.int64
Float = float | np.floating[Any]
Bool = bool | np.bool

f32 = np.float32
_OPTIONS = INNER | {"fastmath": {"reassoc", "contract", "nsz"}}


class _Apart(Compiler):
    """Promises LLVM that a function's arrays don't overlap (noalias)."""

    def define_pipelines(self) -> Any:
        self.state.flags.noalias = True
        return super().define_pipelines()  # type: ignore[no-untyped-call]


def jit(function: Function) -> Function:
    """Compile `function` into its callers."""
    return cast(Function, njit(**_OPTIONS)(function))


def jit_once(function: Function) -> Function:
    """Inline into its only caller, with the same floating-point flags; this saves compile time.

    So it does for one of a line or two. No sum is reordered in `train_epochs` itself: np.isfinite(x) rests on x − x,
    which would be taken for 0.
    """
    return cast(Function, njit(inline="always", **INNER)(function))


def jit_exact(function: Function) -> Function:
    """As `jit`, but keeps every operation as it stands."""
    return cast(Function, njit(**INNER)(function))


def jit_apart(function: Function) -> Function:
    """As `jit`, for a function whose arrays don't overlap where it writes."""
    return cast(Function, njit(pipeline_class=_Apart, forceinline=True, **_OPTIONS)(function))


def on_disk(function: Function) -> Function:
    """Compile `function` when it is first called, or load what was compiled before: see `cache`.

    For `train_epochs` alone, since the cache holds one function.
    """
    options: dict[str, Any] = {"error_model": "numpy", "nogil": True, "no_cfunc_wrapper": True, "_nrt": False}
    compiled: Any = njit(**options)(function)
    compiled._cache = KernelCache()
    return cast(Function, compiled)
