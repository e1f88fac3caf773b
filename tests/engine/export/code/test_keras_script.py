"""The text of scripts for Keras. ``make test-interop`` runs them."""

from __future__ import annotations

from typing import Any

import pytest

from engine.catalogue.criteria import CRITERIA
from engine.catalogue.regularizers import REGULARIZERS
from engine.export.code import code, line_of
from tests.engine.export.code.cases import CASES, NET, REG, TRAIN, Case
from tests.engine.helpers import experiment


@pytest.mark.parametrize("with_weights", [False, True], ids=["", "with weights"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_script_is_python(case: Case, with_weights: bool) -> None:
    compile(code(experiment(*case), "keras", with_weights=with_weights), "script.py", "exec")


ADAM = "optimizer = keras.optimizers.Adam(0.003, beta_1=0.9, beta_2=0.999, epsilon=1e-08{})"
LINES: dict[str, tuple[dict[str, Any], str]] = {
    f"{REG}.l1": ({f"{REG}.l1": 0.001}, "penalty = keras.regularizers.L1L2(l1=0.001)"),
    f"{REG}.l2": (
        {f"{REG}.l1": 0.001, f"{REG}.l2": 0.01},
        "penalty = keras.regularizers.L1L2(l1=0.001, l2=0.01)",
    ),
    f"{REG}.dropout": ({f"{REG}.dropout": {"rate": 0.5, "layers": "all"}}, "keras.layers.Dropout(0.5),"),
    f"{REG}.dropout.rates": (
        {f"{REG}.dropout": {"rates": [0.5, 0.2]}},
        "keras.layers.Dropout(0.5),\nkeras.layers.Dropout(0.2),",
    ),
    f"{REG}.early_stopping.patience": (
        {f"{REG}.early_stopping": {"patience": 20}},
        "# Keras looks from epoch 1 on; the experiment begins with epoch 0, the first weights.\n"
        "keras.callbacks.EarlyStopping(patience=20, min_delta=0.0, restore_best_weights=True),",
    ),
    f"{REG}.gradient_clipping.threshold": (
        {f"{REG}.gradient_clipping": {"threshold": 0.5}},
        ADAM.format(", global_clipnorm=0.5"),
    ),
    f"{REG}.input_noise": ({f"{REG}.input_noise": 0.3}, "keras.layers.GaussianNoise(0.05),"),
    f"{REG}.max_norm": ({f"{REG}.max_norm": 2.0}, "limit = keras.constraints.MaxNorm(2.0)"),
    f"{REG}.weight_decay": (
        {f"{REG}.weight_decay": 0.1},
        ADAM.format(", weight_decay=0.1")
        + '\noptimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])',
    ),
    f"{REG}.label_smoothing": (
        {f"{REG}.label_smoothing": 0.1},
        "loss=keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),",
    ),
    f"{REG}.augmentation.shift": (
        {f"{REG}.augmentation": {"shift": 0.5, "scale": 0.1}},
        "p = p + 0.5 * rng.uniform(-1, 1, len(xy))\nq = q + 0.5 * rng.uniform(-1, 1, len(xy))",
    ),
    f"{NET}.activation": (
        {f"{NET}.activation": "sigmoid", f"{NET}.hidden": [3]},
        'keras.layers.Dense(3, activation="sigmoid", kernel_initializer="glorot_uniform"),',
    ),
    f"{NET}.hidden": (
        {f"{NET}.normalization": {"kind": "layer"}, f"{NET}.hidden": [3]},
        'keras.layers.Dense(3, kernel_initializer="glorot_uniform"),',
    ),
    f"{NET}.normalization": (
        {f"{NET}.normalization": {"kind": "layer"}},
        "keras.layers.LayerNormalization(epsilon=1e-05),",
    ),
    f"{NET}.residual": (
        {f"{NET}.residual": True, f"{NET}.hidden": [3, 3]},
        "before = a\na = keras.layers.Add()([before, a])",
    ),
    f"{NET}.initializer": (
        {f"{NET}.initializer": "he_uniform", f"{NET}.hidden": []},
        'keras.layers.Dense(2, kernel_initializer="he_uniform"),',
    ),
    f"{TRAIN}.optimizer": ({}, ADAM.format("")),
    f"{TRAIN}.learning_rate": (
        {f"{TRAIN}.optimizer": "sgd", f"{TRAIN}.learning_rate": 0.1},
        "optimizer = keras.optimizers.SGD(0.1)",
    ),
    f"{TRAIN}.batch_size": ({f"{TRAIN}.batch_size": 7}, "batch_size=7,"),
    f"{TRAIN}.schedule": (
        {f"{TRAIN}.schedule": {"name": "step", "every": 5, "factor": 0.5}},
        "keras.callbacks.LearningRateScheduler(lambda epoch: 0.003 * 0.5 ** (epoch // 5)),",
    ),
    "data.split.validation": ({}, 'validation_data=(x["validation"], y["validation"]),'),
    "lanes.0.seed": ({"lanes.0.seed": 7}, "keras.utils.set_random_seed(7)"),
}


@pytest.mark.parametrize("path", LINES)
def test_a_setting_has_its_line(path: str) -> None:
    changes, line = LINES[path]
    settings = experiment(changes)
    assert line_of(settings, "keras", path) == line
    text = code(settings, "keras")
    assert all(part in text for part in line.splitlines())


@pytest.mark.parametrize("key", REGULARIZERS)
def test_a_regularizer_is_never_dropped_silently(key: str) -> None:
    entry = REGULARIZERS[key]
    changes = {f"{REG}.{path}": value for path, value in entry.switched_on().items()}
    path = f"{REG}.{entry.settings_field or entry.parameters[0].key}"
    assert line_of(experiment(changes), "keras", path)
    assert not line_of(experiment(), "keras", path)


def test_early_stopping_says_from_which_epoch_on_keras_looks() -> None:
    stops = {f"{REG}.early_stopping": {"patience": 20}}
    lines = code(experiment(stops), "keras").splitlines()
    above = lines[next(n for n, line in enumerate(lines) if "EarlyStopping(" in line) - 1]
    assert (
        above == "    # Keras looks from epoch 1 on; the experiment begins with epoch 0, the first weights."
    )


BATCH = {f"{NET}.normalization": {"kind": "batch"}}
LACKS: dict[str, tuple[dict[str, Any], str]] = {
    "proximal steps": ({f"{REG}.l1": 0.1, f"{REG}.l1_update": "proximal"}, "has no update Proximal"),
    "running moments": (BATCH, "begins running moments with 0 and 1"),
    "a batch of one point": ({**BATCH, f"{TRAIN}.batch_size": 29}, "a batch of one point"),
    "seeds": ({"lanes.0.repeats": 3}, "not one for each of the seeds 0 to 2"),
    "biases of the initializer": ({f"{NET}.initializer": "playground"}, "the biases begin at 0"),
    "decay beside that of AdamW": (
        {f"{TRAIN}.optimizer": "adamw", f"{REG}.weight_decay": 0.1},
        "weight decay is missing",
    ),
    "improvement on a plateau": ({f"{TRAIN}.schedule": "plateau"}, "any lower loss counts as improved"),
    **{
        f"criterion {key}": (
            {f"{REG}.early_stopping": {"criterion": key}},
            f"training does not stop by {entry.label}",
        )
        for key, entry in CRITERIA.items()
        if not entry.code.keras
    },
}


@pytest.mark.parametrize("name", LACKS)
def test_what_keras_does_not_do_is_said_where_it_would_be_and_at_the_top(name: str) -> None:
    changes, clause = LACKS[name]
    head, _, body = code(experiment(changes), "keras").partition("import csv")
    assert clause in head
    assert any(clause in line for line in body.splitlines() if line.lstrip().startswith("# Not as in"))
    assert clause not in code(experiment(), "keras")


def test_noise_of_inputs_that_are_scaled_differently_moves_points() -> None:
    bent = {f"{REG}.input_noise": 0.3, f"{NET}.features": ["x1", "x1_squared"]}
    assert "GaussianNoise" not in code(experiment(bent), "keras")
    assert "0.3 * rng.standard_normal" in line_of(experiment(bent), "keras", f"{REG}.input_noise")


def test_a_lane_that_is_not_there_has_no_line() -> None:
    assert line_of(experiment(), "keras", "lanes.3.network.hidden") == ""
