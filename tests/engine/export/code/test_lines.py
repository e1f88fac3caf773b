"""Each line of a script knows the settings that it comes from."""

from __future__ import annotations

from typing import Any

import pytest

from engine.catalogue.regularizers import REGULARIZERS
from engine.export.code import TARGETS, code, line_of
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
