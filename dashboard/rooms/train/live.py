"""What travels to the browser: whole figures when the scene changes, a few small frames at every tick."""

import base64
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from dashboard.app.status import Status
from dashboard.page import chart
from dashboard.page.language import _
from dashboard.rooms.train import diagram
from dashboard.rooms.train.scene import Frame
from moons.inspection.curve import Line, LossCurve
from moons.plots import palette

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "moons_live",
    html=(_HERE / "live.html").read_text(encoding="utf-8"),
    css=(_HERE / "live.css").read_text(encoding="utf-8"),
    js="".join((_HERE / part).read_text(encoding="utf-8") for part in ("quick.js", "live.js")),
)

Payload = dict[str, Any]


def payload(
    *,
    serial: int,
    scene: int,
    figures: Mapping[str, go.Figure] | None,
    network: Mapping[str, Any] | None,
    frames: list[Frame],
    now: Frame,
    curve: LossCurve,
    known: int,
    interval: float,
    status: Status,
    alts: Mapping[str, str],
    language: str,
    sliders: list[str],
    trace: Mapping[str, Any] | None,
    picked: tuple[int, int] | None,
    playing: bool,
    preview: bool,
    by_hand: str,
) -> Payload:
    """All that the browser needs to show `frames` over the next `interval` seconds and then stay at the last."""
    return {
        "serial": serial,
        "scene": scene,
        "figures": figures and {name: chart.spec(figure) for name, figure in figures.items()},
        "network": network,
        "frames": [_frame(frame) for frame in frames],
        "now": _frame(frames[0] if frames else now),
        "train": _line(curve.train),
        "test": _line(curve.test),
        "epochs": curve.epochs,
        "classes": curve.n_classes,
        "known": known,
        "interval": 1000 * interval,
        "status": asdict(status),
        "alts": dict(alts),
        "sliders": sliders,
        "trace": trace,
        "picked": picked,
        "playing": playing,
        "preview": preview,
        "byHand": by_hand,
        "language": language,
        "colors": {"train": palette.TRAIN, "test": palette.TEST},
        "words": {
            "epoch": _("Epoch"),
            "loss": _("Loss"),
            "score": _("Accuracy") if curve.n_classes else "R²",
            "pace": _("Speed"),
            "per_second": _("epochs per second"),
            "train": _("train"),
            "test": _("test"),
            "timeline": _("Timeline: the epoch looked at"),
            "progress": _("Share of all epochs done"),
        },
    }


def show(data: Payload, heard: Mapping[str, Callable[[], None]]) -> None:
    """Mount the component, or hand it its next payload. `heard`: what to do for each of the browser's words."""
    callbacks: Any = {f"on_{word}_change": act for word, act in heard.items()}
    _component(key="live", data=data, **callbacks)


def _frame(frame: Frame) -> dict[str, Any]:
    return {
        "epoch": frame.epoch,
        "scores": {name: score if math.isfinite(score) else None for name, score in asdict(frame.scores).items()},
        "pace": frame.pace,
        "z": _packed(frame.image),
        "contours": _path(frame.lines.contours),
        "hinges": _path(frame.lines.hinges),
        "wrong": {"x": frame.wrong[:, 0].tolist(), "y": frame.wrong[:, 1].tolist()},
        "network": frame.inside and diagram.frame(frame.inside),
    }


def _line(line: Line) -> dict[str, list[float]]:
    # significant digits, not decimals: on a log scale 1e-9 is as large as any other loss
    return {"x": line.epoch.tolist(), "y": [float(f"{loss:.5g}") for loss in line.loss.tolist()]}


def _path(line: NDArray[np.float32] | None) -> dict[str, dict[str, str]] | None:
    return None if line is None else {"x": _packed(line[:, 0]), "y": _packed(line[:, 1])}


def _packed(values: NDArray[Any]) -> dict[str, str]:
    """An array as plotly.js reads it: bytes (u1) or float32 (f4)."""
    return {
        "dtype": values.dtype.str[1:],
        "shape": ", ".join(map(str, values.shape)),
        "bdata": base64.b64encode(values.tobytes()).decode(),
    }
