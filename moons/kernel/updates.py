"""The optimisers' updates, as in torch.optim."""

import numpy as np

from moons.kernel.dispatch import Coded, Compiled, dispatch
from moons.kernel.jit import Int, f32, jit, jit_exact, jit_once
from moons.kernel.layout import Floats, StepSettings


@jit
def regularise(P: Floats, G: Floats, settings: StepSettings, rate: float) -> None:
    """Add the L1 term to the gradient, clip it, then add weight decay, in PyTorch's order."""
    decay, l1, limit = settings.weight_decay, settings.l1, settings.clip_norm
    if l1 > 0:
        for p in range(P.size):
            G[p] += l1 if P[p] > f32(0) else (-l1 if P[p] < f32(0) else f32(0))
    if limit > 0:
        square = f32(0)
        for p in range(P.size):
            square += G[p] * G[p]
        factor = limit / (np.sqrt(square) + f32(1e-6))
        if not factor > f32(1):
            for p in range(P.size):
                G[p] *= factor
    if decay > 0:
        if settings.decoupled:  # the weights themselves decay
            keep = f32(1 - rate * decay)
            for p in range(P.size):
                P[p] *= keep
        else:
            for p in range(P.size):
                G[p] += decay * P[p]


@jit_exact
def power(base: float, exponent: Int) -> float:
    """base ** exponent; the C library's differs in its last bit from one process to another."""
    result = 1.0
    while exponent > 0:
        if exponent & 1:
            result *= base
        base *= base
        exponent >>= 1
    return result


_UPDATES: list[Coded] = []


def _update(function: Compiled) -> Coded:
    """Register (P, M, G, rate, step): one step of torch.optim's rule with its defaults, P and M in place."""
    _UPDATES.append(Coded(len(_UPDATES), jit(function)))
    return _UPDATES[-1]


@_update
def sgd(P: Floats, M: Floats, G: Floats, rate: float, step: Int) -> None:
    lr = f32(rate)
    for p in range(P.size):
        P[p] -= lr * G[p]


@_update
def momentum(P: Floats, M: Floats, G: Floats, rate: float, step: Int) -> None:
    lr, m = f32(rate), M[0]
    for p in range(P.size):
        m[p] = f32(0.9) * m[p] + G[p]
        P[p] -= lr * m[p]


@_update
def nesterov(P: Floats, M: Floats, G: Floats, rate: float, step: Int) -> None:
    lr, m = f32(rate), M[0]
    for p in range(P.size):
        m[p] = f32(0.9) * m[p] + G[p]
        P[p] -= lr * G[p] + f32(0.9) * lr * m[p]


@_update
def rmsprop(P: Floats, M: Floats, G: Floats, rate: float, step: Int) -> None:
    lr, v = f32(rate), M[0]
    for p in range(P.size):
        v[p] = f32(0.99) * v[p] + f32(0.01) * G[p] * G[p]
        P[p] -= lr * G[p] / (np.sqrt(v[p]) + f32(1e-8))


@_update
def adam(P: Floats, M: Floats, G: Floats, rate: float, step: Int) -> None:
    m, v = M[0], M[1]
    lr = f32(rate / (1 - power(0.9, step)))
    root = f32(np.sqrt(1 - power(0.999, step)))
    for p in range(P.size):
        m[p] += f32(0.1) * (G[p] - m[p])
        v[p] = f32(0.999) * v[p] + f32(0.001) * G[p] * G[p]
        P[p] -= lr * m[p] / (np.sqrt(v[p]) / root + f32(1e-8))


update = dispatch(_UPDATES)


@jit
def copy(P: Floats, M: Floats, P_to: Floats, M_to: Floats) -> None:
    """P_to = P, M_to = M."""
    for p in range(P.size):
        P_to[p] = P[p]
        for m in range(M.shape[0]):
            M_to[m, p] = M[m, p]


@jit
def collapse(P: Floats, Q: Floats, n_in: Int) -> None:
    """Q = P, but for the last layer: of the two classes' weights only the difference counts."""
    first = P.size - 2 * (n_in + 1)
    for p in range(first):
        Q[p] = P[p]
    for i in range(n_in):
        Q[first + i] = P[first + n_in + i] - P[first + i]
    Q[first + n_in] = P[P.size - 1] - P[P.size - 2]


@jit_once
def expand(G: Floats, n_in: Int) -> None:
    """Make the gradient by the difference one by both classes' weights."""
    first = G.size - 2 * (n_in + 1)
    bias = G[first + n_in]
    for i in range(n_in):
        G[first + n_in + i] = G[first + i]
        G[first + i] = -G[first + i]
    G[G.size - 2] = -bias
    G[G.size - 1] = bias
