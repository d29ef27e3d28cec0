"""One point's way through the network, as bars."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from moons.inspection.path import Path
from moons.plots import palette
from moons.plots.words import Translate, untranslated


def path_figure(path: Path, names: tuple[str, ...], *, _: Translate = untranslated) -> go.Figure:
    """A panel for the inputs, called `names`, for each hidden layer's activations, for the outputs, for softmax."""
    outputs = path.sums[-1]
    classes = path.probabilities is not None
    panels = [(_("Inputs"), names, path.inputs)]
    for number, answers in enumerate(path.answers, start=1):
        panels.append((_("Layer {number}").format(number=number), tuple(map(str, range(len(answers)))), answers))
    labels = tuple(map(str, range(len(outputs)))) if classes else (_("prediction"),)
    panels.append((_("Logits") if classes else _("Output"), labels, outputs))
    if path.probabilities is not None:
        panels.append((_("Softmax"), labels, path.probabilities))
    figure = make_subplots(1, len(panels), column_titles=[title for title, *_rest in panels], horizontal_spacing=0.05)
    for column, (_title, units, values) in enumerate(panels, start=1):
        colors = np.where(values < 0, palette.class_color(0), palette.class_color(1)).tolist()
        if classes and column == len(panels):
            colors = [palette.class_color(label) for label in range(len(values))]
        figure.add_trace(
            go.Bar(
                x=values,
                y=list(units),
                orientation="h",
                marker={"color": colors},
                hovertemplate="%{y}: %{x:.4f}<extra></extra>",
            ),
            1,
            column,
        )
    figure.update_layout(margin={"l": 8, "r": 8, "t": 28, "b": 8}, showlegend=False, bargap=0.15)
    figure.update_xaxes(nticks=3, zeroline=True)
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False)
    return figure
