"""Files of format neural-sketchbook/3, as its last version wrote them: they open for ever.

``tests/corpus/format-3`` holds them; nothing writes them again.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine.experiment import default_experiment, dumps, loads
from engine.experiment.document import loads_sketch
from engine.training.trainer import Trainer

OLD = Path(__file__).parents[1] / "corpus" / "format-3"
LOSSES = [
    [
        [0.7970042824745178, 0.6842531561851501, 0.8387206792831421],
        [0.7889170746008555, 0.6914916634559631, 0.8121725916862488],
        [0.7808212637901306, 0.6816151142120361, 0.8106026649475098],
        [0.7732988695303599, 0.678507387638092, 0.7996155023574829],
    ],
    [
        [0.974041223526001, 0.6768880486488342, 1.076303243637085],
        [0.9612720410029093, 0.6949875950813293, 1.0358277559280396],
        [0.9478164315223694, 0.6849915385246277, 1.0329921245574951],
        [0.9357962508996328, 0.6807791590690613, 1.0187952518463135],
    ],
    [
        [0.7970042824745178, 0.6842531561851501, 0.8387206792831421],
        [0.7893895904223124, 0.6965646147727966, 0.8108323812484741],
        [0.7817731002966563, 0.6890475153923035, 0.8110222816467285],
        [0.7747694651285807, 0.6917238235473633, 0.7990458011627197],
    ],
]
"""Training, validation and test losses of the runs of all networks, as the former version measured them."""


def test_a_former_document_opens_as_before() -> None:
    assert loads((OLD / "generated.sketch.json").read_bytes()) == default_experiment()
    drawn = loads((OLD / "drawn.sketch.json").read_bytes())
    first, second = drawn.lanes
    assert (first.colour, first.repeats, first.hidden, first.muted) == (3, 2, False, False)
    assert (second.name, second.hidden, second.muted) == ("with L2", True, True)
    assert second.regularization.dropout.rates == (0.25,)
    assert second.training.schedule.to_json() == {"name": "step", "every": 20}
    assert drawn.sweep is None
    assert all(lane.cell is None and lane.training.layer_rates is None for lane in drawn.lanes)


@pytest.mark.parametrize("name", ["generated.sketch.json", "drawn.sketch.json", "trained.sketch.json"])
def test_what_is_written_says_its_present_format(name: str) -> None:
    content = (OLD / name).read_text()
    assert json.loads(content)["format"] == "neural-sketchbook/3"
    text = dumps(loads(content))
    assert json.loads(text)["format"] == "neural-sketchbook/4"
    assert loads(text) == loads(content)


def test_ended_runs_are_still_there() -> None:
    sketch = loads_sketch((OLD / "trained.sketch.json").read_bytes())
    (ended,) = sketch.runs
    assert (ended.number, ended.epochs, ended.loss, sketch.last_run) == (4, 3, (0.5, 0.6, 0.7), 7)
    assert (ended.name, ended.lane.repeats, sketch.runs_problem) == ("A", 2, "")


def test_a_former_run_goes_on() -> None:
    run = loads_sketch((OLD / "trained.sketch.json").read_bytes()).run
    assert run is not None
    trainer = Trainer.of_run(run)
    assert trainer.epoch == 3
    for lane, losses in zip(trainer.runs, LOSSES, strict=True):
        np.testing.assert_array_equal(lane.history.view().loss, losses)
    trainer.train_epoch()
    assert [lane.epoch for lane in trainer.runs] == [4, 4, 4]
