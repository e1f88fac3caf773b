"""Hypothesis strategies for the documents of experiments, made from the catalogue."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from engine.catalogue import Entry, Family, Parameter, criteria, hyperparameters, regularizers
from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.features import FEATURES
from engine.catalogue.generators import GENERATORS
from engine.catalogue.initializers import INITIALIZERS
from engine.catalogue.input_scalings import INPUT_SCALINGS
from engine.catalogue.losses import LOSSES, applies
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.tasks import TASKS
from engine.experiment.points import SPLITS

JSON = dict[str, Any]
NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40)
CLASS_NAMES = NAMES.map(str.strip).filter(bool)
VISIBLE = st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"])
AXIS_NAMES = st.text(VISIBLE, min_size=1, max_size=40).map(str.strip).filter(bool)
COLOURS = st.from_regex("#[0-9a-f]{6}", fullmatch=True)
COORDINATES = st.floats(-1e100, 1e100)
EXTENTS = (
    st.tuples(COORDINATES, COORDINATES)
    .map(sorted)
    .filter(lambda ends: ends[1] - ends[0] > max(1e-12 * max(map(abs, ends)), 1e-100))
)
AXES = st.fixed_dictionaries(
    {"name": st.none() | AXIS_NAMES, "unit": st.none() | AXIS_NAMES.map(lambda text: text[:20].strip())}
)


def number(parameter: Parameter) -> st.SearchStrategy[float]:
    if parameter.integer:
        return st.integers(int(parameter.low), int(parameter.high))
    return st.floats(parameter.low, parameter.high, exclude_min=parameter.open_low).map(
        lambda value: value + 0.0
    )


def choice(family: Family[Any], keys: list[str] | None = None) -> st.SearchStrategy[Any]:
    """A name, or an object with some of its parameters."""

    def written(entry: Entry) -> st.SearchStrategy[Any]:
        optional = {parameter.key: number(parameter) for parameter in entry.parameters}
        whole = st.fixed_dictionaries({"name": st.just(entry.key)}, optional=optional)
        return st.just(entry.key) | whole

    return st.sampled_from([family[key] for key in keys or family]).flatmap(written)


def all_differ(names: list[str | None]) -> bool:
    """Whether classes with these names can be told apart."""
    given = [name for name in names if name is not None]
    return len(set(given)) == len(given)


@st.composite
def data(draw: st.DrawFn, tasks: list[str] | None = None) -> JSON:
    task = draw(st.sampled_from(tasks or list(TASKS)))
    fitting = [entry for entry in GENERATORS.values() if entry.task == task]
    generator = draw(st.sampled_from(fitting))
    classes = draw(st.integers(max(2, generator.classes), 10))
    names = st.lists(st.none() | CLASS_NAMES, min_size=classes, max_size=classes)
    colours = st.lists(st.none() | COLOURS, min_size=classes, max_size=classes)
    return {
        "task": task,
        "classes": classes,
        "class_names": draw(st.none() | names.filter(all_differ)),
        "class_colours": draw(st.none() | colours),
        "extent": {key: draw(EXTENTS) for key in ("x", "y", "value")},
        "axes": {key: draw(AXES) for key in ("x", "y", "value")},
        "aspect": draw(st.sampled_from(["free", "equal"])),
        "generator": {
            "name": generator.key,
            "points": draw(st.integers(2, 10_000)),
            "noise": draw(number(hyperparameters.NOISE)),
            "seed": draw(number(hyperparameters.SEED)),
        },
        "points": draw(st.none() | st.lists(point(task, classes), max_size=8)),
        "split": {
            "validation": draw(st.floats(0.0, 0.45)),
            "test": draw(st.floats(0.0, 0.45)),
            "seed": draw(number(hyperparameters.SEED)),
        },
    }


@st.composite
def point(draw: st.DrawFn, task: str, classes: int) -> list[Any]:
    x1, x2 = draw(COORDINATES), draw(COORDINATES)
    target = {"classification": st.integers(0, classes - 1), "curve": st.just(x2), "surface": COORDINATES}[
        task
    ]
    return [x1, x2, draw(target), draw(st.sampled_from(SPLITS))]


def normalization(depth: int) -> st.SearchStrategy[JSON]:
    numbers = st.lists(st.integers(1, depth), min_size=1, unique=True) if depth else st.nothing()
    return st.fixed_dictionaries(
        {},
        optional={
            "kind": st.sampled_from(["batch", "layer"]),
            "position": st.sampled_from(["before", "after"]),
            "layers": st.just("all") | numbers,
        },
    )


@st.composite
def lane(draw: st.DrawFn, name: str, task: str, classes: int) -> JSON:
    hidden = draw(st.lists(number(hyperparameters.LAYER_WIDTH), max_size=5))
    features = [key for key, entry in FEATURES.items() if task != "curve" or entry.curve]
    losses = [key for key, entry in LOSSES.items() if applies(entry, task, classes)]
    layers: st.SearchStrategy[str | list[int]] = st.sampled_from(["last", "all"])
    moves = {key: number(getattr(regularizers, key.upper())) for key in ("rotate", "shear", "shift", "scale")}
    if task == "curve":
        moves |= dict.fromkeys(("rotate", "shear"), st.just(0.0))
    loss = draw(choice(LOSSES, losses))
    soft = task == "classification" and "playground" not in (
        loss,
        loss["name"] if isinstance(loss, dict) else "",
    )
    if hidden:
        layers |= st.lists(st.integers(1, len(hidden)), min_size=1, unique=True)
    return {
        "name": name,
        "seed": draw(number(hyperparameters.SEED)),
        "network": {
            "features": draw(st.lists(st.sampled_from(features), min_size=1, unique=True)),
            "input_scaling": draw(st.sampled_from(list(INPUT_SCALINGS))),
            "hidden": hidden,
            "activation": draw(choice(ACTIVATIONS)),
            "initializer": draw(choice(INITIALIZERS)),
            "normalization": draw(st.none() | normalization(len(hidden))),
            "residual": draw(st.booleans()),
        },
        "training": {
            "optimizer": draw(choice(OPTIMIZERS)),
            "learning_rate": draw(number(hyperparameters.LEARNING_RATE)),
            # With more, the widest networks would take more memory than there may be.
            "batch_size": draw(st.integers(1, 300)),
            "loss": loss,
            "schedule": {"name": "constant"},
            "layer_rates": draw(
                st.none() | st.tuples(*[number(hyperparameters.LAYER_RATE)] * (len(hidden) + 1)).map(list)
            ),
        },
        "regularization": {
            "l1": draw(number(regularizers.L1)),
            "l2": draw(number(regularizers.L2)),
            "l1_update": draw(st.sampled_from(["subgradient", "proximal"])),
            "weight_decay": draw(number(regularizers.WEIGHT_DECAY)),
            "input_noise": draw(number(regularizers.INPUT_NOISE)),
            "max_norm": draw(st.none() | number(regularizers.MAX_NORM)),
            "dropout": {
                "rate": draw(number(regularizers.DROPOUT_RATE)),
                "rates": draw(
                    st.none() | st.tuples(*[number(regularizers.DROPOUT_RATE)] * len(hidden)).map(list)
                ),
                "layers": draw(layers),
                "input_rate": draw(number(regularizers.DROPOUT_INPUT_RATE)),
            },
            "label_smoothing": draw(number(regularizers.LABEL_SMOOTHING)) if soft else 0.0,
            "mixup": draw(number(regularizers.MIXUP)) if task == "classification" else 0.0,
            "augmentation": draw(st.fixed_dictionaries(moves)),
            "early_stopping": draw(st.none() | early_stopping()),
            "gradient_clipping": draw(
                st.none()
                | st.fixed_dictionaries(
                    {
                        "kind": st.sampled_from(["norm", "value"]),
                        "threshold": number(regularizers.CLIPPING_THRESHOLD),
                    }
                )
            ),
        },
    }


def early_stopping() -> st.SearchStrategy[JSON]:
    return st.fixed_dictionaries(
        {
            "criterion": st.sampled_from(list(criteria.CRITERIA)),
            "alpha": number(criteria.STOPPING_ALPHA),
            "strips": number(criteria.STRIPS),
            "patience": number(criteria.PATIENCE),
            "min_delta": number(criteria.MIN_DELTA),
            "restore_best": st.booleans(),
        }
    )


@st.composite
def documents(draw: st.DrawFn) -> JSON:
    """Whole, valid documents."""
    made = draw(data())
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    lanes = [draw(lane(name, made["task"], made["classes"])) for name in names]
    others = [task for task in TASKS if task != made["task"]]
    left = draw(st.lists(st.sampled_from(others), unique=True))
    drawings = [draw(data([task])) for task in left]
    document = {"format": "neural-sketchbook/4", "data": made, "lanes": lanes}
    return {**document, "drawings": drawings} if drawings else document


@st.composite
def partial_documents(draw: st.DrawFn) -> JSON:
    """Valid documents in which some keys, never ``format``, may be left out without changing what the rest needs."""
    document = draw(documents())
    keep = {"format", "task", "classes", "data", "generator", "network", "training", "lanes", "name", "features",
            "loss", "hidden", "layers", "dropout", "regularization", "points"}  # fmt: skip

    def thin(value: Any) -> Any:
        if isinstance(value, list):
            return [thin(item) for item in value]
        if not isinstance(value, dict) or ("name" in value and "seed" not in value):
            return value
        return {key: thin(item) for key, item in value.items() if key in keep or draw(st.booleans())}

    thinned: JSON = thin(document)
    return thinned
