"""The network's renderer in a real browser: pointing, clicking, keys, and the field that sets a weight."""

import json
from itertools import pairwise

import pytest

from moons import ModelSpec, build_model
from tests.browser.package import MESH, PACKAGE, mesh, network

WORDS = {
    "diagram": "The network", "rest": "Point at a unit.", "set": "Which number to set", "undo": "Undo",
    "from": "weight from {source}", "slide": "Value", "close": "Close", "weight": "Weight", "bias": "Bias",
    "gradient": "Gradient", "largest": "Largest activation", "connection": "{source} → {target}",
    "here": "{value} at point {point}", "unit_now": "{name}: bias {bias}, largest activation {largest}",
    "negative": "negative", "positive": "positive", "over_epochs": "over the epochs",
}  # fmt: skip

MOUNT = """async ({ address, network, mesh, scene, style, options }) => {
  const { createNetwork } = await import(`${address}/network.js`)
  const { networkFrame } = await import(`${address}/network_frame.js`)
  const { forward } = await import(`${address}/forward.js`)
  const { floats } = await import(`${address}/decode.js`)
  document.body.innerHTML = `<style>${style}</style><div id=root style="width: 900px; height: 600px"></div>`
  const heard = []
  const hear = (name) => (...words) => heard.push([name, ...words])
  const names = ["onHover", "onPick", "onWeight", "onEdit", "onFollow", "onUndo"]
  const callbacks = Object.fromEntries(names.map((name) => [name, hear(name)]))
  const view = createNetwork(document.querySelector("#root"), { ...callbacks, ...options })
  const named = { ...network, parameters: floats(network.parameters) }
  const shown = scene.layers.map(({ units }) => units)
  view.setScene(scene)
  const point = { x: Float32Array.of(0.5), y: Float32Array.of(0.5) }
  const values = scene.look === "values"
  const frame = networkFrame({
    epoch: 12, network: named, shown, pass: forward(named, mesh, { keep: "all" }),
    pointPass: values ? forward(named, point, { keep: "all" }) : null,
  })
  if (values) frame.labels = shown.map((units) => units.map((unit) => `u${unit}`))
  view.show(frame)
  Object.assign(window, { heard, view, frame })
}"""


@pytest.fixture(scope="module")
def page(modules):
    return modules


def mount(page, hidden=(5, 4), *, most=16, **scene):
    """The network of a new model in the page; what it calls back is kept in `heard`."""
    model = build_model(ModelSpec(hidden), 2)
    layers = [
        {
            "title": f"Layer {layer} · relu",
            "units": list(range(min(most, size))),
            "names": [f"unit {layer}.{unit}" for unit in range(min(most, size))],
            "more": max(0, size - most),
            "note": f"{size - most} more, which moved the next layer less at epoch 0",
        }
        for layer, size in enumerate(model.sizes)
    ]
    colors = {"negative": "#0072B2", "positive": "#E69F00", "outputs": ["#0072B2", "#E69F00"]}
    given = {
        "address": page.address,
        "network": network(model, 2),
        "mesh": mesh(MESH),
        "scene": {
            "layers": layers,
            "columns": MESH.columns,
            "rows": MESH.rows,
            "colors": colors,
            "words": WORDS,
            **scene,
        },
        "style": (PACKAGE / "network.css").read_text(),
        "options": {},
    }
    page.evaluate(MOUNT, json.loads(json.dumps(given)))
    page.wait_for_selector(".unit")
    return model


def heard(page, name):
    """All that was called back under this name."""
    return [words for called, *words in page.evaluate("heard") if called == name]


def unit(page, name):
    return page.locator(f'.unit[aria-label^="{name}"]')


def test_pointing_at_a_unit_is_heard_at_once_and_leaving_it_too(page):
    mount(page)
    unit(page, "unit 1.2").hover()
    assert heard(page, "onHover") == [[{"layer": 1, "unit": 2}]]
    assert page.locator(".inspector .name").inner_text() == "unit 1.2"
    page.mouse.move(899, 1)
    assert heard(page, "onHover")[-1] == [None]


def test_a_click_picks_a_unit_and_holds_it_until_escape(page):
    mount(page)
    unit(page, "unit 1.2").click()
    assert heard(page, "onPick") == [[{"layer": 1, "unit": 2}]]
    page.mouse.move(899, 1)
    assert page.locator(".inspector .name").inner_text() == "Bias → unit 1.2"
    page.evaluate("view.setPicked({ layer: 1, unit: 2 })")
    assert unit(page, "unit 1.2").get_attribute("aria-pressed") == "true"
    unit(page, "unit 1.2").focus()
    page.keyboard.press("Escape")
    assert not page.locator(".inspector select").is_visible()


def test_a_weight_is_set_by_its_field_and_its_slider_which_have_names(page):
    model = mount(page)
    unit(page, "unit 2.1").click()
    page.locator(".inspector select").select_option("3")
    number = page.get_by_role("spinbutton", name="Weight: unit 1.3 → unit 2.1")
    weight = model.layers[2].weight[1, 3].item()
    assert float(number.input_value()) == pytest.approx(weight, rel=1e-3)
    number.fill("0.75")
    number.press("Tab")
    about = {"layer": 2, "unit": 1, "source": 3}
    assert heard(page, "onEdit") == [[about, 0.75, False], [about, 0.75, True]]
    slider = page.get_by_role("slider", name="Value: unit 1.3 → unit 2.1")
    slider.press("Home")
    assert heard(page, "onEdit")[-1] == [about, -2, True]


def test_keys_reach_every_unit(page):
    mount(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.ariaLabel").startswith("unit 1.0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.ariaLabel").startswith("unit 2.1")
    assert heard(page, "onHover")[-1] == [{"layer": 2, "unit": 1}]
    page.keyboard.press("Enter")
    assert heard(page, "onPick") == [[{"layer": 2, "unit": 1}]]
    assert page.locator(".unit[tabindex='0']").count() == 1


@pytest.mark.parametrize("hidden", [(64,), (64,) * 6])
def test_notes_of_units_that_are_not_shown_do_not_overlap(page, hidden):
    mount(page, hidden)
    boxes = page.locator(".note").evaluate_all(
        "notes => notes.map(note => note.getBoundingClientRect()).map(({ left, right }) => [left, right])"
    )
    assert len(boxes) == len(hidden)
    for (_, right), (left, _) in pairwise(boxes):
        assert right <= left


def test_a_units_picture_is_painted_in_its_colours(page):
    mount(page)
    painted = """(name) => {
      const canvas = document.querySelector(".sheet canvas"), pen = canvas.getContext("2d")
      const box = document.querySelector(`.unit[aria-label^="${name}"]`).getBoundingClientRect()
      const origin = canvas.getBoundingClientRect(), ratio = canvas.width / origin.width
      const corner = [(box.left - origin.left) * ratio, (box.top - origin.top) * ratio]
      const { data } = pen.getImageData(...corner, box.width * ratio, box.height * ratio)
      return new Set(Array.from({ length: data.length / 4 }, (_, k) => data.slice(4 * k, 4 * k + 3).join())).size
    }"""
    assert page.evaluate(painted, "unit 1.0") > 10


def test_the_network_of_a_lesson_shows_values_and_no_pictures(page):
    mount(page, look="values", dashed=True, perLayer=True)
    assert page.locator(".unit").count() == 2 + 5 + 4 + 2
    page.evaluate("view.light({ layer: 1, unit: 0, source: 1 })")
    unit(page, "unit 1.2").click()
    assert heard(page, "onPick") == [[{"layer": 1, "unit": 2}]]


def test_a_network_that_is_destroyed_leaves_nothing(page):
    mount(page)
    page.evaluate("view.destroy()")
    assert page.locator("#root").inner_html() == ""
