"""How a script for scikit-learn trains: a loop over epochs, each a call of ``partial_fit`` or one for each batch."""

from __future__ import annotations

from engine.catalogue.criteria import CRITERIA
from engine.catalogue.losses import LossCode
from engine.export.code.best_epoch import BEST_EPOCH
from engine.export.code.data_section import add_unit
from engine.export.code.moved_points import add_moves
from engine.export.code.own_order import add_own_order
from engine.export.code.plan import Plan
from engine.export.code.script import Script

KEY = "sklearn"


def moves_points(plan: Plan) -> bool:
    """Whether the points of a batch are moved."""
    return bool({"augmentation", "input_noise"} & plan.regularizers().keys())


def alpha(plan: Plan, loss: LossCode, points: str) -> str:
    """Return what scikit-learn calls alpha, for the L2 penalty of a batch of ``points``."""
    times = 2.0 / loss.times
    return f"{f'{times:g} * ' if times != 1.0 else ''}{plan.lane.regularization.l2} * {points}"


def known_classes(plan: Plan) -> str:
    """Return the last argument of ``partial_fit``, as text that follows; empty in regression."""
    return f", classes=np.arange({plan.data.classes})" if plan.classifies else ""


def add_training(script: Script, plan: Plan, loss: LossCode) -> None:
    """Add everything from the losses to the end."""
    _add_losses(script, plan, loss)
    if plan.with_weights:
        add_own_order(script, plan)
    if moves_points(plan):
        add_moves(script, plan)
    stops = _stops(plan)
    if stops:
        _add_memory(script, plan)
    script.add(f"epochs = {plan.epochs}")
    script.add("for epoch in range(1, epochs + 1):")
    _add_epoch(script, plan, loss)
    script.add("if epoch % 10 == 0 or epoch == epochs:", depth=1)
    script.add('report(f"epoch {epoch}")', depth=2)
    if stops:
        _add_stop(script, plan)
    elif "early_stopping" in plan.regularizers():
        path = plan.regularizer_path("early_stopping")
        script.comment("Early stopping looks at validation points, and there are none.", path, depth=1)


def _add_losses(script: Script, plan: Plan, loss: LossCode) -> None:
    if "log_loss(" in loss.mean_loss:
        script.need("from sklearn.metrics import log_loss")
    script.blank()
    unit = add_unit(script, plan)
    script.blank(2)
    script.add("def losses():")
    script.add('"""The mean loss of each split, without the penalty."""', depth=1)
    script.add(f"return {{name: {loss.mean_loss}{unit} for name in splits}}", depth=1)
    script.blank(2)
    script.add("def report(title):")
    text = 'print(f"{title}:", ", ".join(f"{name} loss {loss:.6g}" for name, loss in losses().items()))'
    script.add(text, depth=1)
    script.blank(2)


def _add_epoch(script: Script, plan: Plan, loss: LossCode) -> None:
    path, classes = plan.path("training.batch_size"), known_classes(plan)
    if not plan.with_weights and not moves_points(plan):
        script.comment("One epoch, in batches that are drawn anew.", path, depth=1)
        script.add(f'model.partial_fit(x["training"], y["training"]{classes})', path, depth=1)
        return
    order = "order(epoch)" if plan.with_weights else 'rng.permutation(len(x["training"]))'
    size = plan.batch_size
    script.add(f"points_in_order = {order}", path, depth=1)
    script.add(f"for start in range(0, len(points_in_order), {size}):", path, depth=1)
    script.add(f"batch = points_in_order[start : start + {size}]", path, depth=2)
    penalty = f", alpha={alpha(plan, loss, 'len(batch)')}" if "l2" in plan.regularizers() else ""
    script.add(f"model.set_params(batch_size=len(batch){penalty})", path, depth=2)
    inputs = 'x["training"][batch]'
    if moves_points(plan):
        inputs = "inputs(moved(points[batch]))"
    script.add(f'model.partial_fit({inputs}, y["training"][batch]{classes})', path, depth=2)


# -- early stopping


def _stops(plan: Plan) -> bool:
    return "early_stopping" in plan.regularizers() and "validation" in plan.splits


def _add_memory(script: Script, plan: Plan) -> None:
    script.define(BEST_EPOCH)
    path = plan.regularizer_path("early_stopping")
    if plan.with_weights:
        script.add("now = losses()", path)
        script.add('training, validation = [now["training"]], [now["validation"]]', path)
    else:
        script.comment("Losses of each epoch; before the first, the network has no weights.", path)
        script.add("training, validation = [np.inf], [np.inf]", path)
    settings = plan.lane.regularization.early_stopping
    if settings is not None and settings.restore_best:
        script.need("import copy")
        script.add(f"best_model = {'copy.deepcopy(model)' if plan.with_weights else 'model'}", path)


def _add_stop(script: Script, plan: Plan) -> None:
    settings, path = plan.lane.regularization.early_stopping, plan.regularizer_path("early_stopping")
    assert settings is not None
    entry = CRITERIA[settings.criterion]
    values = {parameter.key: getattr(settings, parameter.key) for parameter in entry.parameters}
    condition = entry.code.written(KEY, values)
    script.add("now = losses()", path, depth=1)
    script.add('training.append(now["training"])', path, depth=1)
    script.add('validation.append(now["validation"])', path, depth=1)
    if settings.restore_best:
        script.add("if best_epoch(validation) == epoch:", path, depth=1)
        script.add("best_model = copy.deepcopy(model)", path, depth=2)
    if condition:
        script.add(f"if {condition}:", path, depth=1)
        script.add('report(f"stopped after epoch {epoch}")', path, depth=2)
        script.add("break", path, depth=2)
    else:
        script.lack(f"training does not stop by {entry.label}, {entry.formula}", path, depth=1)
    if settings.restore_best:
        script.add("model = best_model", path)
        script.add('report(f"best epoch {best_epoch(validation)}")', path)
