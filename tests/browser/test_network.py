"""The network diagram in a real browser: every click is answered by what PyTorch computes for those weights."""

import re

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from moons import DataSpec, build_model, make_dataset
from moons.inspection.boundary import labels_of, make_grid
from moons.model import ModelSpec, get_parameters
from tests.browser import Tab, assert_soon, figures, slider

DATASET = make_dataset(DataSpec())
GRID = make_grid(DATASET)
LAYER, UNIT = 1, 3


@pytest.fixture(scope="module")
def tab(context, address):
    tab = Tab(context, address, "/?v=1&training.epochs=300&view.picture=label")
    yield tab
    tab.close()


@pytest.fixture
def page(tab):
    """The page with the diagram shown, the network untrained."""
    page = tab.fresh()
    page.wait_for_selector(".sheet canvas[data-epoch='0']")
    yield page
    assert page.errors == []


def unit(page, layer, number):
    sizes = (2, 16, 2)
    return page.locator(".unit").nth(sum(sizes[:layer]) + number)


def large_picture(page):
    """The bytes of the large picture, as the mounted chart holds them: (rows, columns)."""
    return np.array(
        page.evaluate(
            """() => {
              const chart = document.querySelector('.st-key-boundary .js-plotly-plot')
              return [...chart._fullData[0].z].map((row) => [...row])
            }"""
        )
    )


def wait_for_title(page, text):
    page.locator(".st-key-boundary").get_by_text(text, exact=True).wait_for()


def activation(model, layer, number):
    layers = [GRID.points, torch.relu(model.layers[0](GRID.points)), model(GRID.points).softmax(dim=1)]
    return layers[layer][:, number].detach().numpy().reshape(GRID.rows, GRID.columns)


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_a_click_on_a_unit_swaps_the_large_picture_and_escape_brings_it_back(page, layer):
    before = large_picture(page)
    unit(page, layer, 1).click()
    page.get_by_role("button", name="Back to the boundary").wait_for()
    whole = activation(build_model(ModelSpec(), 2), layer, 1)
    scale = 1 if layer == 2 else np.abs(whole).max()
    # the words above the picture come with the page, the picture itself with the next frame
    assert_soon(page, lambda: np.abs((large_picture(page) - 128) / 127 - whole / scale).max() < 0.02)
    # pointed at, it is shown before the page has heard of the click
    assert_soon(page, lambda: unit(page, layer, 1).get_attribute("aria-pressed") == "true")
    page.keyboard.press("Escape")
    wait_for_title(page, "Decision boundary")
    assert_soon(page, lambda: np.array_equal(large_picture(page), before))


def hold(page, layer, number):
    """Hold a unit in the inspector by a click on its bias."""
    assert_soon(page, lambda: unit(page, layer, number).bounding_box())
    box = unit(page, layer, number).bounding_box()
    page.mouse.click(box["x"] + 1, box["y"] + box["height"] - 1)
    page.locator(".inspector[data-held=yes]").wait_for()


def by_hand(parameter, value):
    model = build_model(ModelSpec(), 2)
    parameters = get_parameters(model)
    parameters[parameter] = value
    torch.nn.utils.vector_to_parameters(torch.from_numpy(parameters), model.parameters())
    return model


def test_an_edited_weight_changes_everything_to_what_pytorch_computes_for_these_weights(page):
    hold(page, LAYER, UNIT)
    page.locator(".inspector select").select_option(label="weight from x1")
    page.locator(".value input[type=number]").fill("-3.5")
    page.keyboard.press("Enter")
    page.get_by_text("The loss chart", exact=False).or_(page.locator(".undo:visible")).first.wait_for()
    model = by_hand(2 * UNIT + 1, -3.5)
    expected = model.predict(GRID.points).numpy().reshape(GRID.rows, GRID.columns)
    assert_soon(page, lambda: np.array_equal(labels_of(large_picture(page), 2), expected))
    X, y = torch.from_numpy(DATASET.X_train), torch.from_numpy(DATASET.y_train)
    loss = torch.nn.functional.cross_entropy(model(X), y).item()
    assert_soon(page, lambda: figures(page)["loss-train"] == f"{loss:.4f}")
    marks = page.evaluate(
        "() => document.querySelector('.st-key-loss .js-plotly-plot').layout.shapes.map((shape) => shape.x0)"
    )
    assert marks == [0]

    page.locator(".undo").click()
    page.wait_for_function("() => !document.querySelector('.st-key-loss .js-plotly-plot').layout.shapes.length")
    assert_soon(page, lambda: figures(page)["loss-train"] == "0.7497")


def test_training_goes_on_from_an_edited_weight(page):
    hold(page, LAYER, UNIT)
    page.locator(".value input[type=number]").fill("4")
    page.keyboard.press("Enter")
    page.locator(".undo:visible").wait_for()
    page.locator(".st-key-step button").click()
    page.wait_for_selector(".sheet canvas[data-epoch='1']")
    model = by_hand(32 + UNIT, 4.0)
    X, y = torch.from_numpy(DATASET.X_train), torch.from_numpy(DATASET.y_train)
    torch.nn.functional.cross_entropy(model(X), y).backward()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.sub_(0.01 * parameter.grad)
    loss = torch.nn.functional.cross_entropy(model(X), y).item()
    assert_soon(page, lambda: figures(page)["loss-train"] == f"{loss:.4f}")


def test_diagram_and_charts_always_show_the_same_epoch(page):
    page.locator(".st-key-train button").click()
    page.wait_for_function(
        """() => {
          const host = [...document.querySelectorAll('.st-key-stage *')].find((e) => e.shadowRoot)
          const epoch = Number(host.shadowRoot.querySelector('[data-say=epoch]').textContent.replaceAll(',', ''))
          const roots = [...document.querySelectorAll('.st-key-diagram *')].map((e) => e.shadowRoot)
          const diagram = Number(roots.find((root) => root)?.querySelector('.sheet canvas').dataset.epoch)
          const loss = document.querySelector('.st-key-loss .js-plotly-plot')
          const dot = [...loss.querySelectorAll('.scatterlayer path.point')].at(-1).transform.baseVal[0].matrix.e
          const chart = loss._fullLayout.xaxis.p2c(dot)
          if (epoch !== diagram || Math.abs(epoch - chart) > 1) throw new Error(`${epoch} ${diagram} ${chart}`)
          return epoch === 300
        }""",
        polling="raf",
    )
    page.get_by_text("Finished.").wait_for(timeout=30_000)
    page.wait_for_selector(".sheet canvas[data-epoch='300']")
    page.locator(".timeline input").focus()
    page.keyboard.press("Home")
    page.wait_for_selector(".sheet canvas[data-epoch='0']")


def test_units_are_reached_and_picked_by_the_keyboard(page):
    page.locator(".unit[tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    wait_for_title(page, "Layer 1, unit 2")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    unit(page, 1, 2).focus()  # Streamlit may have mounted the diagram anew
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    wait_for_title(page, "Probability of class 1")
    label = unit(page, LAYER, UNIT).get_attribute("aria-label")
    assert re.fullmatch(r"Layer 1, unit 3: bias .+, largest activation .+", label)


def test_what_is_pointed_at_is_said_in_numbers(page):
    unit(page, LAYER, UNIT).hover()
    page.locator(".inspector[data-about=unit]").wait_for()
    weights = get_parameters(build_model(ModelSpec(), 2))
    assert float(page.locator(".value output").inner_text().replace("−", "-")) == pytest.approx(
        weights[32 + UNIT], rel=5e-3
    )


@pytest.mark.parametrize("width", [1400, 400])
def test_nothing_is_wider_than_the_screen_with_the_diagram_on(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    assert_soon(page, lambda: page.evaluate("() => document.documentElement.scrollWidth") <= width)
    inside = """(sheet) => {
      const box = sheet.getBoundingClientRect(), units = [...sheet.querySelectorAll('.unit')]
      return units.length > 0 && units.map((unit) => unit.getBoundingClientRect()).every((unit) =>
        unit.left >= box.left && unit.right <= box.right && unit.top >= box.top && unit.bottom <= box.bottom)
    }"""
    assert_soon(page, lambda: page.locator(".sheet").evaluate(inside))


def test_on_a_phone_the_network_waits_to_be_asked_for_and_stands_below_the_answer(page):
    expect(page.locator(".sheet")).to_be_visible()  # where there is room
    page.set_viewport_size({"width": 400, "height": 850})
    expect(page.locator(".sheet")).to_be_hidden()
    page.locator(".st-key-network_narrow label").first.click()
    expect(page.locator(".sheet")).to_be_visible()
    assert "view.network=true" in page.url
    names = ("boundary", "diagram", "loss")
    top = "(element) => element.getBoundingClientRect().top"
    assert_soon(page, lambda: (tops := [page.locator(f".st-key-{n}").evaluate(top) for n in names]) == sorted(tops))


def test_boundary_and_loss_fit_the_screen_beside_the_network(page):
    plots = "['boundary', 'loss'].map((name) => document.querySelector(`.st-key-${name} .js-plotly-plot`))"
    for bottom, plot in page.evaluate(
        f"() => {plots}.map((gd) => [gd.getBoundingClientRect().bottom, gd._fullLayout.yaxis._length])"
    ):
        assert bottom <= 900
        assert plot >= 120


def test_nothing_gives_way_to_another_button_or_to_a_notice(page):
    def places():
        return page.evaluate("""() => ['reset', 'boundary', 'loss'].map((name) => {
          const { x, y } = document.querySelector(`.st-key-${name}`).getBoundingClientRect()
          return [x, y]
        })""")

    before = places()
    page.locator(".st-key-train button").click()
    page.locator(".st-key-pause button").wait_for()
    assert places() == before
    page.get_by_text("Finished.").wait_for(timeout=30_000)
    page.locator(".st-key-instant label").first.click()
    slider(page, "n_layers").press("ArrowRight")
    page.locator(".st-key-notice").get_by_text("this needs a new run").wait_for()
    assert places() == before
    page.locator(".st-key-notice_close button").click()
    expect(page.locator(".st-key-notice button")).to_have_count(0)
    page.locator(".st-key-instant label").first.click()


def value_at(page, number):
    """What the unit that is pointed at gives for a point, as the line under the network says it."""
    said = re.search(rf"(\S+) at point {number}\b", page.locator(".inspector").inner_text())
    return said and float(said[1].replace("−", "-"))


def test_a_click_on_a_point_shows_its_way_through_the_network(page):
    away = np.linalg.norm(DATASET.X_train[:, None] - DATASET.X_test[None], axis=2).min(axis=1)
    number = int(away.argmax())  # no test point is near
    place = page.evaluate(
        """(number) => {
          const chart = document.querySelector('.st-key-boundary .js-plotly-plot'), box = chart.getBoundingClientRect()
          const { xaxis, yaxis } = chart._fullLayout, { x, y } = chart._fullData[4]
          return [box.x + xaxis._offset + xaxis.l2p(x[number]), box.y + yaxis._offset + yaxis.l2p(y[number])]
        }""",
        number,
    )
    page.mouse.move(*place)
    page.wait_for_timeout(500)
    page.mouse.click(*place)
    page.get_by_text(f"Point {number} of class", exact=False).wait_for()
    point, model = torch.from_numpy(DATASET.X_train[number]), build_model(ModelSpec(), 2)
    with torch.no_grad():
        passed = [point, torch.relu(model.layers[0](point)), model(point).softmax(dim=0)]
    for layer, index in ((0, 1), (1, int(passed[1].argmax())), (1, int(passed[1].argmin())), (2, 1)):
        unit(page, layer, index).hover()
        value = pytest.approx(passed[layer][index].item(), rel=5e-3, abs=5e-4)
        assert_soon(page, lambda value=value: value_at(page, number) == value)
    page.keyboard.press("Escape")
    page.get_by_text(f"Point {number} of class", exact=False).wait_for(state="hidden")


def test_a_layer_more_or_less_rebuilds_the_diagram(page):
    for key, layers in (("ArrowRight", 4), ("ArrowLeft", 3), ("ArrowLeft", 2)):
        slider(page, "n_layers").press(key)
        expect(page.locator(".sheet .title")).to_have_count(layers)
        page.wait_for_selector(".sheet canvas[data-epoch='300']")
        assert int(figures(page)["epoch"]) == 300
    assert page.errors == []
