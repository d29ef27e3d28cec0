"""The boundary over the run as a GIF."""

import io
import math
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from moons.data import Dataset
from moons.digits import Digits
from moons.export.frames import Frames, boundary_frames, point_colors, rgb
from moons.inspection.boundary import COLUMNS, ROWS
from moons.plots import palette
from moons.run import History

SCALE = 4  # pixels of the GIF for each of the grid
KEY_WIDTH = 230  # pixels of the caption that are free between epoch and loss
KEY_LINE = 20  # pixels
LETTERS, MOST_NAMED = 24, 12  # of a class's name, and classes, in the key
# with letters that Pillow's own font lacks; those of Korean on Linux, Windows and macOS among them
FONTS = ("DejaVuSans.ttf", "NotoSansCJK-Regular.ttc", "NanumGothic.ttf", "malgun.ttf", "AppleSDGothicNeo.ttc")
NO_LETTER = "\uffff"
CAPTION = 34  # pixels under the picture
N_FRAMES = 60
FRAME_MS, LAST_FRAME_MS = 100, 2_500  # the end stays a while, before it starts again
PAPER = "#FFFFFF"
_FINE = 3  # points are drawn this much larger, then shrunk: Pillow's circles have ragged edges


def to_gif(history: History) -> bytes:
    """The boundary at log-spaced epochs with the training points; epoch and loss stand below it.

    The words are English, as Pillow's font has no others; a class's name is as a person wrote it.
    """
    frames = boundary_frames(history, count=N_FRAMES, columns=COLUMNS, rows=ROWS)
    points = _points(history.dataset, frames)
    key = _key(history.dataset, points.width - 20)
    below = key.height + 8 if max(key.width / KEY_WIDTH, key.height / KEY_LINE) > 1 else 0  # it gets room of its own
    opacity = frames.colors[:, 3:] / 255
    colors = (opacity * frames.colors[:, :3] + (1 - opacity) * rgb(PAPER)).round().astype(np.uint8)
    pictures = []
    for epoch, scores, image in zip(frames.epochs, frames.scores, frames.images, strict=True):
        plane = Image.fromarray(colors[image[::-1]]).resize(points.size, Image.Resampling.BILINEAR)
        plane.paste(points, mask=points)
        picture = Image.new("RGB", (plane.width, plane.height + below + CAPTION), PAPER)
        picture.paste(plane)
        _write(picture, epoch, history.n_epochs, scores.train_loss)
        down = 8 if below else (CAPTION - key.height) // 2
        picture.paste(key, ((picture.width - key.width) // 2, plane.height + down))
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


def _key(dataset: Dataset, width: int) -> Image.Image:
    """The classes' colours and names in lines at most `width` wide; a class's number where no font has its letters."""
    names = [dataset.class_name(label, LETTERS) for label in range(min(dataset.n_classes, MOST_NAMED))]
    font = font_for("".join(names))
    if font is None:
        font, names = ImageFont.load_default(size=13), [str(label) for label in range(len(names))]
    if len(names) < dataset.n_classes:
        names.append(f"+ {dataset.n_classes - len(names)}")
    places, row, at, widest = [], 0, 0, 1
    for name in names:
        wide = 26 + math.ceil(font.getlength(name))
        if at and at + wide > width:
            row, at = row + 1, 0
        places.append((at, row * KEY_LINE + KEY_LINE / 2))
        at += wide
        widest = max(widest, at)
    key = Image.new("RGB", (widest, KEY_LINE * (row + 1)), PAPER)
    draw = ImageDraw.Draw(key)
    for label, (name, (left, middle)) in enumerate(zip(names, places, strict=True)):
        if label < MOST_NAMED:
            draw.circle((left + 10, middle), 4, palette.class_color(label))
        draw.text((left + 18, middle), name, palette.INK["light"], font, anchor="lm")
    return key


@cache
def font_for(letters: str) -> ImageFont.FreeTypeFont | ImageFont.ImageFont | None:
    """A font that has all these letters: Pillow's own, else one of the system's; None if there is none."""
    fonts = (ImageFont.load_default(size=13), *(font for name in FONTS if (font := _system_font(name))))
    return next((font for font in fonts if _has(font, letters)), None)


def _system_font(name: str) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(name, size=13)
    except OSError:
        return None


def _has(font: ImageFont.FreeTypeFont | ImageFont.ImageFont, letters: str) -> bool:
    """Whether none of the letters looks like one that no font has."""
    missing = bytes(font.getmask(NO_LETTER))
    return all(sign.isspace() or bytes(font.getmask(sign)) != missing for sign in set(letters))


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
