"""The batches of a script for PyTorch: their order, and what moves their points."""

from __future__ import annotations

from engine.catalogue.regularizers import REGULARIZERS
from engine.export.code.moved_points import add_moves, moves
from engine.export.code.plan import Plan
from engine.export.code.script import Script

KEY = "torch"


def batches_expression(plan: Plan) -> str:
    """Return the batches of an epoch, each the indices of its points."""
    order = "order(epoch)" if plan.with_weights else 'torch.randperm(len(x["training"]))'
    return f"{order}.split({plan.batch_size})"


def add_orders(script: Script, plan: Plan) -> None:
    """Add the functions that the loop over batches calls."""
    if plan.with_weights:
        _add_own_order(script, plan)
    if moves(plan):
        add_moves(script, plan)


def add_batch(script: Script, plan: Plan) -> None:
    """Add what makes ``batch_x`` and ``batch_y``, the inputs and targets of a batch."""
    on, data = plan.regularizers(), plan.path("training.batch_size")
    if not moves(plan):
        script.add('batch_x, batch_y = x["training"][batch], y["training"][batch]', data, depth=2)
    else:
        script.add('batch_y = y["training"][batch]', data, depth=2)
        paths = [plan.regularizer_path(key) for key in ("augmentation", "input_noise") if key in on]
        script.add("positions = moved(points[batch.numpy()])", *paths, depth=2)
        if "mixup" in on:
            _add_mixup(script, plan, on["mixup"]["mixup"])
        script.add("batch_x = torch.from_numpy(inputs(positions))", *paths, depth=2)
    if "label_smoothing" in on:
        text = REGULARIZERS["label_smoothing"].code.written(KEY, on["label_smoothing"])
        path = plan.regularizer_path("label_smoothing")
        script.add(f"batch_y = {text.replace('target', 'batch_y')}", path, depth=2)


def _add_own_order(script: Script, plan: Plan) -> None:
    path = "data.split.seed"
    script.blank(2)
    script.add("def order(epoch):", path)
    script.add(
        '"""The order of the training points in which lanes train in this epoch, from 1."""', path, depth=1
    )
    script.add('points = len(x["training"])', path, depth=1)
    script.add("blocks = -(-points // 4)", path, depth=1)
    seed = plan.data.split.seed
    script.add(f"numbers = np.random.Philox(key={seed}, counter=(epoch - 1) * blocks)", path, depth=1)
    script.add("return torch.from_numpy(numbers.random_raw(4 * blocks)[:points].argsort())", path, depth=1)
    script.blank(2)


def _add_mixup(script: Script, plan: Plan, alpha: float) -> None:
    path = plan.regularizer_path("mixup")
    script.comment("Mixup: a share of the next point of the batch.", path, depth=2)
    script.add(f"share = rng.beta({alpha}, {alpha}, (len(batch), 1))", path, depth=2)
    script.add("share = np.maximum(share, 1 - share)", path, depth=2)
    script.add("positions = share * positions + (1 - share) * np.roll(positions, -1, 0)", path, depth=2)
    script.add("share = torch.from_numpy(share).float()", path, depth=2)
    script.add("batch_y = share * batch_y + (1 - share) * batch_y.roll(-1, 0)", path, depth=2)
