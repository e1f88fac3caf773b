"""A lane as a script for PyTorch."""

from __future__ import annotations

from engine.export.code.data_section import add_data, targets_expression
from engine.export.code.plan import Plan
from engine.export.code.script import Script
from engine.export.code.torch_network import add_network
from engine.export.code.torch_training import add_training

KEY = "torch"


def write(script: Script, plan: Plan) -> None:
    """Add the whole script.

    Parameters
    ----------
    script
        Still empty.
    plan
        The lane, and what follows from its settings.
    """
    script.need("import torch", "from torch import nn")
    script.add(f"torch.manual_seed({plan.lane.seed})", plan.path("seed"))
    if plan.lane.repeats > 1:
        seeds = f"{plan.lane.seed} to {plan.lane.seed + plan.lane.repeats - 1}"
        script.lack(f"one network trains, not one for each of the seeds {seeds}", plan.path("repeats"))
    script.blank()
    add_data(script, plan, KEY)
    script.add(f"target = {targets_expression(plan)}", plan.path("training.loss"))
    script.add("x = {name: torch.from_numpy(inputs(xy[split == name])) for name in splits}")
    script.add("y = {name: torch.from_numpy(target[split == name]) for name in splits}")
    script.blank()
    add_network(script, plan)
    add_training(script, plan)
