"""Experiments that differ from a small one in one thing each: what there is to choose from, once."""

from __future__ import annotations

from typing import Any

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.clipping_kinds import CLIPPING_KINDS
from engine.catalogue.features import FEATURES
from engine.catalogue.initializers import INITIALIZERS
from engine.catalogue.input_scalings import INPUT_SCALINGS
from engine.catalogue.l1_updates import L1_UPDATES
from engine.catalogue.losses import LOSSES
from engine.catalogue.normalizations import NORMALIZATIONS, POSITIONS
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.schedules import SCHEDULES
from engine.catalogue.tasks import TASKS

EPOCHS = 5
NET, TRAIN, REG = "lanes.0.network", "lanes.0.training", "lanes.0.regularization"
SGD = {f"{TRAIN}.optimizer": "sgd", f"{TRAIN}.learning_rate": 0.05}
"""Before batch normalization a bias has no gradient, so that Adam would follow the rounding errors of it."""
AWAY = {"data.extent": {"x": [-5.0, 8.0], "y": [-10.0, 4.0], "value": [-2.0, 3.0]}}
BENT = {f"{NET}.features": ["x1", "x1_squared", "sin_x1"]}

Case = tuple[dict[str, Any], str]


def cases() -> dict[str, Case]:
    """By name, the changes of a small experiment, and its task."""
    found: dict[str, Case] = {}

    def add(name: str, changes: dict[str, Any], task: str = "classification") -> None:
        found[name] = changes, task

    for key in ACTIVATIONS:
        add(f"activation {key}", {f"{NET}.activation": key})
    for key in INITIALIZERS:
        add(f"initializer {key}", {f"{NET}.initializer": key})
    for key in OPTIMIZERS:
        add(f"optimizer {key}", {f"{TRAIN}.optimizer": key})
        for update in L1_UPDATES:
            add(
                f"L1 {update} with {key}",
                {f"{TRAIN}.optimizer": key, f"{REG}.l1": 0.01, f"{REG}.l1_update": update},
            )
    for key, entry in SCHEDULES.items():
        soon = {parameter.key: 2 for parameter in entry.parameters if parameter.integer}
        add(
            f"schedule {key}",
            {f"{TRAIN}.schedule": {"name": key, **soon}, f"{TRAIN}.learning_rate": 0.1},
            "curve",
        )
    for key, loss in LOSSES.items():
        for task in loss.tasks:
            add(f"loss {key} of {task}", {f"{TRAIN}.loss": key}, task)
    for key in INPUT_SCALINGS:
        for task in TASKS:
            add(f"scaling {key} of {task}", {f"{NET}.input_scaling": key, **BENT, **AWAY}, task)
    add("features", {f"{NET}.features": list(FEATURES)})
    for kind in NORMALIZATIONS:
        for position in POSITIONS:
            normal = {"kind": kind, "position": position, "layers": [2]}
            add(f"{kind} normalization {position}", {f"{NET}.normalization": normal, **SGD})
    add("a batch of one point", {f"{NET}.normalization": {"kind": "batch"}, f"{TRAIN}.batch_size": 29, **SGD})
    add("residual", {f"{NET}.hidden": [5, 5, 5], f"{NET}.residual": True, f"{NET}.normalization": {}, **SGD})
    add("no hidden layer", {f"{NET}.hidden": []})
    for key in CLIPPING_KINDS:
        add(
            f"clipping by {key}",
            {f"{REG}.gradient_clipping": {"kind": key, "threshold": 0.02}, **SGD},
            "surface",
        )
    for key, strength in {"l2": 0.01, "weight_decay": 0.5, "max_norm": 0.5, "label_smoothing": 0.2}.items():
        add(key, {f"{REG}.{key}": strength})
    rates = {f"{TRAIN}.layer_rates": [4.0, 0.25, 1.0]}
    add("rates of layers", rates)
    add("rates of normalized layers", {**rates, f"{NET}.normalization": {"kind": "batch"}, **SGD})
    add("rates of layers, and decay", {**rates, f"{REG}.weight_decay": 0.5})
    add("rates of layers, and L1", {**rates, f"{REG}.l1": 0.01, f"{REG}.l1_update": "proximal"})
    add("class names", {"data.class_names": ["cat", "=dog"]})
    add("three classes", {"data.generator.name": "three_spirals", "data.classes": 4})
    return found


CASES = cases()
