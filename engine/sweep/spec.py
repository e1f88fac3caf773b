"""The spec of a sweep: an experiment, axes, seeds, epochs, and what to keep; read strictly, before anything trains."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from math import isfinite
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct, field

from engine.catalogue.texts import short_repr
from engine.experiment.bounded_json import JsonError, parse_json
from engine.experiment.document import from_json, to_json
from engine.experiment.document import schema as experiment_schema
from engine.experiment.settings import Experiment
from engine.experiment.validation import ExperimentError
from engine.observation.sweep_measures import OF_THRESHOLDS

SPEC_FORMAT: Final = "neural-sketchbook-sweep/1"
MOST_AXES = 16
MOST_VALUES = 100_000
"""The most values of one axis."""
MOST_CELLS = 10_000_000
MOST_SEEDS = 1000
MOST_EPOCHS = 100_000_000
Setting = Annotated[
    str, Meta(min_length=1, max_length=120, description="Path below a lane, or of the data (data.…).")
]


class _Part(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class AxisSpec(_Part, frozen=True):
    """One axis: ``values``, or a range ``from``, ``to`` with ``count`` values on a grid.

    A sweep that is sampled draws from the values, or from anywhere in the range.
    """

    setting: Setting
    values: Annotated[tuple[Any, ...], Meta(min_length=1, max_length=MOST_VALUES)] | None = None
    low: float | None = field(name="from", default=None)
    high: float | None = field(name="to", default=None)
    count: Annotated[int, Meta(ge=1, le=MOST_VALUES)] | None = None
    scale: Literal["linear", "log"] = "linear"


class SamplingSpec(_Part, frozen=True):
    """How cells are chosen: all of the grid, or ``count`` of them at random or along a Sobol sequence."""

    kind: Literal["grid", "random", "sobol"] = "grid"
    count: Annotated[int, Meta(ge=1, le=MOST_CELLS)] | None = None
    seed: Annotated[int, Meta(ge=0, lt=2**31)] = 0


class ThresholdSpec(_Part, frozen=True):
    """The measure and value for which ``epochs_to_threshold`` counts the epochs."""

    measure: str
    value: float


class KeepSpec(_Part, frozen=True):
    """What is kept beside the numbers: a small picture of each lane's answers, so many cells a side, or none (0)."""

    pictures: Literal[0, 16, 32] = 0


class SweepSpec(_Part, frozen=True):
    """A sweep as its file says it.

    Attributes
    ----------
    experiment
        The document; one of its lanes is the base.
    lane
        The name of that lane; null for the first.
    axes
        What varies.
    sampling
        Which cells of the axes are trained.
    seeds
        How many networks each cell has, with the lane's seed and those that follow it.
    epochs
        How long each trains.
    """

    format: Literal["neural-sketchbook-sweep/1"]
    experiment: dict[str, Any]
    axes: Annotated[tuple[AxisSpec, ...], Meta(min_length=1, max_length=MOST_AXES)]
    lane: str | None = None
    sampling: SamplingSpec = field(default_factory=SamplingSpec)
    seeds: Annotated[int, Meta(ge=1, le=MOST_SEEDS)] = 1
    epochs: Annotated[int, Meta(ge=1, le=MOST_EPOCHS)] = 100
    threshold: ThresholdSpec | None = None
    keep: KeepSpec = field(default_factory=KeepSpec)


def read_spec(text: str | bytes) -> SweepSpec:
    """Read a spec; its settings are checked by ``engine.sweep.plan``.

    Parameters
    ----------
    text
        JSON.

    Returns
    -------
    SweepSpec
        With the experiment in today's format, all settings written out.

    Raises
    ------
    ExperimentError
        With the path of what is wrong, and what is allowed there.

    Examples
    --------
    >>> read_spec('{"format": "neural-sketchbook-sweep/1", "experiment": {}, "axes": []}')
    Traceback (most recent call last):
    ...
    engine.experiment.errors.ExperimentError: axes: expected a list of length at least 1, not []
    """
    try:
        value = parse_json(text)
    except JsonError as error:
        raise ExperimentError("", str(error)) from None
    if not isinstance(value, dict):
        raise ExperimentError("", "a spec is a JSON object; see sweep --example")
    found = value.get("format")
    if found != SPEC_FORMAT:
        raise ExperimentError("format", _wrong_format(found))
    spec = _convert(value)
    _check_threshold(spec.threshold)
    return msgspec.structs.replace(spec, experiment=to_json(_experiment(spec)))


def _check_threshold(threshold: ThresholdSpec | None) -> None:
    if threshold is None:
        return
    if threshold.measure not in OF_THRESHOLDS:
        raise ExperimentError(
            "threshold.measure",
            f"expected one of {', '.join(OF_THRESHOLDS)}, not {threshold.measure!r:.40}",
        )
    if not isfinite(threshold.value):
        raise ExperimentError("threshold.value", "expected a finite number")


def make_spec(experiment: Experiment, axes: tuple[AxisSpec, ...], **more: Any) -> SweepSpec:
    """Return the spec of an experiment, as the window makes it.

    Parameters
    ----------
    experiment
        One of its lanes is the base.
    axes
        What varies.
    more
        Further fields of ``SweepSpec``.

    Returns
    -------
    SweepSpec
    """
    return SweepSpec(format=SPEC_FORMAT, experiment=to_json(experiment), axes=axes, **more)


def dumps_spec(spec: SweepSpec) -> str:
    """Return the text of a spec's file.

    Parameters
    ----------
    spec
        Any.

    Returns
    -------
    str
        JSON that ``read_spec`` reads to an equal spec.
    """
    text = json.dumps(spec_json(spec), indent=1, ensure_ascii=False)
    return re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda m: "[" + re.sub(r",\s+", ", ", m[1]) + "]", text) + "\n"


def spec_json(spec: SweepSpec) -> dict[str, Any]:
    """Return a spec as plain JSON values.

    Parameters
    ----------
    spec
        Any.

    Returns
    -------
    dict
        Without what an axis leaves out.
    """
    plain: dict[str, Any] = msgspec.to_builtins(spec)
    for axis in plain["axes"]:
        kept = (
            ("setting", "values")
            if axis["values"] is not None
            else ("setting", "from", "to", "count", "scale")
        )
        for key in [key for key in axis if key not in kept or axis[key] is None]:
            del axis[key]
    return json.loads(json.dumps(plain))  # type: ignore[no-any-return]


def spec_hash(spec: SweepSpec) -> str:
    """Return a hash that equal specs share, however their files are written.

    Parameters
    ----------
    spec
        Any.

    Returns
    -------
    str
        Hexadecimal.
    """
    text = json.dumps(spec_json(spec), sort_keys=True, ensure_ascii=True)
    return sha256(text.encode()).hexdigest()


def first_difference(one: Any, other: Any, path: str = "") -> str:
    """Return the path of the first value in which two specs differ.

    Parameters
    ----------
    one, other
        As ``spec_json`` returns them.
    path
        Where they stand.

    Returns
    -------
    str
        "" where they are equal.

    Examples
    --------
    >>> first_difference({"axes": [{"to": 1.0}]}, {"axes": [{"to": 2.0}]})
    'axes.0.to'
    """
    parts = _parts(one), _parts(other)
    if parts[0] is None or parts[1] is None:
        return "" if one == other else path
    for key in [*parts[0], *(key for key in parts[1] if key not in parts[0])]:
        where = f"{path}.{key}".lstrip(".")
        if key not in parts[0] or key not in parts[1]:
            return where
        if found := first_difference(parts[0][key], parts[1][key], where):
            return found
    return ""


def spec_schema() -> dict[str, Any]:
    """Return the JSON Schema of specs.

    Returns
    -------
    dict
        With the schema of experiments in it.
    """
    (made,), parts = msgspec.json.schema_components([SweepSpec], ref_template="#/$defs/{name}")
    inner = experiment_schema()
    parts |= inner.pop("$defs", {})
    inner.pop("$schema", None)
    root = parts.pop(made["$ref"].rpartition("/")[2])
    root["properties"]["experiment"] = inner
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **root, "$defs": parts}


def _parts(value: Any) -> Mapping[Any, Any] | None:
    if isinstance(value, list):
        return dict(enumerate(value))
    return value if isinstance(value, dict) else None


def _wrong_format(found: object) -> str:
    if found is None:
        return f'is missing; a spec says "format": "{SPEC_FORMAT}"'
    if isinstance(found, str) and re.fullmatch(r"neural-sketchbook/\d+", found):
        return 'this is a sketch, not the spec of a sweep; put it under "experiment" (see sweep --example)'
    newer = isinstance(found, str) and re.fullmatch(r"neural-sketchbook-sweep/\d{1,9}", found)
    why = "was written by a newer version; update the app" if newer else "is unknown"
    return f"expected {SPEC_FORMAT!r}; {short_repr(found)} {why}"


def _experiment(spec: SweepSpec) -> Experiment:
    try:
        return from_json(spec.experiment)
    except ExperimentError as error:
        raise ExperimentError(f"experiment.{error.path}".rstrip("."), error.sentence) from None


_KINDS = {
    "float": "a number", "int": "a whole number", "str": "text", "bool": "true or false", "array": "a list",
    "object": "an object", "null": "null",
}  # fmt: skip
_WORDS = {" of length >= ": " of length at least ", " of length <= ": " of length at most ", " >= ": " of at least ",
          " <= ": " of at most ", " < ": " below ", " > ": " above "}  # fmt: skip


def _convert(value: dict[str, Any]) -> SweepSpec:
    try:
        return msgspec.convert(value, SweepSpec)
    except msgspec.ValidationError as error:
        raise _readable(str(error), value) from None


def _readable(message: str, value: Any) -> ExperimentError:
    sentence, _, location = message.partition(" - at `$")
    where = re.sub(r"\[(\d+)\]", r".\1", location.rstrip("`")).strip(".")
    for key in filter(None, where.split(".")):
        value = value[int(key)] if isinstance(value, list) else value.get(key)
    if match := re.fullmatch(r"Object contains unknown field `(.*)`", sentence):
        return ExperimentError(f"{where}.{match[1]}".strip("."), "there is no such field in a spec")
    if match := re.fullmatch(r"Object missing required field `(.*)`", sentence):
        return ExperimentError(f"{where}.{match[1]}".strip("."), "is missing")
    if sentence.startswith("Invalid enum value"):
        return ExperimentError(where, f"expected {_allowed(where)}, not {short_repr(value)}")
    kinds = re.sub(r"`([^`]*)`", lambda m: " or ".join(_KINDS.get(k, k) for k in m[1].split(" | ")), sentence)
    for technical, plain in _WORDS.items():
        kinds = kinds.replace(technical, plain)
    expected = kinds.partition(", got")[0]
    return ExperimentError(where, f"{expected[:1].lower()}{expected[1:]}, not {short_repr(value)}")


_ALLOWED = {"scale": "'linear' or 'log'", "kind": "'grid', 'random' or 'sobol'", "pictures": "0, 16 or 32"}


def _allowed(where: str) -> str:
    return _ALLOWED.get(where.rpartition(".")[2], "another value")
