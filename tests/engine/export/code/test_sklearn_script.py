"""The text of scripts for scikit-learn. ``make test-interop`` runs them."""

from __future__ import annotations

from typing import Any

import pytest

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.initializers import INITIALIZERS
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.regularizers import REGULARIZERS
from engine.catalogue.schedules import SCHEDULES
from engine.export.code import code, line_of
from tests.engine.export.code.cases import CASES, NET, REG, TRAIN, Case
from tests.engine.helpers import experiment


@pytest.mark.parametrize("with_weights", [False, True], ids=["", "with weights"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_script_is_python(case: Case, with_weights: bool) -> None:
    compile(code(experiment(*case), "sklearn", with_weights=with_weights), "script.py", "exec")


L2 = "# The penalty here is alpha / 2 ΣW², divided by the points of a batch.\nalpha={},"
LINES: dict[str, tuple[dict[str, Any], str, str]] = {
    f"{REG}.l2": ({f"{REG}.l2": 0.01}, "classification", L2.format("2 * 0.01 * 10")),
    f"{NET}.hidden": ({f"{NET}.hidden": [3]}, "classification", "hidden_layer_sizes=(3,),"),
    f"{NET}.activation": ({f"{NET}.activation": "sigmoid"}, "curve", 'activation="logistic",'),
    f"{TRAIN}.optimizer": (
        {f"{TRAIN}.optimizer": "momentum"},
        "curve",
        'solver="sgd",\nmomentum=0.9,\nnesterovs_momentum=False,',
    ),
    f"{TRAIN}.learning_rate": (
        {f"{TRAIN}.optimizer": "sgd", f"{TRAIN}.learning_rate": 0.1},
        "curve",
        "learning_rate_init=2 * 0.1,  # scikit-learn makes 1 / 2 of the loss small",
    ),
    "lanes.0.seed": ({"lanes.0.seed": 7}, "curve", "random_state=np.random.RandomState(7),"),
}


@pytest.mark.parametrize("path", LINES)
def test_a_setting_has_its_line(path: str) -> None:
    changes, task, line = LINES[path]
    assert line_of(experiment(changes, task), "sklearn", path) == line


def test_the_strength_of_l2_is_in_the_measure_of_the_loss() -> None:
    l2 = {f"{REG}.l2": 0.01}
    assert "alpha=0.01 * 10," in code(experiment(l2, "curve"), "sklearn")
    halved = {**l2, f"{TRAIN}.loss": "playground"}
    assert "alpha=2 * 0.01 * 10," in code(experiment(halved, "curve"), "sklearn")
    assert "alpha=0.0," in code(experiment(), "sklearn")


@pytest.mark.parametrize("key", REGULARIZERS)
def test_a_regularizer_is_never_dropped_silently(key: str) -> None:
    entry = REGULARIZERS[key]
    changes = {f"{REG}.{path}": value for path, value in entry.switched_on().items()}
    path = f"{REG}.{entry.settings_field or entry.parameters[0].key}"
    assert line_of(experiment(changes), "sklearn", path)
    assert not line_of(experiment(), "sklearn", path)


LACKS: dict[str, tuple[dict[str, Any], str]] = {
    "two classes": ({}, "one output, not two"),
    "normalization": ({f"{NET}.normalization": {"kind": "layer"}}, "the normalization Layer"),
    "residual": ({f"{NET}.residual": True, f"{NET}.hidden": [3, 3]}, "no residual connections"),
    "seeds": ({"lanes.0.repeats": 3}, "not one for each of the seeds 0 to 2"),
    "loss": ({f"{TRAIN}.loss": "squared"}, "the loss Squared error"),
    "dropout": ({f"{REG}.dropout": {"rate": 0.5}}, "the regularizer Dropout"),
    "L1": ({f"{REG}.l1": 0.5}, "the regularizer L1"),
    **{
        f"activation {key}": ({f"{NET}.activation": key}, f"the activation {entry.label}")
        for key, entry in ACTIVATIONS.items()
        if not entry.code.sklearn
    },
    **{
        f"optimizer {key}": ({f"{TRAIN}.optimizer": key}, f"the optimizer {entry.label}")
        for key, entry in OPTIMIZERS.items()
        if not entry.code.sklearn
    },
    **{
        f"schedule {key}": ({f"{TRAIN}.schedule": key}, f"the schedule {entry.label}")
        for key, entry in SCHEDULES.items()
        if key != "constant"
    },
    **{
        f"initializer {key}": ({f"{NET}.initializer": key}, f"not by {entry.label}")
        for key, entry in INITIALIZERS.items()
    },
}


@pytest.mark.parametrize("name", LACKS)
def test_what_scikit_learn_does_not_do_is_said_where_it_would_be_and_at_the_top(name: str) -> None:
    changes, clause = LACKS[name]
    head, _, body = code(experiment(changes), "sklearn").partition("import csv")
    assert clause in head
    assert any(clause in line for line in body.splitlines() if line.lstrip().startswith("# Not as in"))


def test_nothing_lacks_where_scikit_learn_has_all() -> None:
    assert "Not as in" not in code(experiment({f"{REG}.l2": 0.01}, "surface"), "sklearn", with_weights=True)
