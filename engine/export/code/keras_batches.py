"""The batches of a script for Keras, where ``fit`` alone does not make them: a lane's own order, and moved points."""

from __future__ import annotations

from engine.catalogue.features import FEATURES
from engine.catalogue.regularizers import REGULARIZERS
from engine.data.axes import Axes
from engine.export.code.moved_points import add_moves
from engine.export.code.own_order import add_own_order
from engine.export.code.plan import Plan
from engine.export.code.script import Script

KEY = "keras"


def noise_of_layer(plan: Plan) -> str:
    """Return the layer that adds input noise; empty where there is none, or where a layer cannot add it."""
    values = plan.regularizers().get("input_noise")
    if values is None or _moves_points(plan):
        return ""
    network = plan.lane.network
    units = Axes.of_extent(plan.data.extent, plan.data.aspect).units
    axes = [0 if key == "x1" else 1 for key in network.features]
    sizes = {float(units[axis] / scale) for axis, scale in zip(axes, plan.scaling.input_scale, strict=True)}
    if len(sizes) != 1 or not all(FEATURES[key].straight for key in network.features):
        return ""
    size = float(f"{values['input_noise'] * sizes.pop():.12g}")
    return REGULARIZERS["input_noise"].code.written(KEY, {"input_noise": size})


def makes_batches(plan: Plan) -> bool:
    """Whether the script makes its batches itself."""
    noisy = "input_noise" in plan.regularizers() and not noise_of_layer(plan)
    return plan.with_weights or noisy or _moves_points(plan)


def add_batches(script: Script, plan: Plan) -> None:
    """Add ``batches()``, which yields the batches of all epochs."""
    on, moves = plan.regularizers(), _moves_points(plan)
    noisy = "input_noise" in on and not noise_of_layer(plan)
    if plan.with_weights:
        add_own_order(script, plan)
    if moves or noisy:
        add_moves(script, plan)
    order = "order(epoch)" if plan.with_weights else 'np.random.permutation(len(x["training"]))'
    size, path = plan.batch_size, plan.path("training.batch_size")
    script.blank(2)
    script.add("def batches():", path)
    script.add('"""The batches of all epochs, one after another."""', path, depth=1)
    script.add("for epoch in range(1, epochs + 1):", path, depth=1)
    script.add(f"points_in_order = {order}", path, depth=2)
    script.add(f"for start in range(0, len(points_in_order), {size}):", path, depth=2)
    script.add(f"batch = points_in_order[start : start + {size}]", path, depth=3)
    script.add("target_of_batch = learned[batch]", path, depth=3)
    if moves or noisy:
        paths = [plan.regularizer_path(key) for key in ("augmentation", "input_noise") if key in on]
        script.add("positions = moved(points[batch])", *paths, depth=3)
        if "mixup" in on:
            _add_mixup(script, plan, on["mixup"]["mixup"])
        script.add("yield inputs(positions), target_of_batch", *paths, depth=3)
    else:
        script.add('yield x["training"][batch], target_of_batch', path, depth=3)
    script.blank(2)


def _moves_points(plan: Plan) -> bool:
    return bool({"augmentation", "mixup"} & plan.regularizers().keys())


def _add_mixup(script: Script, plan: Plan, alpha: float) -> None:
    path = plan.regularizer_path("mixup")
    script.comment("Mixup: a share of the next point of the batch.", path, depth=3)
    script.add(f"share = rng.beta({alpha}, {alpha}, (len(batch), 1))", path, depth=3)
    script.add("share = np.maximum(share, 1 - share)", path, depth=3)
    script.add("positions = share * positions + (1 - share) * np.roll(positions, -1, 0)", path, depth=3)
    text = "target_of_batch = share * target_of_batch + (1 - share) * np.roll(target_of_batch, -1, 0)"
    script.add(text, path, depth=3)
