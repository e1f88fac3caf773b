"""A lane as a script for Keras 3."""

from __future__ import annotations

from engine.export.code.data_section import add_data, targets_expression
from engine.export.code.keras_network import add_network
from engine.export.code.keras_training import add_training
from engine.export.code.plan import Plan
from engine.export.code.script import Script

KEY = "keras"


def write(script: Script, plan: Plan) -> None:
    """Add the whole script.

    Parameters
    ----------
    script
        Still empty.
    plan
        The lane, and what follows from its settings.
    """
    script.need("import keras")
    script.add(f"keras.utils.set_random_seed({plan.lane.seed})", plan.path("seed"))
    if plan.lane.repeats > 1:
        seeds = f"{plan.lane.seed} to {plan.lane.seed + plan.lane.repeats - 1}"
        script.lack(f"one network trains, not one for each of the seeds {seeds}", plan.path("repeats"))
    script.blank()
    add_data(script, plan, KEY)
    script.add(f"target = {targets_expression(plan)}", plan.path("training.loss"))
    script.add("x = {name: inputs(xy[split == name]) for name in splits}")
    script.add("y = {name: target[split == name] for name in splits}")
    script.blank()
    add_network(script, plan)
    add_training(script, plan)
