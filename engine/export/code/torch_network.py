"""The network of a script for PyTorch, and how its weights begin."""

from __future__ import annotations

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.initializers import INITIALIZERS
from engine.catalogue.normalizations import NORMALIZATIONS, POSITIONS
from engine.export.code.plan import Plan
from engine.export.code.script import Script

KEY = "torch"
NOT_OF_WEIGHTS = {
    "dropout", "input_noise", "augmentation", "mixup", "label_smoothing", "gradient_clipping", "early_stopping"
}  # fmt: skip
"""Regularizers that look at no weights."""
RESIDUAL = '''\
class Residual(nn.Sequential):
    """Layers whose output is added to their input."""

    def forward(self, a):
        return a + super().forward(a)
'''


def add_network(script: Script, plan: Plan) -> None:
    """Add ``model``, ``linear`` (its layers with weights) and their first weights."""
    script.add("model = nn.Sequential(", plan.path("network"))
    _add_dropout(script, plan, 0)
    for layer in range(1, len(plan.widths) - 1):
        _add_hidden_layer(script, plan, layer)
    script.add(f"{_linear(plan, len(plan.widths) - 1)},", plan.path("network"), depth=1)
    script.add(")", plan.path("network"))
    script.add("linear = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]")
    if plan.regularizers().keys() - NOT_OF_WEIGHTS:
        script.add("weights = [layer.weight for layer in linear]")
    script.blank()
    if plan.with_weights:
        _add_own_weights(script, plan)
    else:
        _add_initializer(script, plan)


def _linear(plan: Plan, layer: int) -> str:
    fan_in, fan_out = plan.widths[layer - 1 : layer + 1]
    return f"nn.Linear({fan_in}, {fan_out})"


def _add_hidden_layer(script: Script, plan: Plan, layer: int) -> None:
    adds = plan.adds(layer)
    depth = 2 if adds else 1
    if adds:
        script.define(RESIDUAL)
        script.add("Residual(", plan.path("network.residual"), depth=1)
    script.add(f"{_linear(plan, layer)},", plan.path("network.hidden"), depth=depth)
    settings = plan.lane.network.normalization
    normalized = settings is not None and plan.is_normalized(layer)
    steps = POSITIONS[settings.position].steps if settings is not None and normalized else ("activate",)
    for step in steps:
        if step == "activate":
            _add_activation(script, plan, depth)
        else:
            _add_normalization(script, plan, layer, depth)
    if adds:
        script.add("),", plan.path("network.residual"), depth=1)
    _add_dropout(script, plan, layer)


def _add_activation(script: Script, plan: Plan, depth: int) -> None:
    choice, path = plan.lane.network.activation, plan.path("network.activation")
    entry = ACTIVATIONS[choice.name]
    text = entry.code.written(KEY, choice.parameters)
    if not text:
        script.lack(
            f"the activation {entry.label}, {entry.formula}, has no name in PyTorch", path, depth=depth
        )
    if KEY in entry.code.definitions:
        script.define(entry.code.definitions[KEY])
    script.add(f"{text or 'nn.Identity()'},", path, depth=depth)


def _add_normalization(script: Script, plan: Plan, layer: int, depth: int) -> None:
    settings, path = plan.lane.network.normalization, plan.path("network.normalization")
    assert settings is not None
    entry = NORMALIZATIONS[settings.kind]
    text = entry.code.written(KEY, {"width": plan.widths[layer]})
    if text:
        script.add(f"{text},", path, depth=depth)
    else:
        script.lack(
            f"the normalization {entry.label}, {entry.formula}, has no name in PyTorch", path, depth=depth
        )


def _add_dropout(script: Script, plan: Plan, layer: int) -> None:
    rate = plan.rates[layer]
    if rate:
        below = "regularization.dropout" if layer else "regularization.dropout.input_rate"
        script.add(f"nn.Dropout({rate}),", plan.path(below), depth=1)


def _add_initializer(script: Script, plan: Plan) -> None:
    choice, path = plan.lane.network.initializer, plan.path("network.initializer")
    entry = INITIALIZERS[choice.name]
    text = entry.code.written(KEY, choice.parameters)
    if not text:
        script.lack(f"the initializer {entry.label}, {entry.formula}, has no name in PyTorch", path)
        return
    script.add("for layer in linear:", path)
    script.add(text, path, depth=1)


def _add_own_weights(script: Script, plan: Plan) -> None:
    path = plan.path("seed")
    script.comment(
        f"The weights that lane {plan.lane_name} begins with: [inputs, outputs] of each layer.", path
    )
    script.add(f'with np.load("{plan.weights_file}") as initial, torch.no_grad():', path)
    script.add("for number, layer in enumerate(linear, 1):", path, depth=1)
    script.add('layer.weight.copy_(torch.from_numpy(initial[f"W{number}"].T))', path, depth=2)
    script.add('layer.bias.copy_(torch.from_numpy(initial[f"b{number}"]))', path, depth=2)
