"""The picture painted into a chart that Plotly has drawn, in a real browser, against Plotly's own drawing."""

import numpy as np
import plotly.io
import pytest
from plotly.offline import get_plotlyjs

from moons import ModelSpec, TrainSpec, build_model
from moons.inspection.boundary import boundary, make_grid
from moons.inspection.points import evaluate
from moons.plots.boundary import HEATMAP, WRONG, boundary_figure, wrong_points
from tests.browser.package import DATASET, mesh, text

GRID = make_grid(DATASET)
LOOK = """() => {
  const image = document.querySelector(".heatmaplayer image")
  const box = Object.fromEntries(["x", "y", "width", "height"].map((name) => [name, Number(image.getAttribute(name))]))
  const marks = document.querySelectorAll(".scatterlayer .trace")
  const crosses = [...marks].at(-1).querySelector(".points")
  const pixels = async () => {
    const drawn = new Image()
    drawn.src = image.getAttribute("href") ?? image.getAttributeNS("http://www.w3.org/1999/xlink", "href")
    await drawn.decode()
    const canvas = new OffscreenCanvas(drawn.width, drawn.height)
    const pen = canvas.getContext("2d")
    pen.drawImage(drawn, 0, 0)
    return [drawn.width, drawn.height, ...pen.getImageData(0, 0, drawn.width, drawn.height).data]
  }
  const own = crosses?.querySelectorAll("path.point").length ?? 0
  const painted = crosses?.querySelector(".painted")?.getAttribute("d").split("M").length - 1
  return pixels().then((pixels) => ({ box, pixels, own, painted: painted || 0 }))
}"""
PAINT = """async ({ address, values, mesh, wrong }) => {
  const { paintPlane } = await import(`${address}/plane.js`)
  const { bytes, floats } = await import(`${address}/decode.js`)
  const plane = { ...mesh, values: bytes(values), wrong: { x: floats(wrong[0]), y: floats(wrong[1]) } }
  return paintPlane(document.querySelector("#chart"), plane, { picture: "picture", wrong: "wrong" })
}"""


@pytest.fixture(scope="module")
def page(modules):
    return modules


def figure(seed):
    model = build_model(ModelSpec((8,), seed=seed, init_scale=3), 2)
    verdicts = evaluate(model, DATASET, TrainSpec())
    answer = boundary(model, GRID, "probability")
    drawn = boundary_figure(answer, DATASET, verdicts)
    drawn.data[HEATMAP].meta, drawn.data[WRONG].meta = "picture", "wrong"
    return drawn, answer.values, wrong_points(DATASET, verdicts)


@pytest.fixture
def chart(page):
    """A page with an empty place for a chart, and Plotly."""
    page.evaluate("() => document.body.innerHTML = '<div id=chart style=\"width: 700px; height: 500px\"></div>'")
    page.add_script_tag(content=get_plotlyjs())
    return page


def draw(chart, drawn):
    spec = plotly.io.to_json(drawn)
    chart.evaluate("async (spec) => { await Plotly.react('chart', JSON.parse(spec)) }", spec)
    return chart.evaluate(LOOK)


def paint(chart, values, grid, wrong):
    place = {
        "values": text(values),
        "mesh": mesh(grid),
        "wrong": [text(wrong[:, 0]), text(wrong[:, 1])],
        "address": chart.address,
    }
    assert chart.evaluate(PAINT, place)
    return chart.evaluate(LOOK)


def test_a_painted_picture_is_the_one_plotly_draws(chart):
    (first, *_), (second, values, wrong) = figure(0), figure(1)
    by_plotly = draw(chart, second)
    before = draw(chart, first)
    painted = paint(chart, values, GRID, wrong)
    assert before["pixels"] != by_plotly["pixels"]
    assert painted["pixels"][:2] == by_plotly["pixels"][:2]
    assert np.abs(np.array(painted["pixels"]) - np.array(by_plotly["pixels"])).max() <= 4  # faint colours are rounded
    for side, pixels in by_plotly["box"].items():
        assert painted["box"][side] == pytest.approx(pixels, abs=1)
    assert (by_plotly["own"], painted["own"]) == (len(wrong), 0)
    assert painted["painted"] == len(wrong)


def test_a_coarser_picture_covers_the_same_stretch(chart):
    drawn, _, wrong = figure(0)
    fine = draw(chart, drawn)["box"]
    grid = make_grid(DATASET, 20, 16)
    values = boundary(build_model(ModelSpec((8,)), 2), grid, "probability").values
    coarse = paint(chart, values, grid, wrong)["box"]
    middle = {side: box["x"] + box["width"] / 2 for side, box in (("fine", fine), ("coarse", coarse))}
    assert middle["coarse"] == pytest.approx(middle["fine"], abs=1)
    assert coarse["width"] / fine["width"] == pytest.approx((20 / 19) / (125 / 124), rel=0.01)
