"""From data settings to the points that are trained on."""

from __future__ import annotations

import msgspec

from engine.data.generate import make_points
from engine.data.split import stratified_split
from engine.experiment.points import Points
from engine.experiment.settings import DataSettings


def resolve_points(data: DataSettings) -> Points:
    """The points of the settings: those drawn by hand, or else what the generator makes."""
    if data.points is not None:
        return data.points
    generator, split = data.generator, data.split
    return make_points(
        generator.name, generator.points, generator.noise, generator.seed,
        split.validation, split.test, split.seed,
    )  # fmt: skip


def with_new_split(data: DataSettings) -> DataSettings:
    """The settings with hand-drawn points dealt out again by the split settings."""
    if data.points is None:
        return data
    points, split = data.points, data.split
    dealt = stratified_split(points.target, data.task, split.validation, split.test, split.seed)
    return msgspec.structs.replace(data, points=Points(points.xy, points.target, dealt))
