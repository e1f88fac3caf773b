"""What holds for every entry of every family: words for a person, keys for a file, ranges that hold defaults."""

from __future__ import annotations

import re
from math import inf, nan
from typing import get_args

import pytest

from engine.catalogue import Entry, Family, Parameter, criteria, hyperparameters, regularizers
from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.clipping_kinds import CLIPPING_KINDS
from engine.catalogue.criteria import CRITERIA
from engine.catalogue.features import FEATURES
from engine.catalogue.generators import GENERATORS
from engine.catalogue.initializers import INITIALIZERS
from engine.catalogue.input_scalings import INPUT_SCALINGS
from engine.catalogue.l1_updates import L1_UPDATES
from engine.catalogue.losses import LOSSES
from engine.catalogue.normalizations import NORMALIZATIONS, POSITIONS
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.presets import PRESETS
from engine.catalogue.regularizers import REGULARIZERS, Regularizer
from engine.catalogue.schedules import SCHEDULES
from engine.catalogue.tasks import TASKS
from engine.experiment import default_experiment, edit_many, get
from engine.experiment.kinds import field_kind
from engine.experiment.settings import ClippingSettings, NormalizationSettings, RegularizationSettings

FAMILIES: list[Family[Entry]] = [
    ACTIVATIONS, CLIPPING_KINDS, CRITERIA, FEATURES, GENERATORS, INITIALIZERS, INPUT_SCALINGS, L1_UPDATES, LOSSES,
    NORMALIZATIONS, OPTIMIZERS, POSITIONS, PRESETS, REGULARIZERS, SCHEDULES, TASKS,
]  # fmt: skip
ENTRIES = [
    pytest.param(entry, id=f"{family.name}-{key}") for family in FAMILIES for key, entry in family.items()
]
LONE = [value for room in (criteria, hyperparameters, regularizers) for value in vars(room).values()]
PARAMETERS = [
    *(parameter for family in FAMILIES for entry in family.values() for parameter in entry.parameters),
    *(value for value in LONE if isinstance(value, Parameter)),
]

KEYS = {
    "activation": "linear sigmoid tanh relu leaky_relu elu selu gelu silu softplus softsign sine",
    "initializer": "glorot_uniform glorot_normal he_uniform he_normal lecun_normal torch_default playground normal "
    "orthogonal zeros",
    "optimizer": "sgd momentum nesterov rmsprop adagrad adam adamw",
    "loss": "cross_entropy squared huber playground",
    "generator": "circle xor gaussians spiral moons three_spirals checkerboard sine step x_sin_x quartic noisy_line "
    "plane bumps",
    "feature": "x1 x2 x1_squared x2_squared x1_x2 sin_x1 sin_x2",
    "input scaling": "none unit standardize",
    "task": "classification curve surface",
}


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_the_promised_keys_are_there(family: Family[Entry]) -> None:
    assert set(KEYS.get(family.name, "").split()) <= set(family)


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_has_words_and_a_key_fit_for_files(entry: Entry) -> None:
    assert re.fullmatch("[a-z][a-z0-9_]*", entry.key)
    assert entry.label
    assert entry.formula
    assert entry.tooltip.endswith(".")
    keys = [parameter.key for parameter in entry.parameters]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda parameter: parameter.key)
def test_a_parameter_accepts_its_default_its_ends_and_nothing_beyond(parameter: Parameter) -> None:
    assert parameter.check(parameter.default) == parameter.default
    assert parameter.check(parameter.high) == parameter.high
    low, high = parameter.slider_range
    assert parameter.low <= low < high <= parameter.high
    for bad in (parameter.high * 2 + 1, parameter.low - 1, nan, inf, -inf):
        with pytest.raises(ValueError, match=f"{parameter.key} takes a .*number"):
            parameter.check(bad)
    for bad in ("1", None, True, [1.0]):
        with pytest.raises(TypeError, match=parameter.key):
            parameter.check(bad)


@pytest.mark.parametrize(
    "parameter", [p for p in PARAMETERS if p.integer], ids=lambda parameter: parameter.key
)
def test_a_whole_number_is_one(parameter: Parameter) -> None:
    assert type(parameter.check(float(parameter.high))) is int
    with pytest.raises(ValueError, match="a whole number"):
        parameter.check(parameter.low + 0.5)


def test_an_open_range_refuses_its_low_end() -> None:
    delta = LOSSES["huber"].parameters[0]
    with pytest.raises(ValueError, match="above 0"):
        delta.check(0.0)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_an_unknown_key_is_refused_with_those_there_are(family: Family[Entry]) -> None:
    with pytest.raises(KeyError, match=f"no {family.name} named 'nothing'.*{next(iter(family))}"):
        family["nothing"]


@pytest.mark.parametrize("entry", REGULARIZERS.values(), ids=list(REGULARIZERS))
def test_a_regularizer_switches_settings_that_there_are(entry: Regularizer) -> None:
    off = default_experiment()
    root = "lanes.0.regularization"
    on = edit_many(off, {f"{root}.{path}": value for path, value in entry.switched_on().items()})
    assert on != off
    assert edit_many(on, {f"{root}.{path}": value for path, value in entry.switched_off().items()}) == off
    for parameter in entry.parameters:
        assert get(on, f"{root}.{entry.path(parameter.key)}") is not None
    for key, family in entry.choices.items():
        for name in family:
            edit_many(on, {f"{root}.{entry.path(key)}": name})


def test_the_entries_of_settings_chosen_by_name_are_those_allowed() -> None:
    for kind, name, family in (
        (RegularizationSettings, "l1_update", L1_UPDATES),
        (ClippingSettings, "kind", CLIPPING_KINDS),
        (NormalizationSettings, "position", POSITIONS),
    ):
        assert list(get_args(field_kind(kind, name))) == list(family)


def test_a_criterion_reads_its_own_parameters() -> None:
    entry = REGULARIZERS["early_stopping"]
    read = {key: [p.key for p in entry.parameters if entry.reads(p, {"criterion": key})] for key in CRITERIA}
    assert read == {
        "patience": ["patience", "min_delta"], "generalization_loss": ["alpha"], "quotient": ["alpha"], "up": ["strips"]
    }  # fmt: skip
