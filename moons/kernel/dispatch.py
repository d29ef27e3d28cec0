"""Dispatch by a code between compiled functions. A function is registered where it is defined."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moons.kernel.jit import jit

Compiled = Callable[..., Any]


@dataclass(frozen=True)
class Coded:
    """A compiled function, and the number by which the kernel knows it."""

    code: int
    function: Compiled


def dispatch(choices: list[Coded]) -> Compiled:
    """A compiled (code, *arguments) that calls the function of that code; the last one for any other code."""
    *others, last = choices
    call = _otherwise(last.function)
    for coded in reversed(others):
        call = _either(coded.code, coded.function, call)
    return call


def _otherwise(function: Compiled) -> Compiled:
    @jit
    def call(code, *arguments):  # type: ignore[no-untyped-def]
        return function(*arguments)

    return call


def _either(own: int, function: Compiled, rest: Compiled) -> Compiled:
    @jit
    def call(code, *arguments):  # type: ignore[no-untyped-def]
        if code == own:
            return function(*arguments)
        return rest(code, *arguments)

    return call
