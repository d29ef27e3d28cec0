"""The same networks evaluated in a browser: on its graphics processor, and in a worker."""

import json

import numpy as np
import pytest
import torch

from tests.browser.package import MESH, SPECS, array, case, request, served

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


@pytest.fixture(scope="module")
def page(modules):
    return modules


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
