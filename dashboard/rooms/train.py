"""Where the network is watched as it learns: transport, figures strip, boundary and loss, the notebook's outputs."""

from dashboard import filmstrip, notebook, stage, transport


def draw() -> None:
    """The room."""
    transport.draw()
    stage.draw()
    filmstrip.draw()
    notebook.draw()
