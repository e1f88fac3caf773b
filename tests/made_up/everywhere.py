"""An entry is one record in one file: every made-up entry is found by all that works with its family.

``tests.made_up.entries`` holds the records, and must be imported before the program looks at its catalogue:
``pytest -p tests.made_up.entries tests/made_up/everywhere.py``, as ``tests/test_made_up_entries.py`` does.
"""

from __future__ import annotations

import importlib
import json
import logging
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import torch
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

import engine as engine_package
from engine.__main__ import main
from engine.catalogue import Family
from engine.catalogue.input_scalings import INPUT_SCALINGS
from engine.catalogue.losses import LOSSES
from engine.data.scaling import Scaling, feature_values
from engine.experiment import (
    SPLITS,
    TRAINING,
    Experiment,
    ExperimentError,
    Points,
    default_experiment,
    dumps,
    edit_many,
    get,
    loads,
    preset_experiment,
    schema,
    stable_hash,
    switch_generator,
    to_json,
)
from engine.experiment.settings import SweepAxis
from engine.experiment.sweeps.cells import with_sweep
from engine.experiment.sweeps.swept_settings import swept_settings
from engine.export.code import TARGETS, code
from engine.export.summary import summary
from engine.lessons import Measure
from engine.lessons.measuring import Seen
from engine.lessons.quantities import measured
from engine.observation.diagnosis import DataFacts, diagnose
from engine.observation.snapshot import PROBE_INDEX, Snapshot
from engine.training.models import export_lane
from engine.training.trainer import Trainer
from gui_app.canvas.tools import TOOLS
from gui_app.panels.data.data_panel import DataPanel
from gui_app.panels.network.network_panel import NetworkPanel
from gui_app.panels.panel import Panel
from gui_app.panels.regularization.regularization_panel import RegularizationPanel
from gui_app.panels.training.training_panel import TrainingPanel
from gui_app.plots.drawing.probe_plot import ProbePlot
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.tool_settings import ToolSettings
from gui_app.window.main_window import MainWindow
from tests.gui_app.conftest import dialogs, engine, files, library, open_window, settings, still, window
from tests.gui_app.hands import choose, click, type_into
from tests.observing import prediction_of, prediction_request

__all__ = ["dialogs", "engine", "files", "library", "open_window", "settings", "still", "window"]

# The compiler knows no call that only a made-up entry makes.
pytestmark = pytest.mark.expects_log("is replayed, not compiled: a call of it is not compiled")

NET, TRAIN, REG = "lanes.0.network", "lanes.0.training", "lanes.0.regularization"
STOPPING, CLIPPING, NORM = f"{REG}.early_stopping", f"{REG}.gradient_clipping", f"{NET}.normalization"


@dataclass(frozen=True)
class Case:
    """An entry, the setting that chooses it, and data that it is for."""

    key: str
    path: str
    generator: str = "circle"
    parameter: tuple[str, float] | None = None
    """One of its parameters, with another value than its default."""
    value: Any = None
    """What stands at the path when the entry is chosen, where that is not just its key."""
    around: dict[str, Any] = field(default_factory=dict)
    """What else must be set for it."""

    @property
    def changes(self) -> dict[str, Any]:
        value = self.key if self.value is None else self.value
        if self.parameter is not None:
            value = {"name": self.key, self.parameter[0]: self.parameter[1]}
        return {**self.around, self.path: value}

    def experiment(self) -> Experiment:
        start = edit_many(
            switch_generator(default_experiment(), self.generator),
            {"data.generator.points": 60, f"{NET}.hidden": (5, 4)},
        )
        return edit_many(start, self.changes)


CASES = [
    Case("made_up_bend", f"{NET}.activation", parameter=("steepness", 0.7)),
    Case("made_up_start", f"{NET}.initializer", parameter=("reach", 2.5)),
    Case("made_up_norm", f"{NET}.normalization", value={"kind": "made_up_norm"}),
    Case("made_up_batch_norm", f"{NET}.normalization", value={"kind": "made_up_batch_norm"}),
    Case("made_up_radius", f"{NET}.features", value=("x1", "x2", "made_up_radius")),
    Case("made_up_loss", f"{TRAIN}.loss"),
    Case("made_up_loss", f"{TRAIN}.loss", "made_up_bands"),
    Case("made_up_distance", f"{TRAIN}.loss", "sine", parameter=("width", 0.2)),
    Case("made_up_distance", f"{TRAIN}.loss", "made_up_saddle"),
    Case("made_up_optimizer", f"{TRAIN}.optimizer", parameter=("memory", 0.5)),
    Case("made_up_schedule", f"{TRAIN}.schedule", parameter=("half", 5.0)),
    Case("made_up_pull", f"{REG}.made_up_pull", value=0.05),
    Case("made_up_pull", f"{REG}.made_up_pull", "sine", value=0.05),
    Case("made_up_bands", "data.generator.name", "made_up_bands"),
    Case("made_up_roof", "data.generator.name", "made_up_roof"),
    Case("made_up_saddle", "data.generator.name", "made_up_saddle"),
    Case("made_up_absolute", f"{TRAIN}.loss", "sine"),
    Case("made_up_hinge", f"{TRAIN}.loss", "made_up_bands"),
    Case("made_up_scaling", f"{NET}.input_scaling"),
    Case("made_up_scaling", f"{NET}.input_scaling", "sine"),
    Case("made_up_criterion", f"{STOPPING}.criterion", around={STOPPING: {"alpha": 500.0}}),
    Case("made_up_between", f"{NORM}.position", around={NORM: {"kind": "layer"}}),
    Case("made_up_update", f"{REG}.l1_update", around={f"{REG}.l1": 0.003}),
    Case("made_up_clipping", f"{CLIPPING}.kind", around={CLIPPING: {"threshold": 0.5}}),
]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.key} on {case.generator}")


def trained(experiment: Experiment, epochs: int, way: str = "auto") -> Trainer:
    trainer = Trainer(experiment, way=way)
    for _ in range(epochs):
        trainer.train_epoch()
    trainer.measure()
    return trainer


# -- families

WITHOUT: dict[str, str] = {
    "task": "a task is a kind of data with a canvas, tools and plots of its own, which no record alone can add"
}
"""Families without a made-up entry, by name, and the reason."""


def families() -> dict[str, Family[Any]]:
    """All families of the engine, by name, found in its modules."""
    found: dict[str, Family[Any]] = {}
    for module in pkgutil.walk_packages(engine_package.__path__, "engine."):
        if not module.name.endswith("__main__"):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, Family):
                    assert found.setdefault(value.name, value) is value, "two families have one name"
    return found


def test_each_family_has_a_made_up_entry() -> None:
    there = families()
    assert {"loss", "operation", "input scaling", "criterion"} <= there.keys()
    without = {
        name for name, family in there.items() if not any(key.startswith("made_up_") for key in family)
    }
    assert without == WITHOUT.keys(), "add an entry to tests/made_up/, and prove here what it does"


# -- settings


@each_case
def test_it_is_a_setting(case: Case) -> None:
    """It is valid, comes back from JSON, and another experiment than the default; a slip of the pen is told of it."""
    experiment = case.experiment()
    assert loads(dumps(experiment)) == experiment
    assert stable_hash(experiment) != stable_hash(default_experiment())
    if case.parameter is not None:
        assert get(experiment, f"{case.path}.{case.parameter[0]}") == case.parameter[1]
    wrong = json.loads(json.dumps(case.changes).replace(case.key, f"{case.key}x"))
    with pytest.raises(ExperimentError, match=case.key):
        edit_many(experiment, wrong)


@each_case
def test_it_can_be_on_an_axis_of_a_sweep(case: Case) -> None:
    """As a value of the choice, and each of its numbers as a setting of its own."""
    experiment = case.experiment()
    if not case.path.startswith("lanes.0."):
        return
    settings = {setting.key: setting for setting in swept_settings(experiment, 0)}
    path = case.path.removeprefix("lanes.0.")
    chosen = settings.get(path)
    if chosen is not None and chosen.kind == "choice":
        assert case.key in [value for value, _ in chosen.choices]
        assert chosen.get(experiment, 0) == case.key
    if case.parameter is not None:
        assert settings[f"{path}.{case.parameter[0]}"].get(experiment, 0) == case.parameter[1]


def test_a_made_up_regularizer_can_be_on_an_axis() -> None:
    axis = SweepAxis("regularization.made_up_pull", (0.0, 0.5))
    swept = with_sweep(default_experiment(), 0, [axis])
    assert [lane.name for lane in swept.lanes] == ["π 0", "π 0.5"]


@each_case
def test_the_schema_allows_it(case: Case) -> None:
    validator = jsonschema.Draft202012Validator(schema())
    document = to_json(case.experiment())
    validator.validate(document)
    misspelt = json.loads(json.dumps(document).replace(case.key, f"{case.key}x"))
    assert not validator.is_valid(misspelt)


# -- training and what is seen of it


@each_case
def test_it_trains_and_a_replayed_step_is_the_eager_one(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        replayed, eager = (trained(case.experiment(), 4, way) for way in ("replay", "eager"))
    assert not caplog.records, "a step that cannot be replayed is a slow one"
    rows = [trainer.parameters("A")[2] for trainer in (replayed, eager)]
    assert torch.equal(rows[0].view(torch.int32), rows[1].view(torch.int32))
    loss = replayed.runs[0].history.view().loss[:, 0]
    assert np.isfinite(loss).all()
    assert loss[-1] < loss[0]


@each_case
def test_probes_and_diagnosis_look_at_it(case: Case) -> None:
    experiment = case.experiment()
    trainer = trained(experiment, 60)
    (snapshot,) = trainer.lane_snapshots([prediction_request(50)])
    for key in ("weight_gradient", "error", "activation_spread", "weight_norm"):
        assert np.isfinite(snapshot.history.probe(key)[-1, 0])
    assert np.isfinite(prediction_of(snapshot).values).all()
    facts = DataFacts.of(experiment, trainer.points)
    assert 0 < facts.baseline(experiment.lanes[0]) < np.inf
    for finding in diagnose(experiment, 0, trainer.points, snapshot):
        assert finding.title


def test_a_made_up_scaling_scales_inputs_and_targets() -> None:
    """Neither is scaled as by another entry: the extremes of the training points are −1 and 1."""
    case = next(case for case in CASES if case.key == "made_up_scaling" and case.generator == "sine")
    trainer = trained(case.experiment(), 1)
    training = trainer.points.of_split(TRAINING)
    scaling = Scaling.of(trainer.runs[0].lane.network, trainer.points, "curve")
    for scaled in (scaling.inputs(training.xy), scaling.targets(training.target)):
        assert (scaled.min(), scaled.max()) == (pytest.approx(-1.0), pytest.approx(1.0))


def test_a_made_up_criterion_stops_with_its_reason() -> None:
    changes = {"criterion": "made_up_criterion", "alpha": 7.0}
    trainer = trained(edit_many(CASES[0].experiment(), {STOPPING: changes}), 12)
    run = trainer.runs[0]
    assert (run.status, run.stop.epoch, run.stop.reason) == ("stopped", 7, "7 epochs are enough")


SGD = {f"{TRAIN}.optimizer": "sgd", f"{TRAIN}.learning_rate": 0.5, f"{TRAIN}.batch_size": 100}


def one_step(changes: dict[str, Any]) -> tuple[torch.Tensor, torch.Tensor, int]:
    """A lane's parameters before and after a step of SGD, and how many of them are weights."""
    trainer = Trainer(edit_many(CASES[0].experiment(), {**SGD, **changes}))
    layout = trainer.runs[0].layout
    before = trainer.parameters("A")[2][: layout.parameters].clone()
    trainer.step()
    return before, trainer.parameters("A")[2][: layout.parameters].clone(), layout.weights


def test_a_made_up_kind_of_clipping_bounds_a_step() -> None:
    before, free, _ = one_step({})
    _, clipped, _ = one_step({CLIPPING: {"kind": "made_up_clipping", "threshold": 0.01}})
    assert float((free - before).abs().sum()) > 0.01
    assert float((clipped - before).abs().sum()) == pytest.approx(0.5 * 0.01, rel=1e-3)


def test_a_made_up_update_of_l1_takes_the_step_of_its_record() -> None:
    _, free, weights = one_step({})
    _, shrunk, _ = one_step({f"{REG}.l1": 0.01, f"{REG}.l1_update": "made_up_update"})
    expected = free - 0.5 * 0.01 * free.sign()
    torch.testing.assert_close(shrunk[:weights], expected[:weights])
    assert torch.equal(shrunk[weights:], free[weights:])


def test_a_made_up_update_of_l1_is_part_of_the_shown_gradient_and_penalty() -> None:
    """As with the entries that stand in the file, whatever a step makes of it."""
    shown = []
    for update in ("proximal", "made_up_update"):
        changes = {f"{REG}.l1": 0.05, f"{REG}.l1_update": update}
        trainer = Trainer(edit_many(CASES[0].experiment(), changes))
        trainer.measure()
        now = trainer.runs[0].now
        assert now is not None
        shown.append((now.penalty, now.weight_gradient))
        assert trainer.lane_snapshots()[0].clips_cost is False
    assert shown[0][0] == shown[1][0] > 0.0
    np.testing.assert_array_equal(shown[0][1], shown[1][1])


def test_a_made_up_position_orders_normalization_and_activation() -> None:
    changes = {f"{NET}.hidden": (4,), NORM: {"kind": "layer", "position": "made_up_between"}}
    trainer = trained(edit_many(default_experiment(), changes), 2)
    row, layout = trainer.parameters("A")[2], trainer.runs[0].layout
    w, b = layout.weight_slices(), layout.bias_slices()
    (scale,), (shift,) = layout.normalization_slices()
    xy = trainer.points.xy[:7]
    scaling = Scaling.of(trainer.runs[0].lane.network, trainer.points, "classification")
    z = torch.from_numpy(scaling.inputs(xy)) @ row[w[0]].view(2, 4) + row[b[0]]
    normal = torch.nn.functional.layer_norm(z.tanh(), (4,), row[scale], row[shift])
    expected = normal.tanh() @ row[w[1]].view(4, -1) + row[b[1]]
    with torch.no_grad():
        answers = export_lane(trainer, "A")(torch.from_numpy(feature_values(("x1", "x2"), xy)))
    torch.testing.assert_close(answers.float(), expected, rtol=1e-4, atol=1e-5)


def test_a_made_up_probe_measures_layers() -> None:
    case = CASES[0]
    trainer = trained(case.experiment(), 2)
    (snapshot,) = trainer.lane_snapshots()
    layout, row = trainer.runs[0].layout, trainer.parameters("A")[2]
    largest = [float(row[weights].abs().max()) for weights in layout.weight_slices()]
    assert snapshot.history.probe("made_up_largest")[-1].tolist() == pytest.approx(largest)
    positive = snapshot.history.probe("made_up_positive")[-1]
    assert ((positive[:-1] > 0) & (positive[:-1] < 1)).all()
    assert np.isnan(positive[-1]), "the output layer has none"


def test_a_made_up_regularizer_pulls_live_and_says_so() -> None:
    """From the edit on weights are smaller than without it; training goes on, and a mark names the edit."""
    pulled, plain = (trained(CASES[0].experiment(), 3) for _ in range(2))
    step = pulled.runs[0].step
    pulled.set_experiment(edit_many(CASES[0].experiment(), {f"{REG}.made_up_pull": 1.0}))
    assert pulled.runs[0].step == step
    for trainer in (pulled, plain):
        for _ in range(5):
            trainer.train_epoch()
    norms = [trainer.parameters("A")[2].norm() for trainer in (pulled, plain)]
    assert norms[0] < norms[1]
    assert [mark.text for mark in pulled.runs[0].marks.view] == ["pull π 0 → 1"]


def test_a_made_up_penalty_that_is_too_strong_is_diagnosed() -> None:
    """With its phrase and strength, and its usual strength as the cure."""
    experiment = edit_many(CASES[0].experiment(), {f"{REG}.made_up_pull": 10.0})
    trainer = trained(experiment, 100)
    (snapshot,) = trainer.lane_snapshots()
    findings = {one.code: one for one in diagnose(experiment, 0, trainer.points, snapshot)}
    finding = findings["over_regularized"]
    assert finding.numbers.startswith("Pull with π = 10 has shrunk the weights of")
    assert [cure.label for cure in finding.cures] == ["Pull 0.01, restart"]
    assert finding.cures[0].changes["regularization.made_up_pull"] == 0.01


@pytest.mark.parametrize("scaling", INPUT_SCALINGS)
def test_a_made_up_absolute_error_is_shown_in_the_users_units(scaling: str) -> None:
    """In history, baseline and summary; and training makes it as small as that of the median, the best bias."""
    target = np.array([3.0, 3.5, 4.0, 9.0, -1.0])
    alike = Points(np.zeros((5, 2)), target, np.zeros(5, dtype=int))
    changes = {
        "data.points": alike,
        f"{NET}.input_scaling": scaling,
        f"{NET}.hidden": (),
        f"{TRAIN}.loss": "made_up_absolute",
        f"{TRAIN}.optimizer": "sgd",
        f"{TRAIN}.learning_rate": 0.01,
        f"{TRAIN}.batch_size": 5,
        f"{REG}.made_up_pull": 0.001,
    }
    experiment = edit_many(switch_generator(default_experiment(), "made_up_saddle"), changes)
    trainer = trained(experiment, 1)
    with torch.no_grad():
        answers = export_lane(trainer, "A")(torch.from_numpy(feature_values(("x1", "x2"), alike.xy)))
    by_hand = np.abs(answers.numpy()[:, 0] - target).mean()
    history = trainer.runs[0].history.view()
    assert history.loss[-1, 0] == pytest.approx(by_hand, rel=1e-5)
    best = np.abs(target - np.median(target)).mean()
    facts = DataFacts.of(experiment, trainer.points)
    assert facts.baseline(experiment.lanes[0]) == pytest.approx(best, rel=1e-5)
    for _ in range(900):
        trainer.train_epoch()
    trainer.measure()
    assert trainer.runs[0].history.view().loss[:, 0].min() == pytest.approx(best, abs=0.05)
    now = trainer.runs[0].now
    assert now is not None
    row = trainer.parameters("A")[2].double()
    unit = Scaling.of(experiment.lanes[0].network, trainer.points, "surface").target_scale
    assert now.penalty == pytest.approx(0.001 * float(row.cosh().log().sum()) * unit, rel=1e-4)
    (lane,) = summary(trainer.lane_snapshots(), [901], experiment, trainer.points)["lanes"]
    assert lane["loss_unit"] == unit
    assert lane["cost"] == pytest.approx(now.loss[0] + now.penalty)


def test_label_smoothing_is_refused_where_a_loss_gives_it_no_meaning() -> None:
    case = next(case for case in CASES if case.key == "made_up_hinge")
    with pytest.raises(ExperimentError, match="the made_up_hinge loss has no class probabilities to smooth"):
        edit_many(case.experiment(), {f"{REG}.label_smoothing": 0.1})


def test_a_made_up_penalty_is_part_of_the_cost() -> None:
    """Of the shown penalty and cost, of the measured gradients, and of the gradient that a step follows."""
    strength, rate = 0.05, 0.1
    changes = {f"{REG}.made_up_pull": strength, f"{TRAIN}.learning_rate": rate, f"{TRAIN}.batch_size": 100}
    sgd = {f"{TRAIN}.optimizer": "sgd", "data.split.validation": 0.0}
    plain = edit_many(CASES[0].experiment(), {**changes, **sgd, f"{REG}.made_up_pull": 0.0})
    trainers = [trained(plain, 3) for _ in range(2)]
    trainers[0].set_experiment(edit_many(plain, changes))
    before = trainers[0].parameters("A")[2][: trainers[0].runs[0].layout.parameters].clone()
    trainers[0].measure()
    now = trainers[0].runs[0].now
    assert now is not None
    assert now.penalty == pytest.approx(strength * float(before.double().cosh().log().sum()), rel=1e-5)
    assert now.cost == now.loss[0] + now.penalty
    for trainer in trainers:
        trainer.step()
    pulled, free = (trainer.parameters("A")[2][: len(before)] for trainer in trainers)
    torch.testing.assert_close((free - pulled) / rate, strength * before.tanh(), rtol=1e-3, atol=1e-5)
    gradient, layout = (before - pulled) / rate, trainers[0].runs[0].layout
    weights = [float(gradient[layer].norm()) for layer in layout.weight_slices()]
    biases = [float(gradient[layer].norm()) for layer in layout.bias_slices()]
    assert now.weight_gradient == pytest.approx(weights, rel=1e-4)
    assert now.bias_gradient == pytest.approx(biases, rel=1e-4)


# -- lessons


@pytest.mark.parametrize("split", SPLITS)
def test_a_made_up_quantity_is_measured_for_a_claim(split: str) -> None:
    experiment = CASES[0].experiment()
    trainer = trained(experiment, 3)
    (network,) = trainer.lane_snapshots()
    measure = Measure(quantity="made_up_first_loss", split=split)
    seen = Seen(network, experiment.lanes[0], experiment.data, measure)
    assert measured(seen) == trainer.runs[0].history.view().loss[0, SPLITS.index(split)]


# -- files and the command line


@each_case
def test_the_command_line_trains_and_exports_it(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start, out = tmp_path / "start.sketch.json", tmp_path / "out"
    plain = edit_many(switch_generator(default_experiment(), case.generator), {"data.generator.points": 60})
    start.write_text(dumps(plain), encoding="utf-8")
    settings = [f"--set={path}={json.dumps(value)}" for path, value in case.changes.items()]
    assert main(["run", str(start), "--epochs", "3", "--json", "--out", str(out), *settings]) == 0
    outcome = json.loads(capsys.readouterr().out)
    assert outcome["lanes"][0]["epochs"] == 3
    assert loads((out / "experiment.sketch.json").read_text("utf-8")) == edit_many(plain, case.changes)
    assert main(["validate", str(out / "experiment.sketch.json")]) == 0
    model = torch.load(out / "model-A.pt", weights_only=True)
    assert all(part.isfinite().all() for part in model.values())
    assert "made_up_largest" in (out / "layers.csv").read_text("utf-8").splitlines()[0]
    assert len((out / "metrics.csv").read_text("utf-8").splitlines()) == 5


@each_case
def test_an_exported_model_answers_as_the_network_does(case: Case) -> None:
    """Its losses are those that the history shows."""
    trainer = trained(case.experiment(), 3)
    run, data, task = trainer.runs[0], case.experiment().data, case.experiment().data.task
    training = trainer.points.of_split(TRAINING)
    scaling = Scaling.of(run.lane.network, trainer.points, task)
    features = feature_values(run.lane.network.features, training.xy)
    with torch.no_grad():
        answers = export_lane(trainer, "A")(torch.from_numpy(features))
    target = training.target if task == "classification" else scaling.targets(training.target)
    loss, parameters = LOSSES[run.lane.training.loss.name], run.lane.training.loss.parameters
    encoded = torch.from_numpy(loss.encode(target, task, data.classes))
    scaled = ((answers - scaling.target_shift) / scaling.target_scale).float()[None]
    mean = float(loss.per_point(scaled, encoded, task=task, **parameters).mean()) * scaling.loss_unit(loss)
    assert mean == pytest.approx(run.history.view().loss[-1, 0], rel=1e-4)


IN_SCRIPTS = {"made_up_bands", "made_up_roof", "made_up_saddle", "made_up_scaling", "made_up_between"}
"""What any script has without a word for it: points, numbers of a scaling, the order of layers."""


@each_case
@pytest.mark.parametrize("target", TARGETS)
def test_a_script_has_it_or_says_that_it_has_not(case: Case, target: str) -> None:
    """In the words of the library that its record brings, or by its name and formula in a comment."""
    entry = next(entry for family in families().values() for key, entry in family.items() if key == case.key)
    text = code(case.experiment(), target)
    compile(text, case.key, "exec")
    named = [line for line in text.splitlines() if line.lstrip().startswith("#") and entry.label in line]
    if entry.code.of(target):
        assert entry.code.written(target, dict([case.parameter or ("", 0.0)])).split("\n")[0] in text
        assert not named
    elif case.key not in IN_SCRIPTS:
        assert any(entry.formula in line for line in named)


def test_a_made_up_example_can_be_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "--preset", "made-up-preset"]) == 0
    assert loads(capsys.readouterr().out) == preset_experiment("made_up_preset")


# -- the window


def press_feature(panel: Panel, case: Case) -> None:
    assert isinstance(panel, NetworkPanel)
    click(panel.chips[case.key])


def switch_on(panel: Panel, case: Case) -> None:
    assert isinstance(panel, RegularizationPanel)
    click(panel.cards[case.key].switch)


def press_chip(panel: Panel, case: Case) -> None:
    click(control_of(panel, case.path).buttons[case.key])


CHOSEN_BY: dict[str, Callable[[Panel, Case], None]] = {
    f"{NET}.features": press_feature,
    f"{REG}.made_up_pull": switch_on,
    f"{STOPPING}.criterion": press_chip,
    f"{NORM}.position": press_chip,
    f"{REG}.l1_update": press_chip,
    f"{CLIPPING}.kind": press_chip,
    f"{NET}.normalization": press_chip,
    "data.generator.name": lambda panel, case: click(control_of(panel, case.path).thumbnails[case.key]),
}
"""How a person chooses what has no list to choose from."""


@each_case
def test_a_person_chooses_it_in_its_panel(case: Case, qtbot: QtBot) -> None:
    """With its own sliders, where it has parameters; and takes the choice back."""
    document = Document()
    if not case.path.startswith("data"):
        start = switch_generator(document.experiment, case.generator)
        document.replace(edit_many(start, case.around), "start")
    before, panel = document.experiment, panel_of(case, document)
    qtbot.addWidget(panel)
    panel.resize(300, 1200)
    panel.show()
    CHOSEN_BY.get(case.path, lambda panel, case: choose(control_of(panel, case.path), case.key))(panel, case)
    assert document.experiment != before
    assert f'"{case.key}"' in dumps(document.experiment)
    if case.parameter is not None:
        key, value = case.parameter
        type_into(control_of(panel, f"{case.path}.{key}").number, str(value))
        assert get(document.experiment, f"{case.path}.{key}") == value
        document.stack.undo()
    document.stack.undo()
    assert document.experiment == before


def control_of(panel: Panel, path: str) -> Any:
    """The control of the setting at a path of the experiment."""
    return next(control for below, control in panel.controls.items() if panel.path(below) == path)


def panel_of(case: Case, document: Document) -> Panel:
    if case.path.startswith("data"):
        return DataPanel(document, ToolSettings(), TOOLS)
    kinds = {REG: RegularizationPanel, NET: NetworkPanel, TRAIN: TrainingPanel}
    kind = next(kind for start, kind in kinds.items() if case.path.startswith(start))
    return kind(document, CurrentLane(document))


TOGETHER = {
    "circle": [0, 1, 2, 4, 5, 9, 10, 11],
    "made_up_roof": [0, 1, 3, 7, 9, 10],
    "made_up_saddle": [0, 1, 2, 4, 8, 9, 10],
}
"""Cases that go together on some data."""


@pytest.mark.parametrize("generator", TOGETHER)
def test_the_window_trains_and_shows_them_all_at_once(
    generator: str, window: MainWindow, qtbot: QtBot
) -> None:
    """Canvas, plots and panels draw; each made-up probe is shown in a plot."""
    experiment = edit_many(
        switch_generator(default_experiment(), generator),
        {"data.generator.points": 60, f"{NET}.hidden": (5, 4)},
    )
    changes = {path: value for n in TOGETHER[generator] for path, value in CASES[n].changes.items()}
    window.document.replace(edit_many(experiment, changes), "everything made up", other_data=True)
    click(window.transport.play)
    for plot in window.dock_layout.plots:
        if isinstance(plot, ProbePlot):
            choose(plot.box, "made_up_largest")
    qtbot.waitUntil(lambda: window.link.latest is not None and epoch_of(window.link.latest) >= 5)
    click(window.transport.play)
    qtbot.waitUntil(lambda: window.link.settled)
    values = window.link.latest.lanes[0].now.layers
    assert np.isfinite(values[PROBE_INDEX["made_up_largest"]]).all()
    assert [plot.box.key() for plot in window.dock_layout.plots if isinstance(plot, ProbePlot)] == [
        "made_up_largest"
    ] * 2


def epoch_of(snapshot: Snapshot) -> int:
    return snapshot.lanes[0].now.epoch if snapshot.lanes else 0


def test_a_made_up_example_is_in_the_menu(still: MainWindow) -> None:
    (action,) = (action for action in still.findChildren(QAction) if action.text() == "Made-up example")
    action.trigger()
    assert still.document.experiment.lanes == preset_experiment("made_up_preset").lanes


def test_a_made_up_operation_is_in_the_menu_and_one_undo_step(still: MainWindow) -> None:
    before = still.document.points
    action = next(action for action in still.findChildren(QAction) if action.text() == "Exchange axes")
    action.trigger()
    np.testing.assert_array_equal(still.document.points.xy, before.xy[:, ::-1])
    still.document.stack.undo()
    assert still.document.points == before
