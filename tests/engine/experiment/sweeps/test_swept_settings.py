"""Which settings can be axes, and that each of them reads what it writes and sets nothing else."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.regularizers import REGULARIZERS
from engine.experiment import (
    Experiment,
    ExperimentError,
    Points,
    default_experiment,
    edit,
    edit_many,
    from_json,
    switch_task,
    validate,
)
from engine.experiment.settings import SweptValue
from engine.experiment.sweeps.swept_settings import SweptSetting, assigned, swept_setting, swept_settings
from tests.engine.experiment.strategies import documents, number

START = default_experiment()


def values_of(setting: SweptSetting) -> st.SearchStrategy[SweptValue]:
    if setting.parameter is not None:
        return number(setting.parameter)
    return st.sampled_from([value for value, _ in setting.choices])


def keys(experiment: Experiment = START) -> list[str]:
    return [setting.key for setting in swept_settings(experiment, 0)]


@given(documents(), st.data())
def test_a_setting_reads_what_it_writes_and_is_found_by_its_key(document: Any, data: st.DataObject) -> None:
    experiment = from_json(document)
    setting = data.draw(st.sampled_from(swept_settings(experiment, 0)))
    assert swept_setting(experiment, 0, setting.key).label == setting.label
    value = data.draw(values_of(setting))
    if setting.of_data:
        changed = msgspec.structs.replace(experiment, data=setting.set_data(experiment.data, value))
        assert setting.get(changed, 0) == value
        return
    lane = experiment.lanes[0]
    if setting.key == "network.width" and not lane.network.hidden:
        return
    written = setting.set(lane, value)
    assert setting.read(written) == value
    assert type(setting.read(written)) is type(setting.check(value))
    assert setting.set(written, value) == written


@given(st.data())
def test_a_value_of_any_setting_gives_a_valid_lane(data: st.DataObject) -> None:
    """But for sizes that take more memory than there is."""
    setting = data.draw(st.sampled_from(swept_settings(START, 0)))
    value = data.draw(values_of(setting))
    if setting.kind == "whole":
        value = min(int(value), 64)
    lane, data_settings = assigned(START.lanes[0], START.data, {setting.key: value})
    validate(msgspec.structs.replace(START, lanes=(lane,), data=data_settings))


def test_everything_that_is_named_can_be_an_axis() -> None:
    named = {
        "regularization.l1", "regularization.l2", "regularization.weight_decay", "regularization.max_norm",
        "regularization.dropout.rate", "regularization.input_noise", "regularization.label_smoothing",
        "regularization.augmentation.rotate", "regularization.augmentation.scale", "regularization.mixup",
        "regularization.gradient_clipping.threshold", "regularization.early_stopping.patience",
        "training.learning_rate", "training.layer_rates.1", "training.layer_rates.4", "training.batch_size",
        "training.optimizer", "training.optimizer.beta1", "training.loss", "training.schedule", "network.activation",
        "network.initializer", "network.normalization", "network.residual", "network.depth", "network.width",
        "network.input_scaling", "seed", "data.generator.noise", "data.generator.points",
    }  # fmt: skip
    assert named <= set(keys())
    assert len(keys()) == len(set(keys()))
    assert "network.initializer.std" in keys(edit(START, "lanes.0.network.initializer", "normal"))


def test_every_entry_of_a_family_and_every_regularizer_is_there() -> None:
    assert [value for value, _ in swept_setting(START, 0, "network.activation").choices] == list(ACTIVATIONS)
    for entry in REGULARIZERS.values():
        assert f"regularization.{entry.path(entry.parameters[0].key)}" in keys()


def test_what_has_no_meaning_for_the_task_cannot_be_an_axis() -> None:
    surface = switch_task(START, "surface")
    assert not {"regularization.mixup", "regularization.label_smoothing"} & set(keys(surface))
    with pytest.raises(
        ExperimentError, match=r"mixup: mixup is for labels, not for the values of the surface task"
    ):
        swept_setting(surface, 0, "regularization.mixup")
    losses = [value for value, _ in swept_setting(surface, 0, "training.loss").choices]
    assert "huber" in losses
    assert "cross_entropy" not in losses


def test_drawn_points_have_no_noise_to_sweep() -> None:
    drawn = edit(START, "data.points", Points.empty())
    assert not any(setting.of_data for setting in swept_settings(drawn, 0))
    with pytest.raises(ExperimentError, match="no generator makes them"):
        swept_setting(drawn, 0, "data.generator.noise")


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("regularization.l3", "did you mean 'regularization.l"),
        ("training.optimizer.momentum", "Adam has no such number"),
        (
            "training.layer_rates.5",
            "the network has 4 layers, numbered from 1 at the input, so there is no '5'",
        ),
        ("training.layer_rates.0", "so there is no '0'"),
        ("", "write a path below a lane"),
    ],
)
def test_an_unknown_setting_is_refused_with_a_hint(key: str, sentence: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        swept_setting(START, 0, key)
    assert sentence in str(caught.value)


def test_a_value_switches_its_regularizer_on_and_keeps_its_kind() -> None:
    lane = START.lanes[0]
    clipped = swept_setting(START, 0, "regularization.gradient_clipping.threshold").set(lane, 0.5)
    assert clipped.regularization.gradient_clipping is not None
    assert clipped.regularization.gradient_clipping.threshold == 0.5
    by_value = edit(START, "lanes.0.regularization.gradient_clipping", {"kind": "value"})
    setting = swept_setting(by_value, 0, "regularization.gradient_clipping.threshold")
    kept = setting.set(by_value.lanes[0], 0.5).regularization.gradient_clipping
    assert kept is not None
    assert (kept.kind, kept.threshold) == ("value", 0.5)
    assert setting.set(by_value.lanes[0], None).regularization.gradient_clipping is None
    assert swept_setting(START, 0, "regularization.max_norm").set(lane, 2.0).regularization.max_norm == 2.0


def test_one_dropout_rate_takes_the_place_of_a_rate_for_each_layer() -> None:
    own = edit(START, "lanes.0.regularization.dropout.rates", [0.1, 0.2, 0.3])
    setting = swept_setting(own, 0, "regularization.dropout.rate")
    assert setting.get(own, 0) is None
    dropout = setting.set(own.lanes[0], 0.5).regularization.dropout
    assert (dropout.rate, dropout.rates) == (0.5, None)


def test_depth_keeps_widths_and_what_belongs_to_layers_follows() -> None:
    start = edit_many(
        START,
        {
            "lanes.0.network.hidden": [8, 4],
            "lanes.0.training.layer_rates": [2.0, 3.0, 0.5],
            "lanes.0.regularization.dropout.rates": [0.1, 0.2],
        },
    )
    setting = swept_setting(start, 0, "network.depth")
    deep, shallow, none = (setting.set(start.lanes[0], depth) for depth in (4, 1, 0))
    assert (deep.network.hidden, shallow.network.hidden, none.network.hidden) == ((8, 4, 4, 4), (8,), ())
    assert deep.training.layer_rates == (2.0, 3.0, 3.0, 3.0, 0.5)
    assert shallow.training.layer_rates == (2.0, 0.5)
    assert deep.regularization.dropout.rates == (0.1, 0.2, 0.2, 0.2)
    validate(msgspec.structs.replace(start, lanes=(none,)))


def test_several_settings_are_set_in_the_order_that_they_need() -> None:
    wanted: dict[str, SweptValue | None] = {
        "training.optimizer.momentum": 0.5,
        "training.layer_rates.3": 2.0,
        "network.width": 3,
        "network.depth": 2,
        "training.optimizer": "momentum",
    }
    lane, _ = assigned(START.lanes[0], START.data, wanted)
    assert lane.network.hidden == (3, 3)
    assert lane.training.optimizer.to_json() == {"name": "momentum", "momentum": 0.5}
    assert lane.training.layer_rates == (1.0, 1.0, 2.0)
    with pytest.raises(
        ExperimentError, match=r"network\.width: 3 does not go with depth 0; choose other values"
    ):
        assigned(START.lanes[0], START.data, {"network.width": 3, "network.depth": 0})
