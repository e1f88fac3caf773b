"""How a script for Keras trains: loss, optimizer, callbacks and ``fit``."""

from __future__ import annotations

from engine.catalogue.clipping_kinds import CLIPPING_KINDS
from engine.catalogue.criteria import CRITERIA
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.regularizers import REGULARIZERS
from engine.catalogue.schedules import SCHEDULES
from engine.export.code.calls import Argument, add_call, parts_of
from engine.export.code.data_section import add_unit
from engine.export.code.keras_batches import add_batches, makes_batches
from engine.export.code.keras_network import add_note
from engine.export.code.plan import Plan
from engine.export.code.script import Script

KEY = "keras"
IN_THE_NETWORK = {"l1", "l2", "max_norm", "dropout", "input_noise"}
IN_THE_BATCH = {"augmentation", "mixup"}
IN_TRAINING = {"label_smoothing", "weight_decay", "gradient_clipping", "early_stopping"}


def add_training(script: Script, plan: Plan) -> None:
    """Add everything from the loss to the end."""
    smooths = _add_loss(script, plan)
    _add_optimizer(script, plan)
    for key in plan.regularizers().keys() - (IN_THE_NETWORK | IN_THE_BATCH | IN_TRAINING):
        entry = REGULARIZERS[key]
        script.lack(f"the regularizer {entry.label}, {entry.formula}, is missing", plan.regularizer_path(key))
    loss = "loss_of"
    if smooths:
        loss = _loss_text(plan, smoothing=True)
    path = plan.regularizer_path("label_smoothing") if smooths else ""
    add_call(script, "model.compile(", [Argument("optimizer=optimizer"), Argument(f"loss={loss}", path)], ")")
    script.add(f"epochs = {plan.epochs}")
    _add_report(script, plan)
    _add_callbacks(script, plan)
    learned = 'y["training"]'
    if "label_smoothing" in plan.regularizers() and not smooths:
        path, share = plan.regularizer_path("label_smoothing"), plan.lane.regularization.label_smoothing
        script.add(f"learned = {learned} * (1 - {share}) + {share} / {plan.widths[-1]}", path)
        learned = "learned"
    elif makes_batches(plan):
        script.add(f"learned = {learned}")
    if makes_batches(plan):
        add_batches(script, plan)
    _add_fit(script, plan, learned)


# -- loss and optimizer


def _loss_text(plan: Plan, smoothing: bool = False) -> str:
    share = plan.lane.regularization.label_smoothing
    values = {
        **plan.lane.training.loss.parameters,
        "smoothing": f", label_smoothing={share}" if smoothing else "",
    }
    return plan.loss_code.written(KEY, values)


def _add_loss(script: Script, plan: Plan) -> bool:
    """Whether the loss of Keras smooths labels, and should."""
    path, text = plan.path("training.loss"), _loss_text(plan)
    if not text:
        entry = plan.loss
        clause = f"the loss {entry.label}, {entry.formula}, has no name in Keras; here it is squared"
        script.lack(clause, path)
        text = "keras.losses.MeanSquaredError()"
    if "output" in text:
        script.blank(2)
        script.add("def loss_of(target, output):", path)
        script.add(f"return {text}", path, depth=1)
        script.blank(2)
    else:
        script.add(f"loss_of = {text}", path)
    return "label_smoothing" in plan.regularizers() and "{smoothing}" in plan.loss_code.of(KEY)


def _add_optimizer(script: Script, plan: Plan) -> None:
    training, on = plan.lane.training, plan.regularizers()
    entry = OPTIMIZERS[training.optimizer.name]
    paths = plan.path("training.optimizer"), plan.path("training.learning_rate")
    code = entry.code
    if not code.of(KEY):
        code = OPTIMIZERS["sgd"].code
        clause = f"the optimizer {entry.label}, {entry.formula}, has no name in Keras; here it is SGD"
        script.lack(clause, *paths)
    if KEY in entry.code.notes:
        script.comment(f"{entry.code.notes[KEY]}.", *paths)
    if training.layer_rates is not None:
        script.lack(
            "all layers learn at one rate: optimizers of Keras have no rates of single layers",
            plan.path("training.layer_rates"),
        )
    more: list[Argument] = []
    decays = "weight_decay" in on and "weight_decay=" not in code.of(KEY)
    if "weight_decay" in on and not decays:
        clause = (
            f"the regularizer weight decay is missing, because {entry.label} has a weight decay of its own"
        )
        script.lack(clause, plan.regularizer_path("weight_decay"))
    if decays:
        text = REGULARIZERS["weight_decay"].code.written(KEY, on["weight_decay"])
        more.append(Argument(text, plan.regularizer_path("weight_decay")))
    if "gradient_clipping" in on:
        values = on["gradient_clipping"]
        kind, path = CLIPPING_KINDS[values["kind"]], plan.regularizer_path("gradient_clipping")
        text = kind.code.written(KEY, values)
        if text:
            more.append(Argument(text, path))
        else:
            script.lack(f"gradients are not clipped by {kind.label}, {kind.formula}", path)
    values = {"learning_rate": _add_rate(script, plan), **training.optimizer.parameters, "more": ""}
    head, arguments = parts_of(code.written(KEY, values))
    add_call(script, f"optimizer = {head}", [*map(Argument, arguments), *more], ")", *paths)
    if decays:
        script.add(
            'optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])',
            plan.regularizer_path("weight_decay"),
        )


def _add_rate(script: Script, plan: Plan) -> str:
    """Return the learning rate, or the name of the schedule that it follows from step to step."""
    training, path = plan.lane.training, plan.path("training.schedule")
    entry, rate = SCHEDULES[training.schedule.name], training.learning_rate
    if not entry.within_epochs:
        return repr(rate)
    text = entry.code.written(
        KEY, {**training.schedule.parameters, "learning_rate": rate, "batches": plan.batches}
    )
    if not text:
        return repr(rate)
    head, arguments = parts_of(text)
    add_call(script, f"rate = {head}", [*map(Argument, arguments)], ")", path)
    return "rate"


# -- what is told of epochs


def _add_report(script: Script, plan: Plan) -> None:
    unit = add_unit(script, plan)
    script.blank(2)
    script.add("def losses():")
    script.add(
        '"""The mean loss of each split, as the trained network answers, without penalties."""', depth=1
    )
    truth, answer = "y[name]", "model.predict_on_batch(x[name])"
    if "output" in _loss_text(plan):
        # What is no loss object of Keras computes with tensors, not with arrays.
        script.add(f"answers = {{name: keras.ops.array({answer}) for name in splits}}", depth=1)
        truth, answer = "keras.ops.array(y[name])", "answers[name]"
    value = f"float(keras.ops.mean(loss_of({truth}, {answer})))"
    script.add(f"return {{name: {value}{unit} for name in splits}}", depth=1)
    script.blank(2)
    script.add("def report(title):")
    script.add(
        'print(f"{title}:", ", ".join(f"{name} loss {loss:.6g}" for name, loss in losses().items()))', depth=1
    )
    script.blank(2)
    script.add("class Report(keras.callbacks.Callback):")
    script.add('"""Prints the losses after every tenth epoch, and tells other callbacks of them."""', depth=1)
    script.blank()
    script.add("def on_epoch_end(self, epoch, logs=None):", depth=1)
    script.add("logs.update(losses())", depth=2)
    script.add("if (epoch + 1) % 10 == 0 or epoch + 1 == epochs:", depth=2)
    script.add('report(f"epoch {epoch + 1}")', depth=3)
    script.blank(2)


def _add_callbacks(script: Script, plan: Plan) -> None:
    script.add("callbacks = [")
    script.add("Report(),", depth=1)
    _add_schedule(script, plan)
    _add_early_stopping(script, plan)
    script.add("]")


def _add_schedule(script: Script, plan: Plan) -> None:
    training, path = plan.lane.training, plan.path("training.schedule")
    choice = training.schedule
    entry = SCHEDULES[choice.name]
    if choice.name == "constant":
        return
    if not entry.code.of(KEY):
        script.lack(f"the schedule {entry.label}, {entry.formula}, has no name in Keras", path, depth=1)
        return
    if entry.within_epochs:
        return
    add_note(script, entry.code.notes.get(KEY), path, 1)
    watched = "validation" if "validation" in plan.splits else "training"
    values = {**choice.parameters, "learning_rate": training.learning_rate, "monitor": f'monitor="{watched}"'}
    text = entry.code.written(KEY, values)
    if not entry.reduces:
        text = f"keras.callbacks.LearningRateScheduler(lambda epoch: {text})"
    _add_callback(script, text, path)


def _add_callback(script: Script, text: str, path: str) -> None:
    head, arguments = parts_of(text)
    add_call(script, head, [*map(Argument, arguments)], "),", path, depth=1)


def _add_early_stopping(script: Script, plan: Plan) -> None:
    settings = plan.lane.regularization.early_stopping
    if settings is None:
        return
    path = plan.regularizer_path("early_stopping")
    if "validation" not in plan.splits:
        script.comment("Early stopping looks at validation points, and there are none.", path, depth=1)
        return
    entry = CRITERIA[settings.criterion]
    values = {parameter.key: getattr(settings, parameter.key) for parameter in entry.parameters}
    usual = _val_loss_is_loss(plan)
    text = entry.code.written(
        KEY,
        {
            **values,
            "monitor": "" if usual else 'monitor="validation", mode="min", ',
            "restore_best": settings.restore_best,
        },
    )
    if not text:
        script.lack(f"training does not stop by {entry.label}, {entry.formula}", path, depth=1)
        return
    script.comment(
        "Keras looks from epoch 1 on; the experiment begins with epoch 0, the first weights.", path, depth=1
    )
    if not usual:
        script.comment("Not val_loss: Keras adds the penalty to it, and smooths its labels.", path, depth=1)
    _add_callback(script, text, path)


def _val_loss_is_loss(plan: Plan) -> bool:
    return not {"l1", "l2", "label_smoothing"} & plan.regularizers().keys()


def _add_fit(script: Script, plan: Plan, learned: str) -> None:
    size, own = plan.path("training.batch_size"), makes_batches(plan)
    script.add("model.fit(")
    if own:
        script.add("batches(),", depth=1)
        script.add(f"steps_per_epoch={plan.batches},", size, depth=1)
        script.add("shuffle=False,", depth=1)
    else:
        script.add('x["training"],', depth=1)
        script.add(f"{learned},", depth=1)
        script.add(f"batch_size={plan.batch_size},", size, depth=1)
    script.add("epochs=epochs,", depth=1)
    if "validation" in plan.splits:
        script.add('validation_data=(x["validation"], y["validation"]),', "data.split.validation", depth=1)
    script.add("callbacks=callbacks,", depth=1)
    script.add("verbose=0,", depth=1)
    script.add(")")
    stops = plan.lane.regularization.early_stopping
    if stops is not None and "validation" in plan.splits:
        script.add('report("in the end")')
