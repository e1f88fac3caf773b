"""Each line of a script knows the settings that it comes from."""

from __future__ import annotations

import re
from typing import Any

import pytest

from engine.catalogue.criteria import CRITERIA
from engine.catalogue.regularizers import REGULARIZERS
from engine.experiment import Experiment
from engine.export.code import TARGETS, code, folded, line_of, lines_to_read
from tests.engine.helpers import experiment, lane, with_lanes

NET, TRAIN, REG = "lanes.0.network", "lanes.0.training", "lanes.0.regularization"


@pytest.mark.parametrize(
    ("path", "changes", "lines"),
    [
        (f"{REG}.dropout", {f"{REG}.dropout.rate": 0.5}, "nn.Dropout(0.5),"),
        (f"{REG}.dropout.rate", {f"{REG}.dropout.rate": 0.5}, "nn.Dropout(0.5),"),
        (f"{REG}.dropout", {}, ""),
        (f"{NET}.activation", {f"{NET}.activation": "relu"}, "nn.ReLU(),"),
        (f"{NET}.hidden", {f"{NET}.hidden": [3]}, "nn.Linear(2, 3),"),
        (
            f"{TRAIN}.learning_rate",
            {f"{TRAIN}.optimizer": "sgd"},
            "optimizer = torch.optim.SGD(model.parameters(), lr=0.003)",
        ),
        (
            f"{TRAIN}.loss",
            {},
            "target = np.eye(2)[target].astype(np.float32)\nloss_of = nn.CrossEntropyLoss()\n"
            "cost = loss_of(model(batch_x), batch_y)",
        ),
        (
            f"{REG}.gradient_clipping.threshold",
            {f"{REG}.gradient_clipping": {}},
            "nn.utils.clip_grad_norm_(model.parameters(), 1.0)",
        ),
        (
            f"{NET}.initializer",
            {f"{NET}.initializer": "he_normal"},
            'for layer in linear:\n    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")\n'
            "    nn.init.zeros_(layer.bias)",
        ),
        ("lanes.0.seed", {"lanes.0.seed": 7}, "torch.manual_seed(7)"),
    ],
)
def test_the_lines_of_a_setting(path: str, changes: dict[str, Any], lines: str) -> None:
    assert line_of(experiment(changes), "torch", path) == lines


def test_a_path_names_its_lane() -> None:
    both = with_lanes(experiment(), lane("A"), lane("B", {"regularization.dropout.rate": 0.2}))
    assert line_of(both, "torch", "lanes.0.regularization.dropout") == ""
    assert line_of(both, "torch", "lanes.1.regularization.dropout") == "nn.Dropout(0.2),"


@pytest.mark.parametrize("key", REGULARIZERS)
@pytest.mark.parametrize("target", TARGETS)
def test_each_regularizer_has_lines_while_it_is_on(target: str, key: str) -> None:
    """All of them stand in the script; without it there are none."""
    entry = REGULARIZERS[key]
    on = experiment({f"{REG}.{path}": value for path, value in entry.switched_on().items()})
    for path in entry.switched_on():
        lines = line_of(on, target, f"{REG}.{path}").split("\n")
        assert lines != [""]
        assert all(line.strip() in code(on, target) for line in lines)
        assert line_of(experiment(), target, f"{REG}.{path}") == ""


NORMAL = {"name": "normal", "std": 0.1}
DENSE = 'keras.layers.Dense({}, activation="relu", kernel_initializer={})'


def network(**changes: Any) -> Experiment:
    plain = {"activation": "relu", "hidden": [8, 8, 8, 5], "initializer": "he_uniform"}
    return experiment({f"{NET}.{key}": value for key, value in (plain | changes).items()})


def test_equal_lines_to_read_are_one_with_their_number() -> None:
    lines = lines_to_read(network(), "keras", [f"{NET}.hidden"])
    assert lines == [
        DENSE.format(8, '"he_uniform"') + ",  # 3 times",
        DENSE.format(5, '"he_uniform"') + ",",
    ]


def test_one_call_shows_how_an_argument_is_written() -> None:
    """However long it is, it is whole; layers of other widths say nothing new."""
    deep = network(hidden=[8, 8, 5], initializer=NORMAL)
    (line,) = lines_to_read(deep, "keras", [f"{NET}.initializer", f"{NET}.activation"])
    assert line == DENSE.format(8, "keras.initializers.RandomNormal(stddev=0.1)") + ",  # 2 times"


def test_comments_are_read_where_they_say_that_something_is_missing() -> None:
    normalized = network(normalization={"kind": "batch"})
    assert "# Not as" in line_of(normalized, "keras", f"{NET}.normalization")
    lines = lines_to_read(normalized, "keras", [f"{NET}.normalization"])
    assert lines == ["keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-05),  # 4 times"]
    key = next(key for key, entry in CRITERIA.items() if not entry.code.keras)
    stops = experiment({f"{REG}.early_stopping": {"criterion": key}})
    (lack,) = lines_to_read(stops, "keras", [f"{REG}.early_stopping"])
    assert lack.startswith("# Not as in the experiment: training does not stop by")


def test_lines_of_several_lanes_are_read_each_once() -> None:
    same, other = lane("B"), lane("C", {"network.initializer": "he_normal"})
    both = with_lanes(experiment(), lane("A"), same, other)
    paths = [f"lanes.{index}.network.initializer" for index in range(4)]
    lines = lines_to_read(both, "keras", paths)
    assert len(lines) == 2
    assert lines_to_read(both, "keras", paths[2:]) == lines[1:]
    assert lines_to_read(both, "keras", paths[3:]) == []


@pytest.mark.parametrize("columns", [40, 60, 90])
@pytest.mark.parametrize("target", TARGETS)
def test_a_folded_line_has_the_same_code_and_breaks_no_name(target: str, columns: int) -> None:
    for line in code(network(initializer=NORMAL, normalization={"kind": "batch"}), target).split("\n"):
        rows = folded(line, columns).split("\n")
        assert "".join("".join(rows).split()) == "".join(line.split())
        assert set(re.findall(r"\w+", " ".join(rows))) == set(re.findall(r"\w+", line))
        for row in rows:
            assert len(row) <= columns, row
