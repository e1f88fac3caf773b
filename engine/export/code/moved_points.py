"""What moves the points of a batch at random in a script, in NumPy."""

from __future__ import annotations

from math import radians

from engine.data.axes import Axes
from engine.export.code.plan import Plan
from engine.export.code.script import Script


def moves(plan: Plan) -> bool:
    """Whether each step moves the points of its batch."""
    return bool({"input_noise", "augmentation", "mixup"} & plan.regularizers().keys())


def add_moves(script: Script, plan: Plan) -> None:
    """Add ``points`` [n, 2] to train on, ``rng``, and ``moved(xy)``."""
    path, noise = plan.regularizer_path("augmentation"), plan.regularizer_path("input_noise")
    settings = plan.lane.regularization
    chosen, units = settings.augmentation, Axes.of_extent(plan.data.extent, plan.data.aspect).units
    script.add('points = xy[split == "training"]')
    script.add(f"rng = np.random.default_rng({plan.lane.seed})", plan.path("seed"))
    centre = "points.mean(0)"
    scaled = bool((units != 1.0).any())
    if scaled:
        script.add(f"unit_of_axes = np.array({units.tolist()!r})  # in which the strengths are", path, noise)
    offsets = f"((xy - {centre}) / unit_of_axes)" if scaled else f"(xy - {centre})"
    script.blank(2)
    script.add("def moved(xy):", path, noise)
    script.add(
        '"""Positions, each moved at random about the centre of the training points."""', path, noise, depth=1
    )
    script.add(f"p, q = {offsets}.T", path, noise, depth=1)
    if chosen.scale:
        script.add(f"size = 1 + {chosen.scale} * rng.uniform(-1, 1, len(xy))", f"{path}.scale", depth=1)
        script.add("p, q = size * p, size * q", f"{path}.scale", depth=1)
    if chosen.shear:
        script.add(f"p = p + {chosen.shear} * rng.uniform(-1, 1, len(xy)) * q", f"{path}.shear", depth=1)
    if chosen.rotate:
        text = f"angle = {radians(chosen.rotate)} * rng.uniform(-1, 1, len(xy))  # up to {chosen.rotate:g} degrees"
        script.add(text, f"{path}.rotate", depth=1)
        script.add(
            "p, q = np.cos(angle) * p - np.sin(angle) * q, np.sin(angle) * p + np.cos(angle) * q",
            f"{path}.rotate",
            depth=1,
        )
    if chosen.shift:
        script.add(f"p = p + {chosen.shift} * rng.uniform(-1, 1, len(xy))", f"{path}.shift", depth=1)
        script.add(f"q = q + {chosen.shift} * rng.uniform(-1, 1, len(xy))", f"{path}.shift", depth=1)
    if settings.input_noise:
        script.add(f"p = p + {settings.input_noise} * rng.standard_normal(len(xy))", noise, depth=1)
        script.add(f"q = q + {settings.input_noise} * rng.standard_normal(len(xy))", noise, depth=1)
    back = "np.stack([p, q], 1)" + (" * unit_of_axes" if scaled else "")
    script.add(f"return {centre} + {back}", path, noise, depth=1)
    script.blank(2)
