"""Files of format neural-sketchbook/2, as its last version wrote them: they open for ever.

``tests/corpus/format-2`` holds them; nothing writes them again.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine.experiment import default_experiment, dumps, loads
from engine.experiment.document import loads_sketch
from engine.experiment.lanes import lane_colours
from engine.training.trainer import Trainer

OLD = Path(__file__).parents[1] / "corpus" / "format-2"
LOSSES = [
    [
        [0.7970042824745178, 0.6842531561851501, 0.8387206792831421],
        [0.7889170746008555, 0.6914916634559631, 0.8121725916862488],
        [0.7808212637901306, 0.6816151142120361, 0.8106026649475098],
        [0.7732988695303599, 0.678507387638092, 0.7996155023574829],
    ],
    [
        [0.7970042824745178, 0.6842531561851501, 0.8387206792831421],
        [0.7889476319154104, 0.6945210695266724, 0.811578094959259],
        [0.7808902462323507, 0.6854574084281921, 0.8096916675567627],
        [0.773398369550705, 0.6833394169807434, 0.7984581589698792],
    ],
]
"""Training, validation and test losses of both lanes' runs, as the former version measured them."""


def test_a_former_document_opens_as_before() -> None:
    assert loads((OLD / "generated.sketch.json").read_bytes()) == default_experiment()
    drawn = loads((OLD / "drawn.sketch.json").read_bytes())
    assert [lane.name for lane in drawn.lanes] == ["A", "with L2"]
    assert drawn.lanes[1].regularization.l2 == 0.01
    assert (drawn.data.extent.x, drawn.data.axes.x.unit) == ((-8.0, 8.0), "km/h")
    assert [other.task for other in drawn.drawings] == ["surface"]
    assert not any(lane.hidden or lane.muted or lane.colour is not None for lane in drawn.lanes)
    assert lane_colours(drawn) == (0, 1)


@pytest.mark.parametrize("name", ["generated.sketch.json", "drawn.sketch.json", "trained.sketch.json"])
def test_what_is_written_says_its_present_format(name: str) -> None:
    content = (OLD / name).read_text()
    assert json.loads(content)["format"] == "neural-sketchbook/2"
    text = dumps(loads(content))
    assert json.loads(text)["format"] == "neural-sketchbook/4"
    assert loads(text) == loads(content)


def test_a_former_run_goes_on() -> None:
    run = loads_sketch((OLD / "trained.sketch.json").read_bytes()).run
    assert run is not None
    trainer = Trainer.of_run(run)
    assert trainer.epoch == 3
    for lane, losses in zip(trainer.runs, LOSSES, strict=True):
        np.testing.assert_array_equal(lane.history.view().loss, losses)
    trainer.train_epoch()
    assert [lane.epoch for lane in trainer.runs] == [4, 4]
