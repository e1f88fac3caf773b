"""The experiment as JSON: reading, writing, defaults, migrations, schema, hash and edits by path."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from math import isfinite
from typing import Any, TypeVar

import msgspec

from engine.catalogue.generators import GENERATORS
from engine.catalogue.tasks import CLASSIFICATION, TASKS, Task
from engine.catalogue.texts import short_repr
from engine.experiment.bounded_json import DEEPEST, JsonError, parse_json
from engine.experiment.choice import Choice
from engine.experiment.drawings import all_points, with_all_points, without_drawings
from engine.experiment.kept_run import RunError, from_text, to_text
from engine.experiment.kinds import field_kind, item_kind
from engine.experiment.messages import join_path as _join
from engine.experiment.messages import readable
from engine.experiment.points import LARGEST, SPLITS, Points
from engine.experiment.run_list import HIGHEST, LAST_RUN, MOST_RUNS, RUNS, Runs, last_from_json, last_number
from engine.experiment.run_list import from_json as runs_from_json
from engine.experiment.run_list import to_text as runs_to_text
from engine.experiment.settings import FORMAT, MAX_LANES, Experiment, Lane
from engine.experiment.sweeps.rules import with_own_kinds
from engine.experiment.validation import ExperimentError, validate


def _from_1(document: dict[str, Any]) -> dict[str, Any]:
    """Format 1 knew neither the frame of the data nor drawings of other tasks; both have their defaults."""
    return {**document, "format": "neural-sketchbook/2"}


def _from_2(document: dict[str, Any]) -> dict[str, Any]:
    """Format 2 knew neither colours of lanes nor lanes that are hidden or muted; all have their defaults."""
    return {**document, "format": "neural-sketchbook/3"}


def _from_3(document: dict[str, Any]) -> dict[str, Any]:
    """Format 3 knew neither sweeps nor learning rates of single layers; both have their defaults."""
    return {**document, "format": "neural-sketchbook/4"}


MIGRATIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "neural-sketchbook/1": _from_1,
    "neural-sketchbook/2": _from_2,
    "neural-sketchbook/3": _from_3,
}
"""From an older format's name to the function that turns its JSON into the next newer format's."""

LARGEST_WHOLE = 2**53
"""Up to here every whole number has a float of its own."""

RUN = "run"
"""The key of the kept run, which is no setting."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a file holds.

    Attributes
    ----------
    experiment
        Data and settings.
    run
        The bytes of a run that was saved with them (see ``engine.experiment.kept_run``); None without one.
    run_problem
        Why the run of the file cannot be used, in a clause; "" where it can, and where there is none.
    runs
        The runs that have ended, the oldest first (see ``engine.experiment.run_list``).
    runs_problem
        What of them could not be read and was left out, in a sentence; "" where all could.
    last_run
        The highest number that one of them has had, deleted ones too; 0 where there was none.
    """

    experiment: Experiment
    run: bytes | None = None
    run_problem: str = ""
    runs: Runs = ()
    runs_problem: str = ""
    last_run: int = 0


def default_experiment() -> Experiment:
    """Return the experiment of a new sketch: classification of a generated spiral, one lane.

    Returns
    -------
    Experiment
    """
    return from_json({"format": FORMAT})


def from_json(value: object) -> Experiment:
    """Make an experiment from parsed JSON.

    Parameters
    ----------
    value
        A JSON object of this format or an older one. Keys that are left out get their defaults.

    Returns
    -------
    Experiment
        Valid in itself; equal to the one that ``to_json`` was called with.

    Raises
    ------
    ExperimentError
        With the path of what is wrong, and what is allowed there.

    Examples
    --------
    >>> from_json({"format": FORMAT, "data": {"task": "surface"}}).data.generator.name
    'plane'
    """
    document = _migrate(value)
    return with_own_kinds(validate(_convert(_fill_in(document), Experiment, "")))


def to_json(experiment: Experiment) -> dict[str, Any]:
    """Return an experiment as plain JSON values.

    Parameters
    ----------
    experiment
        Valid or not.

    Returns
    -------
    dict
        Every setting, defaults too; points as rows [x1, x2, target, split name]. ``drawings`` and
        ``sweep`` only where there are any.
    """
    plain: dict[str, Any] = _with_lists(msgspec.to_builtins(experiment, enc_hook=_encode))
    if not experiment.drawings:
        del plain["drawings"]
    if experiment.sweep is None:
        del plain["sweep"]
    return plain


def loads(text: str | bytes) -> Experiment:
    """Read an experiment from the text of a file; runs that were saved with it are left out.

    Parameters
    ----------
    text
        JSON; bytes are UTF-8, UTF-16 or UTF-32.

    Returns
    -------
    Experiment

    Raises
    ------
    ExperimentError
        With the line and column where the text is not JSON, or with the path of what is wrong in it.
    """
    value = _parsed(text)
    for key in (RUN, RUNS, LAST_RUN):
        value, _ = _without(value, key)
    return from_json(value)


def loads_sketch(text: str | bytes) -> Sketch:
    """Read an experiment with its runs from the text of a file.

    Parameters
    ----------
    text
        As for ``loads``.

    Returns
    -------
    Sketch
        A damaged run, present or ended, does not keep the experiment from being read.

    Raises
    ------
    ExperimentError
        As for ``loads``.
    """
    value, run = _without(_parsed(text), RUN)
    value, listed = _without(value, RUNS)
    value, last = _without(value, LAST_RUN)
    experiment = from_json(value)
    runs, runs_problem = ((), "") if listed is None else runs_from_json(listed, _read_lane)
    last_run, last_problem = last_from_json(last, runs)
    sketch = Sketch(experiment, runs=runs, runs_problem=runs_problem or last_problem, last_run=last_run)
    if run is None:
        return sketch
    try:
        if not isinstance(run, str):
            raise RunError("its bytes are damaged")
        return replace(sketch, run=from_text(run))
    except RunError as error:
        return replace(sketch, run_problem=str(error))


def _without(value: Any, key: str) -> tuple[Any, Any]:
    """Parsed JSON without what is no setting, and that; None where there is none."""
    if not isinstance(value, dict) or key not in value:
        return value, None
    return {name: part for name, part in value.items() if name != key}, value[key]


def _read_lane(value: object, task: str, classes: int) -> Lane:
    """The settings of an ended run; raises ExperimentError with a path below the lane."""
    data = {"task": task, "classes": classes, "points": []}
    try:
        return from_json({"format": FORMAT, "data": data, "lanes": [value]}).lanes[0]
    except ExperimentError as error:
        sentence = str(error).removeprefix(f"{error.path}: ")
        raise ExperimentError(error.path.removeprefix("lanes.0").strip("."), sentence) from None


def _parsed(text: str | bytes) -> Any:
    try:
        return parse_json(text)
    except JsonError as error:
        raise ExperimentError("", str(error)) from None


def dumps(experiment: Experiment, run: bytes | None = None, runs: Runs = (), last_run: int = 0) -> str:
    """Write an experiment as the text of a file.

    Parameters
    ----------
    experiment
        Valid or not.
    run
        A run to be kept with it, which ``loads_sketch`` returns again.
    runs
        The runs that have ended, which it returns, too.
    last_run
        The highest number that one of them has had; it is written where ``runs`` do not tell it.

    Returns
    -------
    str
        Indented JSON with one point a line; ``loads`` returns an experiment that is equal to the bit.
    """
    points = all_points(experiment)
    settings = to_json(with_all_points(experiment, (None,) * len(points)))
    text = json.dumps(settings, indent=1, ensure_ascii=False)
    text = re.sub(r"\[\n\s+(-?[\d.][^\[\]{}]*?)\n\s+\]", _on_one_line, text) + "\n"
    # No text that a person gives holds this: its quotes would be escaped.
    first, *rest = text.split('"points": null')
    text = first + "".join(
        f'"points": {_lines_of(own)}{part}' for own, part in zip(points, rest, strict=True)
    )
    more = {RUNS: runs_to_text(runs)} if runs else {}
    if last_run > last_number(runs):
        more[LAST_RUN] = str(last_run)
    if run is not None:
        more[RUN] = f'"{to_text(run)}"'
    parts = "".join(f',\n "{key}": {value}' for key, value in more.items())
    return text.removesuffix("\n}\n") + parts + "\n}\n" if parts else text


def stable_hash(experiment: Experiment) -> str:
    """Return a hash of what is trained: of all settings and points, without the drawings of other tasks.

    Parameters
    ----------
    experiment
        Valid or not.

    Returns
    -------
    str
        Hex SHA-256 of the canonical JSON: the same on every machine and in every process.
    """
    canonical = json.dumps(to_json(without_drawings(experiment)), sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the document, with ranges and descriptions from the catalogue.

    Returns
    -------
    dict
        Plain JSON values.
    """
    described = msgspec.json.schema(Experiment, schema_hook=_schema)
    described["$defs"]["Experiment"]["properties"][RUN] = {
        "type": "string",
        "contentEncoding": "base64",
        "description": "The run that was saved with the settings: weights and history, compressed.",
    }
    described["$defs"]["Experiment"]["properties"][RUNS] = {
        "type": "array",
        "maxItems": MOST_RUNS,
        "items": {"type": "object"},
        "description": "The runs that have ended: settings, results, curves and a picture of each.",
    }
    described["$defs"]["Experiment"]["properties"][LAST_RUN] = {
        "type": "integer",
        "minimum": 1,
        "maximum": HIGHEST,
        "description": "The highest number that a run has had, if that one is not in the list any more.",
    }
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": FORMAT, **described}
    # Defaults come as tuples; what leaves here is what a reader of the JSON gets.
    plain: dict[str, Any] = json.loads(json.dumps(whole))
    return plain


def edit(experiment: Experiment, path: str, value: object) -> Experiment:
    """Return a copy with one value replaced.

    Parameters
    ----------
    experiment
        It is not changed.
    path
        Keys and lane numbers with dots between, as in ``lanes.0.training.learning_rate``.
    value
        The field's JSON form, or an instance of its type.

    Returns
    -------
    Experiment

    Raises
    ------
    ExperimentError
        For an unknown path, a value that is not allowed, or one that does not go with the rest.

    Examples
    --------
    >>> edited = edit(default_experiment(), "lanes.0.training.learning_rate", 0.1)
    >>> get(edited, "lanes.0.training.learning_rate")
    0.1
    """
    return edit_many(experiment, {path: value})


def edit_many(experiment: Experiment, changes: Mapping[str, object]) -> Experiment:
    """Return a copy with several values replaced.

    Parameters
    ----------
    experiment
        It is not changed.
    changes
        Values by path, as ``edit`` takes them, applied in order.

    Returns
    -------
    Experiment
        Only the outcome must be valid: the steps on the way need not be.

    Raises
    ------
    ExperimentError
        As ``edit`` raises it.

    Examples
    --------
    >>> both = {"data.classes": 3, "lanes.0.training.loss": "squared"}
    >>> edit_many(default_experiment(), both).data.classes
    3
    """
    for path, value in changes.items():
        experiment = _replace(experiment, Experiment, path.split("."), value, path)
    return validate(experiment)


def get(experiment: Experiment, path: str) -> Any:
    """Return one value of an experiment.

    Parameters
    ----------
    experiment
        Any.
    path
        Keys and lane numbers with dots between; after a choice, one of its parameters.

    Returns
    -------
    object
        A setting, a ``Choice``, points, or a whole part of the settings.

    Raises
    ------
    ExperimentError
        For an unknown path, with the settings that there are.

    Examples
    --------
    >>> get(default_experiment(), "lanes.0.training.optimizer.beta1")
    0.9
    """
    value: Any = experiment
    for key in path.split("."):
        value = value[_index(value, key, path)] if isinstance(value, tuple) else _attribute(value, key, path)
    return value


def _replace(value: Any, kind: Any, keys: list[str], leaf: object, path: str) -> Any:
    if not keys:
        return _convert(leaf, kind, path)
    key, rest = keys[0], keys[1:]
    if isinstance(value, tuple):
        index = _index(value, key, path)
        changed = _replace(value[index], item_kind(kind), rest, leaf, path)
        return (*value[:index], changed, *value[index + 1 :])
    if isinstance(value, Choice) and not rest:
        return _convert({"name": value.name, **value.parameters, key: leaf}, type(value), path)
    _attribute(value, key, path)
    changed = _replace(getattr(value, key), field_kind(type(value), key), rest, leaf, path)
    return msgspec.structs.replace(value, **{key: changed})


def _attribute(value: Any, key: str, path: str) -> Any:
    if isinstance(value, Choice) and key in value.parameters:
        return value.parameters[key]
    known = value.__struct_fields__ if isinstance(value, msgspec.Struct) else ()
    if key not in known:
        there = f"there are: {', '.join(known)}" if known else "nothing lies below this one"
        raise ExperimentError(path, f"no setting {short_repr(key)} here; {there}")
    return getattr(value, key)


def _index(value: tuple[Any, ...], key: str, path: str) -> int:
    if not key.isdecimal() or int(key) >= len(value):
        raise ExperimentError(
            path, f"expected a number from 0 to {len(value) - 1} in place of {short_repr(key)}"
        )
    return int(key)


def _convert(value: object, kind: type[T] | Any, path: str) -> T:
    try:
        converted: T = msgspec.convert(_plain(value, path), kind, dec_hook=_decode)
        return converted
    except msgspec.ValidationError as error:
        raise readable(str(error), value, path) from None


def _plain(value: Any, path: str, depth: int = 0) -> Any:
    """``value`` with whole numbers as such, 2.0 too, as JSON Schema counts them; refuses what JSON cannot hold."""
    if isinstance(value, float):
        if not isfinite(value):
            raise ExperimentError(path, "numbers must be finite")
        return int(value) if value.is_integer() and abs(value) <= LARGEST_WHOLE else value
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ExperimentError(path, "the text is not valid Unicode") from None
    if depth > DEEPEST:
        raise ExperimentError("", "it is nested too deeply to be an experiment")
    if isinstance(value, dict):
        return {
            _plain(key, path): _plain(item, _join(path, str(key)), depth + 1) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_plain(item, _join(path, str(index)), depth + 1) for index, item in enumerate(value)]
    return value


def _decode(kind: type[Any], value: object) -> Any:
    if isinstance(value, kind):
        return value
    if issubclass(kind, Choice):
        return kind.parse(value)
    if kind is Points:
        return Points.from_rows(value)
    raise TypeError(f"cannot read a {kind.__name__}")


def _encode(value: Any) -> Any:
    if isinstance(value, Choice):
        return value.to_json()
    if isinstance(value, Points):
        return value.to_rows()
    raise TypeError(f"cannot write a {type(value).__name__}")


def plain_value(value: Any) -> Any:
    """Return a part of an experiment as plain JSON values.

    Parameters
    ----------
    value
        As ``get`` returns it.

    Returns
    -------
    object
        What ``edit`` takes in its place.

    Examples
    --------
    >>> plain_value(get(default_experiment(), "lanes.0.network.hidden"))
    [8, 8, 8]
    >>> plain_value(get(default_experiment(), "lanes.0.network.activation"))
    'tanh'
    """
    return _with_lists(msgspec.to_builtins(value, enc_hook=_encode))


def _with_lists(value: Any) -> Any:
    """``value`` with lists in place of tuples."""
    if isinstance(value, dict):
        return {key: _with_lists(item) for key, item in value.items()}
    return [_with_lists(item) for item in value] if isinstance(value, tuple) else value


def _schema(kind: type[Any]) -> dict[str, Any]:
    if issubclass(kind, Choice):
        return kind.schema()
    number, split = {"type": "number", "minimum": -LARGEST, "maximum": LARGEST}, {"enum": list(SPLITS)}
    return {
        "type": "array",
        "description": "Rows [x1, x2, target, split]; the target is a class number from 0, or a value.",
        "items": {
            "type": "array",
            "prefixItems": [number, number, number, split],
            "minItems": 4,
            "maxItems": 4,
        },
    }


def _migrate(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ExperimentError("", "an experiment is a JSON object")
    document: dict[str, Any] = value
    while (name := document.get("format")) != FORMAT:
        if name is None:
            raise ExperimentError("format", f'is missing; a sketch says "format": "{FORMAT}"')
        if not isinstance(name, str) or name not in MIGRATIONS:
            why = (
                "was written by a newer version; update the app to open it" if _newer(name) else "is unknown"
            )
            raise ExperimentError("format", f"expected {FORMAT!r}; {short_repr(name)} {why}")
        document = MIGRATIONS[name](document)
    return document


def _newer(name: object) -> bool:
    numbered = r"neural-sketchbook/([0-9]{1,9})"
    match, ours = re.fullmatch(numbered, str(name)), re.fullmatch(numbered, FORMAT)
    return bool(match and ours and int(match[1]) > int(ours[1]))


def _fill_in(document: dict[str, Any]) -> dict[str, Any]:
    """Defaults that depend on the task, for what is left out: generator, classes, features and loss."""
    data = _fill_in_data(document.get("data", {}))
    drawings = document.get("drawings")
    if isinstance(drawings, list):
        document = {
            **document,
            "drawings": [*map(_fill_in_data, drawings[: len(TASKS)]), *drawings[len(TASKS) :]],
        }
    lanes = document.get("lanes", [{}])
    if isinstance(lanes, list) and isinstance(data, dict) and "classes" in data:
        # More lanes than there may be are refused later, and are not worth the time.
        task = data.get("task", CLASSIFICATION)
        filled = [_fill_in_lane(lane, task, data["classes"]) for lane in lanes[:MAX_LANES]]
        lanes = [*filled, *lanes[MAX_LANES:]]
    return {**document, "data": data, "lanes": lanes}


def _fill_in_data(data: Any) -> Any:
    if not isinstance(data, dict) or not isinstance(data.get("generator", {}), dict):
        return data
    generator = data.get("generator", {})
    if "name" not in generator:
        generator = {**generator, "name": _defaults(data.get("task", CLASSIFICATION)).generator}
    known = isinstance(generator["name"], str) and generator["name"] in GENERATORS
    made = GENERATORS[generator["name"]].classes if known else 2
    return {"classes": max(2, made), **data, "generator": generator}


def _fill_in_lane(lane: Any, task: Any, classes: Any) -> Any:
    if not isinstance(lane, dict) or not isinstance(task, str) or not isinstance(classes, int):
        return lane
    network, training = lane.get("network", {}), lane.get("training", {})
    if isinstance(network, dict):
        lane = {**lane, "network": {"features": _defaults(task).features, **network}}
    if isinstance(training, dict):
        lane = {**lane, "training": {"loss": _defaults(task).loss, **training}}
    return lane


def _defaults(task: Any) -> Task:
    """The task whose defaults count, also where the document names an unknown one."""
    return TASKS[task if isinstance(task, str) and task in TASKS else CLASSIFICATION]


def _lines_of(points: Points | None) -> str:
    """As indented by ``dumps``; the indenting encoder itself would take some ten times as long."""
    if points is None:
        return "null"
    rows = json.dumps(points.to_rows())[1:-1].replace("], [", "],\n   [")
    return f"[\n   {rows}\n  ]" if rows else "[]"


def _on_one_line(match: re.Match[str]) -> str:
    return "[" + ", ".join(part.strip() for part in match.group(1).split(",\n")) + "]"
