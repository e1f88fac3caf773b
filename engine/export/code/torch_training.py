"""How a script for PyTorch trains: loss, optimizer, schedule and the loop over epochs."""

from __future__ import annotations

from collections.abc import Callable

from engine.catalogue.clipping_kinds import CLIPPING_KINDS
from engine.catalogue.criteria import CRITERIA
from engine.catalogue.l1_updates import L1_UPDATES
from engine.catalogue.normalizations import NORMALIZATIONS
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.regularizers import REGULARIZERS
from engine.catalogue.schedules import SCHEDULES
from engine.export.code.best_epoch import BEST_EPOCH
from engine.export.code.data_section import add_unit
from engine.export.code.plan import Plan
from engine.export.code.script import Script
from engine.export.code.torch_batches import add_batch, add_orders, batches_expression

KEY = "torch"
IN_THE_NETWORK = {"dropout"}
IN_THE_BATCH = {"input_noise", "augmentation", "mixup", "label_smoothing"}
AFTER_THE_GRADIENT = {"gradient_clipping", "weight_decay", "max_norm"}
AT_THE_END = {"early_stopping"}
ELSEWHERE = IN_THE_NETWORK | IN_THE_BATCH | AFTER_THE_GRADIENT | AT_THE_END
"""Regularizers that are no term of the cost."""


def add_training(script: Script, plan: Plan) -> None:
    """Add everything from the loss to the end."""
    _add_loss(script, plan)
    _add_optimizer(script, plan)
    scheduled = _add_schedule(script, plan)
    _add_calibration(script, plan)
    add_orders(script, plan)
    script.blank()
    _add_loop(script, plan, scheduled)


# -- before the loop


def _add_loss(script: Script, plan: Plan) -> None:
    choice, path = plan.lane.training.loss, plan.path("training.loss")
    text = plan.loss_code.written(KEY, choice.parameters)
    script.blank()
    if not text:
        entry = plan.loss
        script.lack(
            f"the loss {entry.label}, {entry.formula}, has no name in PyTorch; here it is squared", path
        )
        text = "nn.MSELoss()"
    if "output" in text:
        script.blank()
        script.add("def loss_of(output, target):", path)
        script.add(f"return {text}", path, depth=1)
        script.blank(2)
    else:
        script.add(f"loss_of = {text}", path)
    unit = add_unit(script, plan)
    script.blank(2)
    script.add("def losses():")
    script.add('"""The mean loss of each split, as the trained network answers."""', depth=1)
    script.add("model.eval()", depth=1)
    script.add("with torch.no_grad():", depth=1)
    script.add(f"return {{name: loss_of(model(x[name]), y[name]).item(){unit} for name in splits}}", depth=2)
    script.blank(2)
    script.add("def report(title):")
    script.add(
        'print(f"{title}:", ", ".join(f"{name} loss {loss:.6g}" for name, loss in losses().items()))', depth=1
    )
    script.blank(2)


def _add_optimizer(script: Script, plan: Plan) -> None:
    training = plan.lane.training
    entry = OPTIMIZERS[training.optimizer.name]
    paths = plan.path("training.optimizer"), plan.path("training.learning_rate")
    values = {"learning_rate": training.learning_rate, **training.optimizer.parameters}
    text = entry.code.written(KEY, values)
    if not text:
        script.lack(
            f"the optimizer {entry.label}, {entry.formula}, has no name in PyTorch; here it is SGD", *paths
        )
        text = OPTIMIZERS["sgd"].code.written(KEY, values)
    if training.layer_rates is not None:
        _add_groups(script, plan)
        text = text.replace("model.parameters()", "groups")
    script.add(f"optimizer = {text}", *paths)


def _add_groups(script: Script, plan: Plan) -> None:
    """A group of parameters for each layer, with its own rate."""
    training, path = plan.lane.training, plan.path("training.layer_rates")
    script.add(f"rates = {list(training.layer_rates or ())}  # of each layer, input side first", path)
    script.add("groups = []", path)
    script.add("for layer in model.modules():", path)
    script.add("own = list(layer.parameters(recurse=False))", path, depth=1)
    script.add("if isinstance(layer, nn.Linear):", path, depth=1)
    group = f'{{"params": own, "lr": {training.learning_rate!r} * rates[len(groups)]}}'
    script.add(f"groups.append({group})", path, depth=2)
    script.add("elif own:", path, depth=1)
    script.add('groups[-1]["params"] += own', path, depth=2)


def _add_schedule(script: Script, plan: Plan) -> bool:
    """Whether there is a scheduler."""
    choice, path = plan.lane.training.schedule, plan.path("training.schedule")
    entry = SCHEDULES[choice.name]
    if choice.name == "constant":
        return False
    text = entry.code.written(KEY, {**choice.parameters, "batches": plan.batches})
    if not text:
        script.lack(f"the schedule {entry.label}, {entry.formula}, has no name in PyTorch", path)
        return False
    script.add(f"scheduler = {text}", path)
    return True


def _add_calibration(script: Script, plan: Plan) -> None:
    settings, path = plan.lane.network.normalization, plan.path("network.normalization")
    hidden = range(1, len(plan.widths) - 1)
    if settings is None or not any(map(plan.is_normalized, hidden)) or plan.training_points < 2:
        return
    entry = NORMALIZATIONS[settings.kind]
    if not entry.over_batch or not entry.code.of(KEY):
        return
    script.blank()
    script.comment("Running moments begin with those of all training points, not with 0 and 1.", path)
    script.add("norms = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm1d)]", path)
    script.add("model.eval()", path)
    script.add("for norm in norms:", path)
    script.add("norm.train()", path, depth=1)
    script.add("norm.momentum = 1.0", path, depth=1)
    script.add("with torch.no_grad():", path)
    script.add('model(x["training"])', path, depth=1)
    script.add("for norm in norms:", path)
    script.add("norm.momentum = 0.1", path, depth=1)


# -- the loop


def _add_loop(script: Script, plan: Plan, scheduled: bool) -> None:
    schedule = SCHEDULES[plan.lane.training.schedule.name]
    stops = "early_stopping" in plan.regularizers() and "validation" in plan.splits
    size = plan.path("training.batch_size")
    if stops:
        _add_memory(script, plan)
    watched = "validation" if "validation" in plan.splits else "training"
    follows_losses = f'scheduler.step(losses()["{watched}"])'
    if scheduled and schedule.reduces:
        script.add(f"{follows_losses}  # of epoch 0", plan.path("training.schedule"))
    script.add(f"epochs = {plan.epochs}")
    script.add("for epoch in range(1, epochs + 1):")
    script.add("model.train()", depth=1)
    script.add(f"for batch in {batches_expression(plan)}:", size, depth=1)
    _add_step(script, plan)
    schedule_path = plan.path("training.schedule")
    if scheduled and schedule.within_epochs:
        script.add("scheduler.step()", schedule_path, depth=2)
    elif scheduled and schedule.reduces:
        script.add(follows_losses, schedule_path, depth=1)
    elif scheduled:
        script.add("scheduler.step()", schedule_path, depth=1)
    script.add("if epoch % 10 == 0 or epoch == epochs:", depth=1)
    script.add('report(f"epoch {epoch}")', depth=2)
    if stops:
        _add_stop(script, plan)
    elif "early_stopping" in plan.regularizers():
        path = plan.regularizer_path("early_stopping")
        script.comment("Early stopping looks at validation points, and there are none.", path, depth=1)


def _add_step(script: Script, plan: Plan) -> None:
    on = plan.regularizers()
    if plan.last_batch_is_a_point and _normalizes_batches(plan):
        script.comment(
            "A single point has no variance, so that it is normalized with the running moments.", depth=2
        )
        script.add("model.train(len(batch) > 1)", plan.path("network.normalization"), depth=2)
    add_batch(script, plan)
    script.add("cost = loss_of(model(batch_x), batch_y)", plan.path("training.loss"), depth=2)
    for key, values in on.items():
        if key not in ELSEWHERE:
            _add_penalty(script, plan, key, values)
    script.add("optimizer.zero_grad()", depth=2)
    script.add("cost.backward()", depth=2)
    if "gradient_clipping" in on:
        _add_clipping(script, plan, on["gradient_clipping"])
    follow = _shrinking(plan)
    if ("weight_decay" in on or follow) and plan.lane.training.layer_rates is None:
        script.add('rate = optimizer.param_groups[0]["lr"]', plan.path("training.learning_rate"), depth=2)
    if "weight_decay" in on:
        _add_for_weights(script, plan, "weight_decay", on["weight_decay"], "weights")
    script.add("optimizer.step()", depth=2)
    if follow:
        follow(script)
    if "max_norm" in on:
        _add_for_weights(script, plan, "max_norm", on["max_norm"], "weights[:-1]")


def _normalizes_batches(plan: Plan) -> bool:
    settings = plan.lane.network.normalization
    if settings is None or not any(map(plan.is_normalized, range(1, len(plan.widths) - 1))):
        return False
    return NORMALIZATIONS[settings.kind].over_batch


def _add_penalty(script: Script, plan: Plan, key: str, values: dict[str, object]) -> None:
    entry, path = REGULARIZERS[key], plan.regularizer_path(key)
    text = entry.code.written(KEY, values)
    if key == "l1" and L1_UPDATES[str(values["l1_update"])].shrink is not None:
        return
    if not text:
        script.lack(f"the regularizer {entry.label}, {entry.formula}, is missing", path, depth=2)
        return
    script.add(f"cost = cost + {text}", path, depth=2)


def _add_clipping(script: Script, plan: Plan, values: dict[str, object]) -> None:
    entry, path = CLIPPING_KINDS[str(values["kind"])], plan.regularizer_path("gradient_clipping")
    text = entry.code.written(KEY, values)
    if text:
        script.add(text, path, depth=2)
    else:
        script.lack(f"gradients are not clipped by {entry.label}, {entry.formula}", path, depth=2)


def _shrinking(plan: Plan) -> Callable[[Script], None] | None:
    """What adds the proximal step of L1, where there is one."""
    values = plan.regularizers().get("l1")
    if values is None or L1_UPDATES[values["l1_update"]].shrink is None:
        return None
    update, path = L1_UPDATES[values["l1_update"]], plan.regularizer_path("l1")
    choice = plan.lane.training.optimizer
    reach = OPTIMIZERS[choice.name].reach_code.written(KEY, choice.parameters)
    text = update.code.written(KEY, values)

    def add(script: Script) -> None:
        if not text or not reach:
            clause = f"L1 is missing: its update {update.label}, {update.formula}, has no name in PyTorch"
            script.lack(clause, path, depth=2)
            return
        script.add("with torch.no_grad():", path, depth=2)
        _add_loop_over_weights(script, plan, path)
        if "state" in reach:
            script.add("state = optimizer.state[weight]", path, depth=4)
        script.add(f"reach = {reach}", path, depth=4)
        script.add(text, path, depth=4)

    return add


def _add_for_weights(script: Script, plan: Plan, key: str, values: dict[str, object], weights: str) -> None:
    path = plan.regularizer_path(key)
    script.add("with torch.no_grad():", path, depth=2)
    if key == "weight_decay":
        _add_loop_over_weights(script, plan, path)
    else:
        script.add(f"for weight in {weights}:", path, depth=3)
    script.add(REGULARIZERS[key].code.written(KEY, values), path, depth=4)


def _add_loop_over_weights(script: Script, plan: Plan, path: str) -> None:
    """What comes of each weight depends on the rate, which may be its layer's own."""
    if plan.lane.training.layer_rates is None:
        script.add("for weight in weights:", path, depth=3)
        return
    script.add("for weight, group in zip(weights, optimizer.param_groups):", path, depth=3)
    script.add('rate = group["lr"]', plan.path("training.layer_rates"), depth=4)


# -- early stopping


def _add_memory(script: Script, plan: Plan) -> None:
    script.need("import copy")
    script.define(BEST_EPOCH)
    path = plan.regularizer_path("early_stopping")
    script.add("now = losses()", path)
    script.add('training, validation = [now["training"]], [now["validation"]]', path)
    script.add("best_weights = copy.deepcopy(model.state_dict())", path)


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
        script.add("best_weights = copy.deepcopy(model.state_dict())", path, depth=2)
    if condition:
        script.add(f"if {condition}:", path, depth=1)
        script.add('report(f"stopped after epoch {epoch}")', path, depth=2)
        script.add("break", path, depth=2)
    else:
        script.lack(f"training does not stop by {entry.label}, {entry.formula}", path, depth=1)
    if settings.restore_best:
        script.add("model.load_state_dict(best_weights)", path)
        script.add('report(f"best epoch {best_epoch(validation)}")', path)
