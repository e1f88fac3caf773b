"""Files of format neural-sketchbook/1, as its last version wrote them: they open for ever, and are written anew.

``tests/corpus/format-1`` holds them; nothing writes them again.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from engine.data import Library
from engine.data.kept_run import read_kept
from engine.data.library import SUFFIX
from engine.experiment import Experiment, default_experiment, dumps, loads, schema
from engine.experiment.document import loads_sketch
from engine.training.trainer import Trainer

OLD = Path(__file__).parents[1] / "corpus" / "format-1"
POINTS = [[0.1, 0.2], [3, -4], [5, 5], [-1, 2], [-2.5, 0.3], [1, 1], [-3, -3], [2, -1]]

LOSSES = [
    [0.8279289503892263, 0.7293599247932434, 0.8706464767456055],
    [0.81691974401474, 0.7318875789642334, 0.8409885168075562],
    [0.8063494364420573, 0.718133807182312, 0.8364125490188599],
    [0.7962109943230947, 0.7110735774040222, 0.8224153518676758],
]
"""Training, validation and test losses of the run, as the former version read them."""


def read(name: str) -> Experiment:
    return loads((OLD / name).read_bytes())


def is_drawn(value: Experiment) -> None:
    """All that was set in the drawing is there, and what format 1 did not know has its default."""
    lane, data = value.lanes[0], value.data
    assert (lane.seed, lane.network.hidden) == (7, (2,))
    assert (lane.training.learning_rate, lane.training.batch_size) == (0.01, 3)
    assert data.points is not None
    assert data.points.xy.tolist() == POINTS
    assert data.points.target.tolist() == [0, 1, 1, 0, 0, 1, 0, 1]
    assert data.points.split.tolist() == [0, 0, 0, 0, 0, 0, 1, 2]
    assert data.class_names == ("cat", None)
    new = default_experiment().data
    assert (data.extent, data.axes, data.aspect) == (new.extent, new.axes, new.aspect)
    assert value.drawings == ()


def test_former_documents_open_as_before() -> None:
    assert read("generated.sketch.json") == default_experiment()
    is_drawn(read("drawn.sketch.json"))


@pytest.mark.parametrize("name", ["generated.sketch.json", "drawn.sketch.json", "trained.sketch.json"])
def test_what_is_written_says_that_it_is_of_format_3(name: str) -> None:
    assert json.loads((OLD / name).read_text())["format"] == "neural-sketchbook/1"
    text = dumps(read(name))
    assert json.loads(text)["format"] == "neural-sketchbook/4"
    assert loads(text) == read(name)


def test_the_schema_is_that_of_format_3() -> None:
    described = schema()
    assert described["title"] == "neural-sketchbook/4"
    assert described["$defs"]["Experiment"]["properties"]["format"]["enum"] == ["neural-sketchbook/4"]


def run_of(name: str) -> bytes:
    if name == "recovery.run":
        return read_kept(OLD / name) or b""
    return loads_sketch((OLD / name).read_bytes()).run or b""


@pytest.mark.parametrize("name", ["trained.sketch.json", "recovery.run"])
def test_former_runs_go_on(name: str) -> None:
    trainer = Trainer.of_run(run_of(name))
    (run,) = trainer.runs
    assert (trainer.epoch, run.step) == (3, 6)
    np.testing.assert_array_equal(run.history.view().loss, LOSSES)
    trainer.train_epoch()
    assert (trainer.epoch, run.step) == (4, 8)


def test_former_saved_sets_open_and_are_written_anew(tmp_path: Path) -> None:
    shutil.copy(OLD / "saved.set", tmp_path / f"0{SUFFIX}")
    library = Library(tmp_path)
    (found,) = library.sets()
    assert (found.name, found.problem) == ("Mine", "")
    assert found.points.xy.tolist() == POINTS
    assert found.data is not None
    assert found.data.class_names == ("cat", None)
    renamed = library.rename(found, "Yours")
    assert json.loads(renamed.path.read_text())["format"] == "neural-sketchbook-data-set/2"
    assert [one.name for one in library.sets()] == ["Yours"]
