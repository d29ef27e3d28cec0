"""The browser's modules under test: networks of every kind as they receive them, and a page of their own origin."""

import base64
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import torch

from moons import DataSpec, ModelSpec, build_model, make_dataset
from moons.features import FEATURES
from moons.inspection.boundary import Grid, make_grid
from moons.model import ACTIVATIONS, NaiveNet, get_parameters
from moons.plots import palette
from tests.browser import FLAGS, launch

PACKAGE = Path(__file__).parents[2] / "dashboard" / "browser"
SOFTWARE_GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]

DATASET = make_dataset(DataSpec(n_points=80, n_test=20))
MESH, LINE_MESH = make_grid(DATASET, 40, 32), make_grid(DATASET, 25, 20)
SPAN = -0.3, 0.4  # some of a regression's predictions lie outside
PALETTE = {"classes": palette.CLASSES, "guessing": palette.GUESSING, "numbers": palette.NUMBERS}
ALL = tuple(FEATURES)

SPECS = {
    **{name: (ModelSpec((7, 5), name, features=ALL, init_scale=1.5), 2) for name in ACTIVATIONS},
    **{name: (ModelSpec((4,), features=(name,), init_scale=2), 2) for name in FEATURES},
    **{f"{n} classes": (ModelSpec((9,), "tanh", init_scale=4), n) for n in (2, 3, 7, 21, 50)},
    "regression": (ModelSpec((9,), "tanh", init_scale=1.5), 0),
    "regression, all features": (ModelSpec((6, 6), "gelu", features=ALL), 0),
    "no hidden layer": (ModelSpec(()), 2),
    "six layers": (ModelSpec((8, 3, 8, 2, 8, 5), activations=("relu", "elu", "silu", "tanh", "gelu", "sigmoid")), 3),
    "zeros": (ModelSpec((4,), init="zeros"), 3),
}


@dataclass(frozen=True, eq=False)
class Case:
    """A network, an earlier one, and points with classes of which most are wrong."""

    model: NaiveNet
    before: NaiveNet
    n_classes: int
    X: torch.Tensor  # (80, 2)
    y: torch.Tensor  # (80,)
    shown: tuple[np.ndarray, ...]


def case(name: str) -> Case:
    """One of SPECS."""
    spec, n_classes = SPECS[name]
    model = build_model(spec, n_classes)
    before = build_model(ModelSpec(**{**vars(spec), "seed": 1}), n_classes)
    X = torch.from_numpy(DATASET.X_train)
    y = torch.arange(len(X)) % max(2, n_classes)
    shown = tuple(np.arange(0, size, 2 if size > 6 else 1)[:16] for size in model.sizes)
    return Case(model, before, n_classes, X, y, shown)


def numbers(X: torch.Tensor) -> np.ndarray:
    """Targets of a regression: (n,) float32, some of them far from what a network predicts."""
    return (2 * X[:, 0] - X[:, 1]).numpy()


def text(values: np.ndarray) -> str:
    """An array's bytes as base64."""
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()


def array(encoded: str, dtype: type = np.float32) -> np.ndarray:
    """The array of a base64 text."""
    return np.frombuffer(base64.b64decode(encoded), dtype)


def mesh(grid: Grid) -> dict[str, float]:
    """A grid in the browser's terms."""
    return {name: getattr(grid, name) for name in ("x0", "dx", "columns", "y0", "dy", "rows")}


def network(model: NaiveNet, n_classes: int) -> dict[str, object]:
    """A network in the browser's terms."""
    activations = (*model.activations, "linear")
    layers = [
        {"activation": activation, "inputs": inputs, "outputs": outputs}
        for activation, inputs, outputs in zip(activations, model.sizes[:-1], model.sizes[1:], strict=True)
    ]
    parameters = text(get_parameters(model))
    return {
        "features": model.inputs,
        "layers": layers,
        "parameters": parameters,
        "nClasses": n_classes,
        "span": SPAN,
    }


def request(asked: Case) -> dict[str, object]:
    """What tests/evaluate.js reads."""
    return {
        "network": network(asked.model, asked.n_classes),
        "before": text(get_parameters(asked.before)),
        "mesh": mesh(MESH),
        "lineMesh": mesh(LINE_MESH),
        "X": text(asked.X.numpy()),
        "y": asked.y.tolist(),
        "numbers": text(numbers(asked.X)),
        "shown": [units.tolist() for units in asked.shown],
    }


class Quiet(SimpleHTTPRequestHandler):
    """A file server that says nothing, and lets any page import its files."""

    def log_message(self, *words):
        pass

    def end_headers(self):
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()


@contextmanager
def served():
    """The package's files on a free local port: the address."""
    server = ThreadingHTTPServer(("localhost", 0), partial(Quiet, directory=str(PACKAGE)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def package_page(chromium):
    """A page of the package's own origin, `page.address`, in a browser with a software graphics processor."""
    flags = [flag for flag in FLAGS if flag != "--disable-gpu"]
    with served() as address:
        other = launch(chromium.browser_type, [*flags, *SOFTWARE_GL])
        page = other.new_page()
        page.goto(f"{address}/package.json")
        page.address = address
        yield page
        other.close()
