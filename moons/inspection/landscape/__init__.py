"""The loss around a run's weights: a plane through them, the surface over it, the run's path, its curvature."""

from moons.inspection.landscape.path import (
    EACH,
    SEEDED,
    Rival,
    WeightPath,
    path_epochs,
    rivals,
    seeded_for,
    weight_path,
)
from moons.inspection.landscape.plane import Plane, principal_plane, random_plane
from moons.inspection.landscape.sharpness import Sharpness, hessian_product, largest_eigenvalue, sharpness
from moons.inspection.landscape.surface import (
    Extent,
    PathOnPlane,
    Spot,
    Surface,
    extent_around,
    losses_at,
    on_plane,
    spot,
    surface,
)
from moons.inspection.landscape.survey import ALL, OWN, PLANES, RANDOM, Landscape, survey

__all__ = [
    "ALL",
    "EACH",
    "OWN",
    "PLANES",
    "RANDOM",
    "SEEDED",
    "Extent",
    "Landscape",
    "PathOnPlane",
    "Plane",
    "Rival",
    "Sharpness",
    "Spot",
    "Surface",
    "WeightPath",
    "extent_around",
    "hessian_product",
    "largest_eigenvalue",
    "losses_at",
    "on_plane",
    "path_epochs",
    "principal_plane",
    "random_plane",
    "rivals",
    "seeded_for",
    "sharpness",
    "spot",
    "surface",
    "survey",
    "weight_path",
]
