"""The boundary over the run as a GIF."""

import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from moons.data import Dataset
from moons.digits import Digits
from moons.export.frames import Frames, boundary_frames, point_colors, rgb
from moons.export.points import drawable
from moons.inspection.boundary import COLUMNS, ROWS
from moons.plots import palette
from moons.run import History

SCALE = 4  # pixels of the GIF for each of the grid
KEY_WIDTH = 230  # pixels of the caption that are free between epoch and loss
CAPTION = 34  # pixels under the picture
N_FRAMES = 60
FRAME_MS, LAST_FRAME_MS = 100, 2_500  # the end stays a while, before it starts again
PAPER = "#FFFFFF"
_FINE = 3  # points are drawn this much larger, then shrunk: Pillow's circles have ragged edges


def to_gif(history: History) -> bytes:
    """The boundary at log-spaced epochs with the training points; epoch and loss stand below it.

    The words are English: the font that comes with Pillow has no others.
    """
    frames = boundary_frames(history, count=N_FRAMES, columns=COLUMNS, rows=ROWS)
    key = _key(history.dataset)
    points = _points(history.dataset, frames)
    opacity = frames.colors[:, 3:] / 255
    colors = (opacity * frames.colors[:, :3] + (1 - opacity) * rgb(PAPER)).round().astype(np.uint8)
    pictures = []
    for epoch, scores, image in zip(frames.epochs, frames.scores, frames.images, strict=True):
        plane = Image.fromarray(colors[image[::-1]]).resize(points.size, Image.Resampling.BILINEAR)
        plane.paste(points, mask=points)
        picture = Image.new("RGB", (plane.width, plane.height + CAPTION), PAPER)
        picture.paste(plane)
        _write(picture, epoch, history.n_epochs, scores.train_loss)
        picture.paste(key, ((picture.width - key.width) // 2, plane.height + (CAPTION - key.height) // 2))
        pictures.append(picture)
    inks = np.unique(point_colors(history.dataset, history.dataset.y_train), axis=0)
    inks = inks[:: 1 + len(inks) // 16]
    marks = [rgb(palette.INK["light"]), rgb(palette.TRAIN), *inks.astype(np.float64)]
    return _gif(pictures, _swatches(colors, marks))


def _gif(pictures: list[Image.Image], swatches: Image.Image) -> bytes:
    """All pictures under one palette, so that colours don't flicker."""
    first, *others = [picture.quantize(palette=swatches, dither=Image.Dither.NONE) for picture in pictures]
    durations = [FRAME_MS] * len(others) + [LAST_FRAME_MS]
    file = io.BytesIO()
    first.save(file, "GIF", save_all=True, append_images=others, duration=durations, loop=0, optimize=False)
    return file.getvalue()


def _swatches(plane: NDArray[np.uint8], marks: list[NDArray[np.float64]]) -> Image.Image:
    """A palette of at most 256 colours: those of the plane, every second one, and each mark's, fading to paper."""
    colors = np.unique(plane, axis=0)[::2].tolist()
    paper = rgb(PAPER)
    for color in marks:
        colors += [(color + (paper - color) * share).astype(int).tolist() for share in (0, 0.25, 0.5, 0.75)]
    image = Image.new("P", (1, 1))
    image.putpalette([channel for color in colors for channel in color])
    return image


def _points(dataset: Dataset, frames: Frames) -> Image.Image:
    """The training points on nothing: RGBA."""
    width, height = COLUMNS * SCALE, ROWS * SCALE
    fine = Image.new("RGBA", (width * _FINE, height * _FINE), (255, 255, 255, 0))
    draw = ImageDraw.Draw(fine)
    left, right, bottom, top = frames.extent
    columns = (dataset.X_train[:, 0] - left) / (right - left) * fine.width
    rows = (top - dataset.X_train[:, 1]) / (top - bottom) * fine.height
    inks = point_colors(dataset, dataset.y_train)
    for x, y, ink in zip(columns.tolist(), rows.tolist(), inks.tolist(), strict=True):
        draw.circle((x, y), 4 * _FINE, tuple(ink), "white", _FINE)
    return fine.resize((width, height), Image.Resampling.LANCZOS)


def _key(dataset: Dataset) -> Image.Image:
    """The classes' colours and names, for the caption; empty where the font lacks a letter or room is short."""
    font, names = ImageFont.load_default(size=13), dataset.all_class_names
    height = 20
    widths = [26 + math.ceil(font.getlength(name)) for name in names] if drawable(tuple(names)) else []
    if sum(widths) > KEY_WIDTH:
        widths = []
    key = Image.new("RGB", (max(1, sum(widths)), height), PAPER)
    draw = ImageDraw.Draw(key)
    for label, left in enumerate(np.cumsum([0, *widths])[: len(widths)].tolist()):
        draw.circle((left + 10, height / 2), 4, palette.class_color(label))
        draw.text((left + 18, height / 2), names[label], palette.INK["light"], font, anchor="lm")
    return key


def _write(picture: Image.Image, epoch: int, n_epochs: int, loss: float) -> None:
    """The caption, and a bar along the bottom that grows with the logarithm of the epoch."""
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=17)
    middle = picture.height - CAPTION / 2
    ink = palette.INK["light"]
    draw.text((10, middle), f"epoch {epoch:,}", ink, font, anchor="lm")
    draw.text((picture.width - 10, middle), f"loss {Digits(loss):.4f}", ink, font, anchor="rm")
    share = math.log1p(epoch) / math.log1p(n_epochs) if n_epochs else 0.0
    draw.rectangle((0, picture.height - 3, share * picture.width, picture.height), palette.TRAIN)
