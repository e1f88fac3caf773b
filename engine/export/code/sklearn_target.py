"""A lane as a script for scikit-learn, as far as its multi-layer perceptrons go."""

from __future__ import annotations

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.entry import Entry
from engine.catalogue.initializers import INITIALIZERS
from engine.catalogue.losses import LOSSES, LossCode
from engine.catalogue.normalizations import NORMALIZATIONS
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.regularizers import REGULARIZERS
from engine.catalogue.schedules import SCHEDULES
from engine.export.code.data_section import add_data
from engine.export.code.plan import Plan
from engine.export.code.script import Script
from engine.export.code.sklearn_training import add_training, alpha, known_classes, moves_points

KEY = "sklearn"
IN_PLACE_OF = {"activation": "tanh", "optimizer": "adam"}
"""What stands for an activation or an optimizer that scikit-learn has not."""


def write(script: Script, plan: Plan) -> None:
    """Add the whole script.

    Parameters
    ----------
    script
        Still empty.
    plan
        The lane, and what follows from its settings.
    """
    if plan.lane.repeats > 1:
        seeds = f"{plan.lane.seed} to {plan.lane.seed + plan.lane.repeats - 1}"
        script.lack(f"one network trains, not one for each of the seeds {seeds}", plan.path("repeats"))
    add_data(script, plan, KEY)
    script.add("x = {name: inputs(xy[split == name]) for name in splits}")
    script.add("y = {name: target[split == name] for name in splits}")
    script.blank()
    loss = _loss_code(script, plan)
    _add_model(script, plan, loss)
    _add_missing(script, plan)
    if plan.with_weights:
        _add_own_weights(script, plan)
    add_training(script, plan, loss)


def _loss_code(script: Script, plan: Plan) -> LossCode:
    if plan.loss_code.of(KEY):
        return plan.loss_code
    entry = LOSSES["cross_entropy" if plan.classifies else "squared"]
    clause = f"the loss {plan.loss.label}, {plan.loss.formula}, has no name in scikit-learn; here it is {entry.label}"
    script.lack(clause, plan.path("training.loss"))
    return entry.codes[plan.data.task]


def _add_model(script: Script, plan: Plan, loss: LossCode) -> None:
    network, training = plan.lane.network, plan.lane.training
    script.need(f"from sklearn.neural_network import {loss.of(KEY)}")
    optimizer = _optimizer(script, plan)
    activation = _activation(script, plan)
    if plan.classifies and plan.data.classes == 2:
        clause = "for two classes scikit-learn has one output, not two, and its weights learn half as fast with SGD"
        script.lack(clause, plan.path("training.loss"))
    path = plan.path("network")
    script.add(f"model = {loss.of(KEY)}(", path)
    script.add(f"hidden_layer_sizes={network.hidden!r},", plan.path("network.hidden"), depth=1)
    script.add(f"activation={activation},", plan.path("network.activation"), depth=1)
    for argument in optimizer.split(", "):
        script.add(f"{argument},", plan.path("training.optimizer"), depth=1)
    rate, note = repr(training.learning_rate), ""
    if loss.times != 1.0 and '"sgd"' in optimizer:
        # Adam divides by the size of the gradient.
        rate, note = (
            f"{loss.times:g} * {rate}",
            f"  # scikit-learn makes 1 / {loss.times:g} of the loss small",
        )
    script.add(f"learning_rate_init={rate},{note}", plan.path("training.learning_rate"), depth=1)
    size = min(plan.batch_size, plan.training_points)
    script.add(f"batch_size={size},", plan.path("training.batch_size"), depth=1)
    if "l2" in plan.regularizers():
        path = plan.regularizer_path("l2")
        script.comment("The penalty here is alpha / 2 ΣW², divided by the points of a batch.", path, depth=1)
        script.add(f"alpha={alpha(plan, loss, str(size))},", path, depth=1)
    else:
        script.add("alpha=0.0,", plan.path("network"), depth=1)
    script.add(f"random_state=np.random.RandomState({plan.lane.seed}),", plan.path("seed"), depth=1)
    script.add(")", plan.path("network"))


def _optimizer(script: Script, plan: Plan) -> str:
    choice, path = plan.lane.training.optimizer, plan.path("training.optimizer")
    entry = OPTIMIZERS[choice.name]
    text = entry.code.written(KEY, choice.parameters)
    if text:
        return text
    other = OPTIMIZERS[IN_PLACE_OF["optimizer"]]
    clause = (
        f"the optimizer {entry.label}, {entry.formula}, has no name in scikit-learn; here it is {other.label}"
    )
    script.lack(clause, path)
    return other.code.written(KEY, other.defaults())


def _activation(script: Script, plan: Plan) -> str:
    choice, path = plan.lane.network.activation, plan.path("network.activation")
    entry = ACTIVATIONS[choice.name]
    text = entry.code.written(KEY, choice.parameters)
    if text:
        return text
    other = ACTIVATIONS[IN_PLACE_OF["activation"]]
    clause = f"the activation {entry.label}, {entry.formula}, has no name in scikit-learn; here it is {other.label}"
    script.lack(clause, path)
    return other.code.written(KEY, other.defaults())


def _add_missing(script: Script, plan: Plan) -> None:
    """Say what a multi-layer perceptron of scikit-learn does not have."""
    network = plan.lane.network
    hidden = range(1, len(plan.widths) - 1)
    if network.normalization is not None and any(map(plan.is_normalized, hidden)):
        kind = NORMALIZATIONS[network.normalization.kind]
        _miss(script, "normalization", kind, plan.path("network.normalization"))
    if any(map(plan.adds, hidden)):
        script.lack("scikit-learn has no residual connections", plan.path("network.residual"))
    if not plan.with_weights:
        entry = INITIALIZERS[network.initializer.name]
        clause = f"weights and biases begin as scikit-learn draws them, not by {entry.label}, {entry.formula}"
        script.lack(clause, plan.path("network.initializer"))
    if plan.lane.training.layer_rates is not None:
        script.lack("scikit-learn has no rates of single layers", plan.path("training.layer_rates"))
    schedule = plan.lane.training.schedule.name
    if schedule != "constant":
        _miss(script, "schedule", SCHEDULES[schedule], plan.path("training.schedule"))
    moved = {"augmentation", "input_noise"} if moves_points(plan) else set()
    for key, values in plan.regularizers().items():
        if key in {"l2", "early_stopping"} | moved:
            continue
        lacking, path = REGULARIZERS[key], plan.regularizer_path(key)
        _miss(script, "regularizer", lacking, path)
        for choice, family in lacking.choices.items():
            _miss(script, f"{family.name} of {lacking.label}", family[values[choice]], path)


def _miss(script: Script, family: str, entry: Entry, path: str) -> None:
    script.lack(f"the {family} {entry.label}, {entry.formula}, is missing in scikit-learn", path)


def _add_own_weights(script: Script, plan: Plan) -> None:
    path, layers = plan.path("seed"), len(plan.widths) - 1
    classes = known_classes(plan)
    size = min(plan.batch_size, plan.training_points)
    script.blank()
    script.comment(
        f"The weights that lane {plan.lane_name} begins with, in place of those that a first step makes.",
        path,
    )
    script.add(f'model.partial_fit(x["training"][:{size}], y["training"][:{size}]{classes})', path)
    script.add(f'with np.load("{plan.weights_file}") as initial:', path)
    for name, letter in (("coefs_", "W"), ("intercepts_", "b")):
        text = f'model.{name} = [initial[f"{letter}{{n}}"] for n in range(1, {layers + 1})]'
        script.add(text, path, depth=1)
    if plan.classifies and plan.data.classes == 2:
        script.comment("One output, for the second class against the first.", path)
        # A single output of ours stands for the first class.
        single = plan.widths[-1] == 1
        for name, more in (("coefs_", ", axis=1"), ("intercepts_", "")):
            last = f"model.{name}[-1]"
            script.add(f"{last} = {f'-{last}' if single else f'np.diff({last}{more})'}", path)
    script.add("del model._optimizer  # it begins anew with them", path)
