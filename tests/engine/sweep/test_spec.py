"""A spec is read strictly: what is wrong is said with its path, before anything trains."""

import json

import jsonschema
import pytest

from engine.command_line.sweep import _example as example
from engine.experiment import ExperimentError
from engine.sweep.plan import SweepPlan
from engine.sweep.spec import dumps_spec, read_spec, spec_hash, spec_schema
from tests.engine.sweep.sweeps import AXES, DOCUMENT, spec, spec_json

RATE = {"setting": "training.learning_rate"}
WRONG = [
    (
        {"threshold": {"measure": "epochs_to_threshold", "value": 1.0}},
        "threshold.measure: expected one of training_loss, ",
    ),
    ({"threshold": {"measure": "training_loss", "value": float("nan")}}, "threshold.value: expected a finite number"),
    ({"format": None}, 'format: is missing; a spec says "format": "neural-sketchbook-sweep/1"'),
    ({"format": "neural-sketchbook/4"}, 'format: this is a sketch, not the spec of a sweep; put it under "experiment"'),
    ({"format": "neural-sketchbook-sweep/9"}, "was written by a newer version"),
    ({"axes": []}, "axes: expected a list of length at least 1"),
    ({"axis": []}, "axis: there is no such field in a spec"),
    ({"epochs": 0}, "epochs: expected a whole number of at least 1, not 0"),
    ({"seeds": "two"}, "seeds: expected a whole number, not 'two'"),
    ({"lane": "Z"}, "lane: there is no lane 'Z'; there are: 'A'"),
    ({"experiment": {**DOCUMENT, "lanes": [{"seed": -1}]}}, "experiment.lanes.0.seed: expected a whole number"),
    ({"keep": {"pictures": 7}}, "keep.pictures: expected 0, 16 or 32, not 7"),
    ({"axes": [RATE]}, 'axes.0: give either "values", or a range'),
    ({"axes": [{**RATE, "values": [0.1], "from": 1}]}, 'axes.0: give either "values", or a range'),
    ({"axes": [{**RATE, "from": 0.1, "to": 1.0}]}, "axes.0.count: is missing"),
    ({"axes": [{**RATE, "from": 1.0, "count": 3}]}, "axes.0.to: is missing"),
    ({"axes": [{**RATE, "from": 1.0, "to": 0.5, "count": 3}]}, "axes.0.to: expected a number above 1 (from), not 0.5"),
    ({"axes": [{**RATE, "values": [0.1, 0.1]}]}, "axes.0.values.1: 0.1 is listed twice"),
    ({"axes": [{**RATE, "values": [0.1, "x"]}]}, "axes.0.values.1: "),
    ({"axes": [{"setting": "training.nothing", "values": [1]}]}, "axes.0.setting: "),
    ({"axes": [AXES[0], AXES[0]]}, "axes.1.setting: 'regularization.l2' is an axis already"),
    ({"axes": [{"setting": "network.activation", "from": 1, "to": 2, "count": 2}]}, 'list them under "values"'),
    (
        {"axes": [{"setting": "regularization.l2", "from": 0, "to": 1, "count": 3, "scale": "log"}]},
        "axes.0.from: expected a number above 0 on a logarithmic scale",
    ),
    ({"axes": [{"setting": "seed", "values": [1, 2]}], "seeds": 2}, "seeds: the seed is an axis"),
    ({"sampling": {"kind": "random"}, "axes": [AXES[0]]}, "sampling.count: is missing"),
    ({"sampling": {"count": 3}}, "sampling.count: a grid has all cells"),
    ({"sampling": {"kind": "sobol", "count": 4}}, "axes.1.count: a sampled range has no count"),
    ({"threshold": {"measure": "beauty", "value": 1}}, "threshold.measure: "),
    (
        {"axes": [{"setting": "network.depth", "from": 1, "to": 60, "count": 60}, AXES[0]], "seeds": 200000},
        "seeds: expected a whole number of at most 1000",
    ),
    (
        {"axes": [{**RATE, "from": 1e-6, "to": 1, "count": 90_000}, {**AXES[0], "values": list(range(90, 0, -1))}],
         "seeds": 1000},
        "lanes are too many",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "sentence"), WRONG, ids=[sentence for _, sentence in WRONG])
def test_a_bad_spec_is_refused_with_its_path_and_the_remedy(changes: dict, sentence: str):
    value = {key: part for key, part in spec_json(**changes).items() if part is not None}
    with pytest.raises(ExperimentError) as refused:
        SweepPlan(read_spec(json.dumps(value)))
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["", "[", "[]", '{"format": "neural-sketchbook-sweep/1"}', "\x00", '{"axes": [[[[']
)
def test_what_is_no_spec_is_refused(text: str):
    with pytest.raises(ExperimentError):
        read_spec(text)


def test_a_combination_that_is_not_allowed_is_refused_before_anything_trains():
    axes = [
        {"setting": "network.depth", "values": [1, 2]},
        {"setting": "network.width", "values": [4, 256]},
        {"setting": "data.generator.points", "values": [60, 100000]},
    ]
    document = {**DOCUMENT, "lanes": [{"network": {"hidden": [4], "normalization": {"layers": [1]}}}]}
    made = SweepPlan(spec(axes=axes[:2], experiment=document))
    assert made.rows == 4


def test_a_written_spec_reads_back_and_keeps_its_hash():
    one = spec(seeds=2, keep={"pictures": 16})
    assert read_spec(dumps_spec(one)) == one
    assert spec_hash(read_spec(dumps_spec(one))) == spec_hash(one) != spec_hash(spec(seeds=3))


def test_the_hash_does_not_depend_on_how_the_file_is_written():
    value = spec_json()
    turned = dict(reversed(list(value.items())))
    assert spec_hash(read_spec(json.dumps(value))) == spec_hash(read_spec(json.dumps(turned, indent=7)))


@pytest.mark.parametrize("name", ["grid", "map"])
def test_an_example_fits_the_schema_and_can_be_planned(name: str):
    text = example(name)
    jsonschema.validate(json.loads(text), spec_schema())
    assert SweepPlan(read_spec(text)).rows > 80


def test_the_schema_refuses_what_is_refused():
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**spec_json(), "epochs": 0}, spec_schema())
