"""One point's way through the network, as bars."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from moons.data import Dataset
from moons.inspection.path import Path
from moons.plots import palette
from moons.plots.words import Translate, literal, untranslated

SHORT = 12  # letters of a class's name beside its bar
FEWEST, MOST = 5, 10  # rows of a panel whose layer is smaller: half of the largest layer's, within these
BAR = 0.55  # thickness of a bar, in rows of the largest panel


def path_figure(path: Path, names: tuple[str, ...], dataset: Dataset, *, _: Translate = untranslated) -> go.Figure:
    """A panel for the inputs, called `names`, for each hidden layer's activations, for the outputs, for softmax."""
    outputs = path.sums[-1]
    classes = tuple(map(literal, dataset.all_class_names))
    panels = [(_("Inputs"), names, path.inputs)]
    for number, answers in enumerate(path.answers, start=1):
        panels.append((_("Layer {number}").format(number=number), tuple(map(str, range(len(answers)))), answers))
    panels.append((_("Logits") if classes else _("Output"), classes or (_("prediction"),), outputs))
    if path.probabilities is not None:
        panels.append((_("Softmax"), classes, path.probabilities))
    figure = make_subplots(1, len(panels), column_titles=[title for title, *_rest in panels], horizontal_spacing=0.05)
    largest = max(FEWEST, *(len(units) for _title, units, _values in panels))
    for column, (_title, units, values) in enumerate(panels, start=1):
        rows = max(len(units), min(largest / 2, MOST), FEWEST)
        colors = np.where(values < 0, palette.class_color(0), palette.class_color(1)).tolist()
        if classes and column == len(panels):
            colors = [palette.class_color(label) for label in range(len(values))]
        named = bool(dataset.class_names) and units is classes  # a name needs room in its panel: the bars give way
        bars = go.Bar(
            x=values,
            y=list(units),
            orientation="h",
            width=BAR * rows / max(rows, min(largest, 2 * MOST)),  # in own rows: equally thick in all panels
            marker={"color": colors, "line": {"width": 0}},
            hovertemplate="%{y}: %{x:.4f}<extra></extra>",
        )
        figure.add_trace(bars, 1, column)
        middle = (len(units) - 1) / 2
        figure.update_yaxes(
            range=[middle + rows / 2, middle - rows / 2],  # as in the diagram: centred
            ticklabelposition="inside" if named else "outside",
            ticklabeloverflow="allow",
            col=column,
        )
    figure.update_layout(margin={"l": 8, "r": 8, "t": 28, "b": 8}, showlegend=False)
    figure.update_annotations(font={"size": 13})
    figure.update_xaxes(nticks=3, zeroline=True)
    short = {name: literal(dataset.class_name(label, SHORT)) for label, name in enumerate(classes)}
    figure.update_yaxes(type="category", showgrid=False, labelalias=short)
    return figure
