"""The same networks evaluated in a browser: on its graphics processor, and in a worker."""

import json
import shutil
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import sync_playwright

from tests.browser import FLAGS
from tests.browser_package import MESH, SPECS, array, case, request

PACKAGE = Path(__file__).parents[1] / "dashboard" / "browser"
SOFTWARE_GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]

EVALUATE = """async ({ cases, address }) => {
  const { openWebgl } = await import(`${address}/webgl.js`)
  const { base64, floats } = await import(`${address}/decode.js`)
  const engine = openWebgl()
  if (!engine) return null
  return cases.map(({ network, mesh }) => {
    const named = { ...network, parameters: floats(network.parameters) }
    const { outputs, activations, sums } = engine.forward(named, mesh, { keep: "all", sums: true })
    return { outputs: base64(outputs), activations: activations.map(base64), sums: sums.map(base64) }
  })
}"""
WORK = """async ({ asked: { network, mesh }, address }) => {
  const { Evaluator } = await import(`${address}/evaluator.js`)
  const { base64, floats } = await import(`${address}/decode.js`)
  const evaluator = new Evaluator()
  await evaluator.ready
  const named = { ...network, parameters: floats(network.parameters) }
  const said = {}
  for (const backend of Object.keys(evaluator.speeds)) {
    const { passes } = await evaluator.evaluate(named, [{ place: mesh }], { backend })
    said[backend] = base64(passes[0].outputs)
  }
  return said
}"""


class Quiet(SimpleHTTPRequestHandler):
    """A file server that says nothing, and lets any page import its files."""

    def log_message(self, *words):
        pass

    def end_headers(self):
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()


@contextmanager
def served():
    server = ThreadingHTTPServer(("localhost", 0), partial(Quiet, directory=str(PACKAGE)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def page():
    """A page of the package's own origin, with a software graphics processor."""
    with served() as address, sync_playwright() as playwright:
        flags = [flag for flag in FLAGS if flag != "--disable-gpu"]
        names = ("chromium", "chromium-browser", "google-chrome")
        path = next((path for name in names if (path := shutil.which(name))), None)
        chromium = playwright.chromium.launch(executable_path=path, args=[*flags, *SOFTWARE_GL])
        page = chromium.new_page()
        page.goto(f"{address}/package.json")
        page.address = address
        yield page
        chromium.close()


@pytest.fixture(scope="module")
def answered(page):
    """name of a case -> what the graphics processor gives."""
    cases = json.loads(json.dumps([request(case(name)) for name in SPECS]))
    said = page.evaluate(EVALUATE, {"cases": cases, "address": page.address})
    if said is None:
        pytest.skip("this browser has no WebGL2 that renders to float textures")
    return dict(zip(SPECS, said, strict=True))


@pytest.mark.parametrize("name", SPECS)
def test_the_graphics_processor_gives_the_outputs_of_the_model(name, answered):
    with torch.no_grad():
        outputs = case(name).model(MESH.points).numpy()
    said = array(answered[name]["outputs"]).reshape(outputs.shape[1], -1).T
    assert np.abs(said - outputs).max() <= 1e-4 * np.abs(outputs).max()


@pytest.mark.parametrize("name", SPECS)
def test_the_graphics_processor_gives_every_units_activation_and_sum(name, answered):
    model, X = case(name).model, MESH.points
    with torch.no_grad():
        X = model.features(X)
        sums, activations = [X], [X]
        for part in model.layers:
            X = part(X)
            if isinstance(part, torch.nn.Linear):
                sums.append(X)
                activations.append(X)
            activations[-1] = X
    for kind, layers in (("sums", sums), ("activations", activations)):
        for said, layer in zip(answered[name][kind], layers, strict=True):
            here = array(said).reshape(layer.shape[1], -1).T
            np.testing.assert_allclose(here, layer.numpy(), rtol=1e-4, atol=1e-5)


def assert_every_backend_agrees(said, name):
    with torch.no_grad():
        outputs = case(name).model(MESH.points).numpy()
    for values in said.values():
        here = array(values).reshape(outputs.shape[1], -1).T
        np.testing.assert_allclose(here, outputs, rtol=1e-4, atol=1e-5)


def test_a_worker_beside_the_page_gives_the_same(page):
    asked = json.loads(json.dumps(request(case("7 classes"))))
    said = page.evaluate(WORK, {"asked": asked, "address": page.address})
    assert {"inline", "worker"} <= set(said)
    assert_every_backend_agrees(said, "7 classes")


def test_a_worker_starts_from_another_origin_too(page):
    asked = json.loads(json.dumps(request(case("3 classes"))))
    with served() as elsewhere:
        said = page.evaluate(WORK, {"asked": asked, "address": elsewhere})
    assert {"inline", "worker"} <= set(said)
    assert_every_backend_agrees(said, "3 classes")
