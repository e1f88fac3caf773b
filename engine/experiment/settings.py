"""The experiment: the immutable value that is saved, loaded, hashed and trained.

Ranges come from the catalogue; ``engine.experiment.validation`` checks what one field alone cannot tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias

from msgspec import Meta, Struct, field

from engine.catalogue import criteria, regularizers
from engine.catalogue import hyperparameters as numbers
from engine.catalogue.canvas import CANVAS
from engine.catalogue.clipping_kinds import CLIPPING_KINDS
from engine.catalogue.entry import Family, Parameter
from engine.catalogue.features import FEATURES
from engine.catalogue.generators import GENERATORS
from engine.catalogue.input_scalings import INPUT_SCALINGS
from engine.catalogue.l1_updates import L1_UPDATES
from engine.catalogue.normalizations import NORMALIZATIONS, POSITIONS
from engine.catalogue.tasks import CLASSIFICATION, TASKS
from engine.experiment.choice import (
    ActivationChoice,
    InitializerChoice,
    LossChoice,
    OptimizerChoice,
    ScheduleChoice,
)
from engine.experiment.points import LARGEST, Points

FORMAT: Final = "neural-sketchbook/4"
_DEFAULTS = TASKS[CLASSIFICATION]


def _range(parameter: Parameter) -> Meta:
    whole = parameter.integer
    low, high = (int(parameter.low), int(parameter.high)) if whole else (parameter.low, parameter.high)
    description = f"{parameter.label}. {parameter.tooltip}"
    if parameter.open_low:
        return Meta(gt=low, le=high, description=description)
    return Meta(ge=low, le=high, description=description)


def _one_of(family: Family[Any]) -> Meta:
    description = "; ".join(f"{key}: {entry.tooltip}" for key, entry in family.items())
    return Meta(description=description, extra_json_schema={"enum": list(family)})


def _default(key: str) -> Meta:
    return Meta(extra_json_schema={"default": key})


if TYPE_CHECKING:
    PositionKey: TypeAlias = str
    L1UpdateKey: TypeAlias = str
    ClippingKey: TypeAlias = str
else:
    # The keys of a registry, from which msgspec makes the check and the schema.
    PositionKey = Literal[tuple(POSITIONS)]
    L1UpdateKey = Literal[tuple(L1_UPDATES)]
    ClippingKey = Literal[tuple(CLIPPING_KINDS)]

Seed = Annotated[int, _range(numbers.SEED)]


class _Settings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class GeneratorSettings(_Settings, frozen=True):
    """What makes the points when no hand has touched them."""

    name: Annotated[str, _one_of(GENERATORS)] = _DEFAULTS.generator
    points: Annotated[int, _range(numbers.POINTS)] = int(numbers.POINTS.default)
    noise: Annotated[float, _range(numbers.NOISE)] = numbers.NOISE.default
    seed: Seed = 0


class SplitSettings(_Settings, frozen=True):
    """Shares of validation and test points; the rest is trained on. The seed also orders the batches."""

    validation: Annotated[float, _range(numbers.VALIDATION)] = numbers.VALIDATION.default
    test: Annotated[float, _range(numbers.TEST)] = numbers.TEST.default
    seed: Seed = 0


LONGEST_NAME = 40
"""Characters of a name that a person gives."""
LONGEST_SETTING = 80
"""Characters of the path of a setting."""
LONGEST_UNIT = 20
"""Characters of a unit."""
ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
"""Text without control characters."""
PLAIN_TEXT = (
    r"^[^\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]*$"
)
"""Text of one line that is what it looks like: no control characters, none that are invisible or turn the direction."""
ClassName = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME, pattern=ONE_LINE)]
ClassColour = Annotated[str, Meta(pattern="^#[0-9a-f]{6}$")]


AxisName = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME, pattern=PLAIN_TEXT)]
AxisUnit = Annotated[str, Meta(min_length=1, max_length=LONGEST_UNIT, pattern=PLAIN_TEXT)]
_End = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]
_CANVAS_ENDS = (-CANVAS, CANVAS)
_VALUE_ENDS = (-TASKS["surface"].target_bound, TASKS["surface"].target_bound)


def _ends(what: str) -> Meta:
    return Meta(description=f"[low, high] of {what}, in the data's units; low below high.")


class ExtentSettings(_Settings, frozen=True):
    """Which part of the data the canvas shows at first, and what the input scaling ``unit`` maps to −1…1.

    Targets are scaled by ``y`` in a curve and by ``value`` in a surface, whose colours it spans, too.
    """

    x: Annotated[tuple[_End, _End], _ends("the horizontal axis")] = _CANVAS_ENDS
    y: Annotated[tuple[_End, _End], _ends("the vertical axis")] = _CANVAS_ENDS
    value: Annotated[tuple[_End, _End], _ends("the values of a surface")] = _VALUE_ENDS


class AxisSettings(_Settings, frozen=True):
    """What a person reads at an axis; training does not depend on it. null: the symbol of the task, and no unit."""

    name: AxisName | None = None
    unit: AxisUnit | None = None


class AxesSettings(_Settings, frozen=True):
    """Name and unit of the horizontal axis, of the vertical one, and of a surface's values."""

    x: AxisSettings = field(default_factory=AxisSettings)
    y: AxisSettings = field(default_factory=AxisSettings)
    value: AxisSettings = field(default_factory=AxisSettings)


class DataSettings(_Settings, frozen=True):
    """Task, generator, split, and the points themselves once a hand has touched them (else null).

    ``class_names`` and ``class_colours`` have an entry a class, null for its number or the theme's colour.
    """

    task: Annotated[str, _one_of(TASKS)] = CLASSIFICATION
    classes: Annotated[int, _range(numbers.CLASSES)] = int(numbers.CLASSES.default)
    class_names: tuple[ClassName | None, ...] | None = None
    class_colours: tuple[ClassColour | None, ...] | None = None
    extent: ExtentSettings = field(default_factory=ExtentSettings)
    axes: AxesSettings = field(default_factory=AxesSettings)
    aspect: Annotated[
        Literal["free", "equal"],
        Meta(
            description="free: each axis fills the canvas; equal: one unit has the same length on both axes."
        ),
    ] = "free"
    generator: GeneratorSettings = field(default_factory=GeneratorSettings)
    points: Points | None = None
    split: SplitSettings = field(default_factory=SplitSettings)


LayerNumber = Annotated[int, Meta(ge=1, le=numbers.MAX_HIDDEN_LAYERS)]
LayerNumbers = Annotated[tuple[LayerNumber, ...], Meta(min_length=1)]


class NormalizationSettings(_Settings, frozen=True):
    """Normalize hidden layers, over the batch or over the layer, before or after their activation."""

    kind: Annotated[str, _one_of(NORMALIZATIONS)] = "batch"
    position: PositionKey = "before"
    layers: Literal["all"] | LayerNumbers = "all"


class NetworkSettings(_Settings, frozen=True):
    """The shape of the network and how its weights start."""

    features: Annotated[
        tuple[Annotated[str, _one_of(FEATURES)], ...],
        Meta(min_length=1, description="What the network is fed, in this order, each at most once."),
    ] = _DEFAULTS.features
    input_scaling: Annotated[str, _one_of(INPUT_SCALINGS)] = "unit"
    hidden: Annotated[
        tuple[Annotated[int, _range(numbers.LAYER_WIDTH)], ...],
        Meta(
            max_length=numbers.MAX_HIDDEN_LAYERS,
            description="Neurons of each hidden layer, input side first.",
        ),
    ] = (8, 8, 8)
    activation: Annotated[ActivationChoice, _default("tanh")] = field(
        default_factory=lambda: ActivationChoice("tanh")
    )
    initializer: Annotated[InitializerChoice, _default("glorot_uniform")] = field(
        default_factory=lambda: InitializerChoice("glorot_uniform")
    )
    normalization: NormalizationSettings | None = None
    residual: Annotated[
        bool, Meta(description="Whether a hidden layer adds the one before, where both are as wide.")
    ] = False


class TrainingSettings(_Settings, frozen=True):
    """How the cost is made small."""

    optimizer: Annotated[OptimizerChoice, _default("adam")] = field(
        default_factory=lambda: OptimizerChoice("adam")
    )
    learning_rate: Annotated[float, _range(numbers.LEARNING_RATE)] = numbers.LEARNING_RATE.default
    batch_size: Annotated[int, _range(numbers.BATCH_SIZE)] = int(numbers.BATCH_SIZE.default)
    loss: Annotated[LossChoice, _default(_DEFAULTS.loss)] = field(
        default_factory=lambda: LossChoice(_DEFAULTS.loss)
    )
    schedule: Annotated[ScheduleChoice, _default("constant")] = field(
        default_factory=lambda: ScheduleChoice("constant")
    )
    layer_rates: (
        Annotated[
            tuple[Annotated[float, _range(numbers.LAYER_RATE)], ...],
            Meta(
                min_length=1,
                max_length=numbers.MAX_HIDDEN_LAYERS + 1,
                description="A factor on the learning rate for each layer, input side first, output layer last. "
                "null: 1 for all.",
            ),
        ]
        | None
    ) = None


DropoutRate = Annotated[float, _range(regularizers.DROPOUT_RATE)]


class DropoutSettings(_Settings, frozen=True):
    """Share of neurons that a step ignores, in the last hidden layer, in all, or in the layers named (from 1).

    ``rates``, one for each hidden layer, replace ``rate`` and ``layers`` where they are given.
    """

    rate: DropoutRate = 0.0
    rates: Annotated[tuple[DropoutRate, ...], Meta(max_length=numbers.MAX_HIDDEN_LAYERS)] | None = None
    layers: Literal["last", "all"] | LayerNumbers = "last"
    input_rate: Annotated[float, _range(regularizers.DROPOUT_INPUT_RATE)] = 0.0


class AugmentationSettings(_Settings, frozen=True):
    """Random changes of the training points, by up to so much either way; in a curve only shift and scale, of x."""

    rotate: Annotated[float, _range(regularizers.ROTATE)] = 0.0
    shear: Annotated[float, _range(regularizers.SHEAR)] = 0.0
    shift: Annotated[float, _range(regularizers.SHIFT)] = 0.0
    scale: Annotated[float, _range(regularizers.SCALE)] = 0.0


class EarlyStoppingSettings(_Settings, frozen=True):
    """Stop when the validation loss worsens, as ``criterion`` says, and go back to the best weights."""

    criterion: Annotated[str, _one_of(criteria.CRITERIA)] = "patience"
    patience: Annotated[int, _range(criteria.PATIENCE)] = int(criteria.PATIENCE.default)
    min_delta: Annotated[float, _range(criteria.MIN_DELTA)] = criteria.MIN_DELTA.default
    alpha: Annotated[float, _range(criteria.STOPPING_ALPHA)] = criteria.STOPPING_ALPHA.default
    strips: Annotated[int, _range(criteria.STRIPS)] = int(criteria.STRIPS.default)
    restore_best: bool = True


class ClippingSettings(_Settings, frozen=True):
    """Cut back gradients: all of a lane's to the norm ``threshold``, or each element to that size."""

    kind: ClippingKey = "norm"
    threshold: Annotated[float, _range(regularizers.CLIPPING_THRESHOLD)] = (
        regularizers.CLIPPING_THRESHOLD.default
    )


class RegularizationSettings(_Settings, frozen=True):
    """What works against overfitting. C = loss + l1 Σ|W| + l2 ΣW².

    ``l1_update`` says how training follows the L1 term: along its subgradient λ₁·sign(W), or by a proximal step that
    gives exact zeros. ``weight_decay`` is no part of the cost.
    """

    l1: Annotated[float, _range(regularizers.L1)] = 0.0
    l1_update: L1UpdateKey = "subgradient"
    l2: Annotated[float, _range(regularizers.L2)] = 0.0
    weight_decay: Annotated[float, _range(regularizers.WEIGHT_DECAY)] = 0.0
    max_norm: Annotated[float, _range(regularizers.MAX_NORM)] | None = None
    dropout: DropoutSettings = field(default_factory=DropoutSettings)
    label_smoothing: Annotated[float, _range(regularizers.LABEL_SMOOTHING)] = 0.0
    input_noise: Annotated[float, _range(regularizers.INPUT_NOISE)] = 0.0
    augmentation: AugmentationSettings = field(default_factory=AugmentationSettings)
    mixup: Annotated[float, _range(regularizers.MIXUP)] = 0.0
    early_stopping: EarlyStoppingSettings | None = None
    gradient_clipping: ClippingSettings | None = None


LANE_COLOURS = 8
"""How many colours there are for lanes."""
MOST_REPEATS = 20
"""With how many seeds a lane can be trained at once."""


LaneName = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME, pattern=ONE_LINE)]
MOST_AXES = 2
"""How many axes a sweep in a document has; those without a window may have more."""
MOST_VALUES = 64
"""How many values an axis has."""
SweptValue: TypeAlias = bool | int | float | str
"""A number, the key of an entry of the catalogue, or whether something is on."""
_ValueIndex = Annotated[int, Meta(ge=0, lt=MOST_VALUES)]


class SweepAxis(_Settings, frozen=True):
    """One setting of the lanes of a sweep, and its values in order."""

    setting: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=LONGEST_SETTING,
            pattern=ONE_LINE,
            description='Path of the setting below a lane, as in "regularization.l2".',
        ),
    ]
    values: Annotated[
        tuple[SweptValue, ...],
        Meta(
            min_length=1,
            max_length=MOST_VALUES,
            description="All different; the first one is at the left or at the bottom.",
        ),
    ]
    before: Annotated[
        SweptValue | None,
        Meta(description="The value before the sweep, which comes back with its end. null: off, or none."),
    ] = None


class SweepSettings(_Settings, frozen=True, kw_only=True):
    """Lanes that are the cells of a grid: all with the settings of one lane, but for those on the axes."""

    name: Annotated[LaneName, Meta(description="Name of the lane that was spread out.")] = "A"
    axes: Annotated[
        tuple[SweepAxis, ...],
        Meta(
            min_length=1,
            max_length=MOST_AXES,
            description="The first is horizontal, the second vertical, upwards.",
        ),
    ]


class OwnData(_Settings, frozen=True, omit_defaults=True):
    """Numbers with which the generator makes points for one cell of a sweep alone. null: those of the data.

    Files leave out what is null, so that "points" is null where drawn points may stand alone (see ``dumps``).
    """

    noise: Annotated[float, _range(numbers.NOISE)] | None = None
    points: Annotated[int, _range(numbers.POINTS)] | None = None


class Lane(_Settings, frozen=True):
    """One network with its own hyperparameters, trained on the shared data set, or as a cell on points of its own.

    ``colour`` and ``hidden`` are about its look alone; training does not depend on them, nor on ``cell``.
    """

    name: LaneName = "A"
    colour: (
        Annotated[
            int,
            Meta(
                ge=0,
                lt=LANE_COLOURS,
                description="Number of the theme's colour, from 0. null: the first that no lane before it has.",
            ),
        ]
        | None
    ) = None
    hidden: Annotated[bool, Meta(description="Whether no view shows it; it trains all the same.")] = False
    muted: Annotated[bool, Meta(description="Whether it waits while other lanes train.")] = False
    seed: Seed = 0
    repeats: Annotated[
        int,
        Meta(
            ge=1,
            le=MOST_REPEATS,
            description="How many networks with these settings train, with this seed and those that follow it.",
        ),
    ] = 1
    cell: (
        Annotated[
            tuple[_ValueIndex, ...],
            Meta(
                min_length=1,
                max_length=MOST_AXES,
                description="Which value it has on each axis of the sweep, from 0. null: no cell of a sweep.",
            ),
        ]
        | None
    ) = None
    own_data: OwnData | None = None
    network: NetworkSettings = field(default_factory=NetworkSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    regularization: RegularizationSettings = field(default_factory=RegularizationSettings)


MOST_CELLS = 64
"""How many networks of a sweep train at once, with all their seeds."""
MAX_LANES = MOST_CELLS + 8
"""How many networks train at once: those of a sweep, and as many beside them as a person can make."""


class Experiment(_Settings, frozen=True):
    """Data settings, points and lanes."""

    format: Literal["neural-sketchbook/4"]
    data: DataSettings = field(default_factory=DataSettings)
    lanes: Annotated[tuple[Lane, ...], Meta(min_length=1, max_length=MAX_LANES)] = field(
        default_factory=lambda: (Lane(),)
    )
    sweep: SweepSettings | None = None
    drawings: Annotated[
        tuple[DataSettings, ...],
        Meta(
            max_length=len(TASKS) - 1,
            description="The data of other tasks, at most one a task, which come back with it. Nothing trains on them.",
        ),
    ] = ()
