"""The boundary grid: where its cells lie, and that they show what the exported model answers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from engine.catalogue.tasks import TASKS
from engine.data.scaling import feature_values
from engine.network import draws
from engine.network.dropout import draw_masks, draw_uniforms
from engine.observation import CANVAS_EXTENT
from engine.observation.observables import UNCERTAINTY, Grid
from engine.observation.predict import PASSES, cell_centres, curve_grid
from engine.training.models import export_lane
from tests.engine.helpers import experiment, lane, torch_network, trained, with_lanes
from tests.observing import observed, predicted, prediction_of, prediction_request

EXTENT = (-3.0, 5.0, -2.0, 8.0)


def test_cells_go_row_by_row_from_the_lower_left_corner() -> None:
    assert cell_centres(2, EXTENT).tolist() == [[-1.0, 0.5], [3.0, 0.5], [-1.0, 5.5], [3.0, 5.5]]
    assert cell_centres(1, EXTENT).tolist() == [[1.0, 3.0]]


def test_a_curve_goes_from_edge_to_edge() -> None:
    assert curve_grid(5, EXTENT)[:, 0].tolist() == [-3.0, -1.0, 1.0, 3.0, 5.0]


@pytest.mark.parametrize("task", list(TASKS))
@pytest.mark.parametrize("scaling", ["none", "unit", "standardize"])
@pytest.mark.parametrize("activation", ["tanh", "silu"])
def test_values_are_those_of_the_exported_model(task: str, scaling: str, activation: str) -> None:
    changes = {"lanes.0.network.input_scaling": scaling, "lanes.0.network.activation": activation}
    settings = experiment(changes, task=task)
    trainer = trained(settings, 2)
    size = 7
    prediction = prediction_of(trainer.lane_snapshots([prediction_request(size, EXTENT)])[0])
    assert prediction.extent == EXTENT
    # A probability needs no more digits than single precision has; a height may share a large offset with others.
    assert prediction.values.dtype == (np.float32 if task == "classification" else np.float64)
    xs = -3 + (np.arange(size) + 0.5) * 8 / size if task != "curve" else np.linspace(-3, 5, size)
    ys = -2 + (np.arange(size) + 0.5) * 10 / size if task != "curve" else [0.0]
    xy = np.array([(x, y) for y in ys for x in xs])
    features = feature_values(settings.lanes[0].network.features, xy)
    with torch.no_grad():
        output = export_lane(trainer, "A")(torch.tensor(features, dtype=torch.float32))
    answers = output.softmax(1) if task == "classification" else output
    shape = {"classification": (size, size, 2), "surface": (size, size), "curve": (size,)}[task]
    np.testing.assert_allclose(prediction.values, answers.view(shape).numpy(), rtol=1e-4, atol=1e-5)


def test_row_0_is_at_y_low_and_column_0_at_x_low() -> None:
    """A linear network that has learned the plane x1 + 10·x2 shows which way is up."""
    settings = experiment(
        {"lanes.0.network.hidden": [], "lanes.0.network.input_scaling": "none"}, task="surface"
    )
    trainer = trained(settings, 1)
    group, _ = trainer.lanes.stacks.find("A")
    group.network.flat.copy_(torch.tensor([1.0, 10.0, 0.0]))
    values = predicted(trainer, 3, (0.0, 3.0, 0.0, 3.0))["A"].values
    np.testing.assert_allclose(values, [[5.5, 6.5, 7.5], [15.5, 16.5, 17.5], [25.5, 26.5, 27.5]], rtol=1e-6)


def test_two_classes_with_one_output_have_two_probabilities() -> None:
    trainer = trained(experiment({"lanes.0.training.loss": "playground"}), 1)
    prediction = predicted(trainer, 4)["A"]
    assert prediction.values.shape == (4, 4, 2)
    np.testing.assert_allclose(prediction.values.sum(-1), 1.0, rtol=1e-6)


def test_nobody_watching_nothing_predicted() -> None:
    assert trained(experiment(), 1).lane_snapshots()[0].observed == {}


# -- Monte-Carlo dropout

DROPPING = {"lanes.0.regularization.dropout": {"rate": 0.4, "layers": "all", "input_rate": 0.1}}


@pytest.mark.parametrize("task", list(TASKS))
def test_uncertainty_is_the_deviation_over_passes_with_dropout(task: str) -> None:
    """Against a loop over torch.nn networks whose activations are masked by hand."""
    trainer = trained(experiment(DROPPING, task=task), 3)
    run, data, row = trainer.parameters("A")
    deviations = observed(trainer, UNCERTAINTY, Grid(12))["A"].deviations
    assert deviations.shape == ((6,) if task == "curve" else (6, 6))
    group, index = trainer.lanes.stacks.find("A")
    grid = torch.from_numpy(
        data.scaling.inputs(
            curve_grid(6, CANVAS_EXTENT) if task == "curve" else cell_centres(6, CANVAS_EXTENT)
        )
    )
    linear = [part for part in torch_network(run.layout.widths, "tanh", row) if isinstance(part, nn.Linear)]
    answers = []
    rates, widths = group.part([index])[1], run.layout.widths
    for drawn in torch.from_numpy(draw_uniforms(rates, widths, 0, draws.UNCERTAINTY, 0, (PASSES, 1))):
        masks = draw_masks(rates, widths, drawn)
        hidden = grid * masks[0][0]
        for layer, mask in zip(linear[:-1], masks[1:], strict=True):
            hidden = torch.tanh(layer(hidden)) * mask[0]
        answers.append(data.predict(linear[-1](hidden)).detach().double().numpy())
    spread = np.std(answers, axis=0).max(-1)
    if task != "classification":
        spread = spread * data.scaling.target_scale
    np.testing.assert_allclose(deviations.ravel(), spread, atol=2e-3)
    assert spread.max() > 0.01


def test_uncertainty_is_there_only_when_asked_for_and_with_dropout() -> None:
    plain, dropping = lane("A"), lane("B", {"regularization.dropout": {"rate": 0.5}})
    trainer = trained(with_lanes(experiment(), plain, dropping), 1)
    asked = observed(trainer, UNCERTAINTY, Grid(10))
    assert set(asked) == {"B"}
    assert all(
        UNCERTAINTY.of(seen) is None for seen in trainer.observer.observe([prediction_request(10)]).values()
    )
    again = observed(trainer, UNCERTAINTY, Grid(10))["B"]
    assert again.deviations.tobytes() == asked["B"].deviations.tobytes(), "the picture does not flicker"
