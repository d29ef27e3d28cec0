"""All of a landscape, from a run to the finest surface, bit by bit."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch

from moons.inspection.landscape.path import Rival, WeightPath, rivals, walk
from moons.inspection.landscape.plane import Plane, principal_plane, random_plane
from moons.inspection.landscape.surface import PathOnPlane, Surface, extent_around, on_plane, surface
from moons.progress import Stop
from moons.run import History

OWN, ALL, RANDOM = "own", "all", "random"
PLANES = (OWN, ALL, RANDOM)  # through one's own path, through all paths, along two random directions
WALKING = 0.5  # of the work, about: the paths; the surface is the rest


@dataclass(frozen=True, eq=False)
class Landscape:
    """What is known of a landscape so far."""

    share: float  # that is done
    plane: Plane | None = None  # None: the paths aren't known yet
    own: PathOnPlane | None = None
    others: tuple[tuple[Rival, PathOnPlane], ...] = ()
    surface: Surface | None = None


def survey(
    history: History,
    n_epochs: int,
    *,
    plane: str = OWN,
    optimizers: tuple[str, ...] = (),
    seeds: tuple[str, ...] = (),
    random_state: int = 0,
    stop: Stop | None = None,
) -> Iterator[Landscape]:
    """The landscape around a run up to an epoch that is trained, with the paths of its rivals.

    `plane` is one of PLANES; `random_state` draws the random directions. Raises FieldError for fewer than two epochs,
    and Stopped where `stop` is true before the end.
    """
    racing = rivals(history.experiment, optimizers, seeds)
    paths: list[WeightPath] = []
    for one in (history, *(_begun(rival, history) for rival in racing)):
        walking = walk(one, n_epochs, stop=stop)
        while True:
            try:
                share = next(walking)
            except StopIteration as end:
                paths.append(end.value)
                break
            yield Landscape(WALKING * (len(paths) + share) / (1 + len(racing)))
    found = _plane(history, n_epochs, paths, plane, random_state)
    own, *others = (on_plane(history, found, path) for path in paths)
    landscape = Landscape(WALKING, found, own, tuple(zip(racing, others, strict=True)))
    yield landscape
    for grown in surface(history, found, extent_around(own, others)):
        yield replace(landscape, share=WALKING + (1 - WALKING) * grown.share, surface=grown)


def _begun(rival: Rival, history: History) -> History:
    same = rival.experiment.data == history.experiment.data
    return History(rival.experiment, dataset=history.dataset if same else None)


def _plane(history: History, n_epochs: int, paths: list[WeightPath], plane: str, random_state: int) -> Plane:
    if plane == RANDOM:
        return random_plane(history.model_at(n_epochs), torch.Generator().manual_seed(random_state))
    own, *others = (path.weights for path in paths)
    return principal_plane(own, others if plane == ALL else ())
