"""The immutable settings: data, network, training, regularization, lanes; validation, JSON, migrations."""

from engine.experiment.adapt import switch_classes, switch_generator, switch_task
from engine.experiment.class_looks import class_labels, file_labels, with_look, without_look, without_looks
from engine.experiment.document import (
    default_experiment,
    dumps,
    edit,
    edit_many,
    from_json,
    get,
    loads,
    schema,
    stable_hash,
    to_json,
)
from engine.experiment.points import SPLITS, TEST, TRAINING, VALIDATION, Points
from engine.experiment.settings import (
    FORMAT,
    MAX_LANES,
    DataSettings,
    DropoutSettings,
    EarlyStoppingSettings,
    Experiment,
    Lane,
    NetworkSettings,
    RegularizationSettings,
    TrainingSettings,
)
from engine.experiment.validation import ExperimentError, validate

__all__ = [
    "FORMAT",
    "MAX_LANES",
    "SPLITS",
    "TEST",
    "TRAINING",
    "VALIDATION",
    "DataSettings",
    "DropoutSettings",
    "EarlyStoppingSettings",
    "Experiment",
    "ExperimentError",
    "Lane",
    "NetworkSettings",
    "Points",
    "RegularizationSettings",
    "TrainingSettings",
    "class_labels",
    "default_experiment",
    "dumps",
    "edit",
    "edit_many",
    "file_labels",
    "from_json",
    "get",
    "loads",
    "schema",
    "stable_hash",
    "switch_classes",
    "switch_generator",
    "switch_task",
    "to_json",
    "validate",
    "with_look",
    "without_look",
    "without_looks",
]
