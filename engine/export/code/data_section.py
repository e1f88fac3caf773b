"""The part of a script that all libraries share: points, their splits, features, scaling and targets, in NumPy."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from engine.catalogue.features import FEATURES
from engine.catalogue.input_scalings import INPUT_SCALINGS
from engine.data.tables import COLUMNS
from engine.data.tables.labels import written_labels
from engine.experiment.class_looks import file_labels
from engine.experiment.points import TRAINING
from engine.export.code.plan import Plan
from engine.export.code.script import Script

DATA_FILE = "data.csv"


def add_data(script: Script, plan: Plan, library: str) -> None:
    """Add what reads the points and scales them.

    The script then has ``xy`` [n, 2], ``target`` [n] and ``split`` [n] of all points; ``splits``, the names of those
    that have points; ``inputs(xy)``, which returns scaled features; and for regression ``target_scale``. Features and
    scaling are what the catalogue calls them for this ``library``, in NumPy.
    """
    script.need("import csv", "import numpy as np")
    _add_reading(script, plan)
    _add_features(script, plan, library)
    _add_scaling(script, plan, library)


def targets_expression(plan: Plan) -> str:
    """Return what makes of ``target`` the targets [n, outputs] that the lane's loss takes, float32."""
    known = plan.loss.codes.get(plan.data.task)
    usual = "np.eye({classes})[target]" if plan.classifies else "target[:, None]"
    expression = usual if known is None else known.targets
    text = expression.format_map({"classes": plan.data.classes})
    return f"{text if text.endswith(']') else f'({text})'}.astype(np.float32)"


def add_unit(script: Script, plan: Plan) -> str:
    """Return what the losses of scaled targets are multiplied by, as text that follows; empty where that is 1."""
    if plan.scaling.loss_unit(plan.loss) == 1.0:
        return ""
    script.add(f"unit = target_scale**{plan.loss.degree}  # losses are shown in the units of the data")
    return " * unit"


def _add_reading(script: Script, plan: Plan) -> None:
    columns, task = COLUMNS[plan.data.task], plan.data.task
    first, second = columns[:2]
    script.comment("Data: position, target and split of each point.", "data")
    script.add(f'with open("{DATA_FILE}", encoding="utf-8", newline="") as file:', "data")
    script.add("rows = list(csv.DictReader(file))", "data", depth=1)
    script.add(f'xy = np.array([[float(row["{first}"]), float(row["{second}"])] for row in rows])', "data")
    if task == "curve":
        script.add(f'target = np.array([float(row["{second}"]) for row in rows])', "data")
    elif task == "classification":
        _add_classes(script, plan)
    else:
        script.add(f'target = np.array([float(row["{columns[2]}"]) for row in rows])', "data")
    script.add('split = np.array([row["split"] for row in rows])', "data.split")
    script.add(f"splits = {plan.splits!r}".replace("'", '"'), "data.split")


def _add_classes(script: Script, plan: Plan) -> None:
    labels = file_labels(plan.data)
    if not labels:
        script.add('target = np.array([int(row["class"]) - 1 for row in rows])', "data")
        return
    present = {labels[int(number)] for number in plan.points.target}
    written = written_labels(label for label in labels if label in present)
    names = [written.get(label, label) for label in labels]
    script.add(f"classes = {names!r}", "data.class_names")
    script.add('target = np.array([classes.index(row["class"]) for row in rows])', "data.class_names")


def _add_features(script: Script, plan: Plan, library: str) -> None:
    entries = [FEATURES[key] for key in plan.lane.network.features]
    path, sheet = plan.path("network.features"), plan.scaling.sheet
    bent = [entry for entry in entries if not entry.straight]
    script.blank(2)
    script.add("def features(xy):", path)
    script.add('"""What the network is fed, before it is scaled."""', path, depth=1)
    script.add("x1, x2 = xy.T", path, depth=1)
    on_sheet = bool(bent) and not sheet.is_default
    if on_sheet:
        script.comment("Where a point lies on a sheet that goes from -6 to 6.", path, depth=1)
        text = "u1, u2 = (x1 - {!r}) / {!r}, (x2 - {!r}) / {!r}"
        numbers = (sheet.x_middle, sheet.x_unit, sheet.y_middle, sheet.y_unit)
        script.add(text.format(*map(float, numbers)), path, depth=1)
    parts = []
    for entry in entries:
        code = entry.code.of(library)
        if not code:
            script.lack(f"the feature {entry.label} = {entry.formula} is 0 here", path, depth=1)
        elif on_sheet and not entry.straight:
            code = re.sub(r"\bx([12])\b", r"u\1", code)
        parts.append(code or "0 * x1")
    script.add(f"return np.stack([{', '.join(parts)}], 1)", path, depth=1)
    script.blank(2)


def _add_scaling(script: Script, plan: Plan, library: str) -> None:
    network, scaling = plan.lane.network, plan.scaling
    path, entry = plan.path("network.input_scaling"), INPUT_SCALINGS[network.input_scaling]
    training, known = plan.points.of_split(TRAINING), entry.code.of(library)
    trained = 'split == "training"'
    script.comment(f"Scaling: {entry.label}, {entry.formula}.", path)
    # Of equal values a deviation is not taken: the experiment divides by 1.
    varied = (scaling.input_scale != 1.0).all()
    if known and len(training) and varied:
        script.add(f"shown = features(xy[{trained}])", path)
        script.add(f"shift, scale = {known.format_map({'values': 'shown'})}", path)
    else:
        script.add(f"shift, scale = {_array(scaling.input_shift)}, {_array(scaling.input_scale)}", path)
    if not plan.classifies:
        if known and len(training) and scaling.target_scale != 1.0:
            numbers = known.format_map({"values": f"target[{trained}]"})
        else:
            numbers = f"{scaling.target_shift!r}, {scaling.target_scale!r}"
        script.add(f"target_shift, target_scale = {numbers}", path)
        script.add("target = (target - target_shift) / target_scale", path)
    script.blank(2)
    script.add("def inputs(xy):", path)
    script.add('"""The scaled features of positions [n, 2]."""', path, depth=1)
    script.add("return ((features(xy) - shift) / scale).astype(np.float32)", path, depth=1)
    script.blank(2)


def _array(values: Iterable[float]) -> str:
    return f"np.array({[float(value) for value in np.asarray(values)]!r})"
