"""What is declared once has no second place: everything follows the declaration, here in a process with another one."""

from __future__ import annotations

import subprocess
import sys

from engine.catalogue.generators import GENERATORS
from engine.catalogue.losses import LOSSES, applies
from engine.catalogue.tasks import TASKS
from engine.experiment import default_experiment, from_json, switch_task, without_drawings

OTHER_CANVAS = """
from engine.catalogue import canvas
canvas.CANVAS = 5.0
import numpy as np
from engine.catalogue.features import FEATURES
from engine.experiment.settings import ExtentSettings
from engine.catalogue.generators import GENERATORS
from engine.catalogue.regularizers import INPUT_NOISE, SHIFT
from engine.catalogue.tasks import TASKS
from engine.data import axes, fit
from engine.experiment import Points
from engine.observation import CANVAS_EXTENT
from gui_app.canvas.layers.axis_labels import TICKS, axis_ticks
from gui_app.canvas.view import viewport

assert CANVAS_EXTENT == (-5, 5, -5, 5)
far = Points(np.full((10, 2), 1e6), np.zeros(10), np.zeros(10))
assert fit.describe_misfit(far, "classification") == "reach far beyond −5 to 5"
assert (FEATURES["x1"].bound, FEATURES["x1_x2"].bound) == (5, 25)
assert ExtentSettings().x == ExtentSettings().y == (-5, 5)
assert (INPUT_NOISE.high, SHIFT.high, TASKS["curve"].target_bound) == (5, 5, 5)
xy, _ = GENERATORS["plane"].function(500, 0.0, np.random.default_rng(0))
assert 4.9 < np.abs(xy).max() <= 5
assert [text for _, text in TICKS] == ["−5", "−2.5", "0", "2.5", "5"]
assert (axes.REACH, viewport.LOW, viewport.HIGH) == (5, -5, 5)
seen = viewport.Viewport.fitted(200, 200)
assert seen.extent == CANVAS_EXTENT
assert axis_ticks(seen) == (TICKS, TICKS)
assert viewport.inside(np.array([[5.0, -5.0], [5.1, 0.0]])).tolist() == [True, False]
"""


def test_the_canvas_reaches_as_far_as_one_number_says() -> None:
    subprocess.run([sys.executable, "-c", OTHER_CANVAS], check=True)


def test_a_new_experiment_has_what_its_task_declares() -> None:
    """Read from a file that leaves it out, and chosen by hand."""
    for key, task in TASKS.items():
        read = from_json({"format": default_experiment().format, "data": {"task": key}})
        switched = switch_task(default_experiment(), key)
        for experiment in (read, switched):
            (lane,) = experiment.lanes
            assert experiment.data.generator.name == task.generator
            assert lane.training.loss.name == task.loss
            assert lane.network.features == task.features
        assert read == without_drawings(switched)


def test_the_usual_loss_and_data_of_a_task_fit_it() -> None:
    for key, task in TASKS.items():
        assert GENERATORS[task.generator].task == key
        assert all(applies(LOSSES[task.loss], key, classes) for classes in range(2, 11))
