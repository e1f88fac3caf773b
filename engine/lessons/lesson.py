"""A lesson as a value: its experiment, its steps with their words, and what it claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec import field as in_file

from engine.experiment import Experiment, edit_many
from engine.lessons.blocks import Block
from engine.lessons.problems import LessonError

LESSON_FORMAT: Final = "neural-sketchbook-lesson/1"
MOST_EPOCHS = 100_000
Key = Annotated[str, Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Name = Annotated[str, Meta(pattern="^[a-z][a-z0-9_-]*$", max_length=40)]
Epochs = Annotated[int, Meta(ge=0, le=MOST_EPOCHS)]
Settings = dict[str, Any]


class _Part(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class WeightByHand(_Part, frozen=True, kw_only=True):
    """A weight that is set by hand, or a bias where nothing is ``source``; layers, inputs and neurons count from 1."""

    layer: Annotated[int, Meta(ge=1, le=65)]
    source: Annotated[int, Meta(ge=1, le=512)] | None = in_file(name="from", default=None)
    """The input, or the neuron of the layer before, that a weight comes from."""
    target: Annotated[int, Meta(ge=1, le=512)] = in_file(name="to", default=1)
    """The neuron of the layer."""
    value: Annotated[float, Meta(ge=-1e6, le=1e6)]
    lane: str | None = None
    """Name of a lane; the first where None."""


class Do(_Part, frozen=True, kw_only=True):
    """What *Do it for me* does, in this order: edits, back to the first weights, weights set by hand, training, back to
    the best weights.
    """

    set: Settings = {}
    restart: bool = False
    weights: tuple[WeightByHand, ...] = ()
    train: Epochs = 0
    restore_best: bool = False


class Measure(_Part, frozen=True, kw_only=True):
    """A quantity of ``QUANTITIES``, with what it depends on."""

    quantity: str
    lane: str | None = None
    """Name of a lane; the first where None."""
    split: Literal["training", "validation", "test"] = "validation"
    layer: Annotated[int, Meta(ge=1, le=65)] | None = None
    epoch: Epochs | None = None
    level: float | None = None


class OtherMeasure(_Part, frozen=True, kw_only=True):
    """What is different in the second quantity of a claim."""

    quantity: str | UnsetType = UNSET
    lane: str | UnsetType = UNSET
    split: Literal["training", "validation", "test"] | UnsetType = UNSET
    layer: Annotated[int, Meta(ge=1, le=65)] | UnsetType = UNSET
    epoch: Epochs | UnsetType = UNSET
    level: float | UnsetType = UNSET


class Condition(_Part, frozen=True, kw_only=True):
    """Something that a step waits for; exactly one of ``setting``, ``epochs``, ``playing``, ``drawn``, ``quantity``."""

    setting: str | None = None
    equals: Any = UNSET
    differs_from: Any = UNSET
    at_least: float | None = None
    at_most: float | None = None
    epochs: Epochs | None = None
    playing: bool | None = None
    drawn: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    quantity: str | None = None
    lane: str | None = None
    split: Literal["training", "validation", "test"] = "validation"
    layer: Annotated[int, Meta(ge=1, le=65)] | None = None
    level: float | None = None

    @property
    def measure(self) -> Measure | None:
        """The quantity that it is about, if it is about one."""
        if self.quantity is None:
            return None
        return Measure(
            quantity=self.quantity, lane=self.lane, split=self.split, layer=self.layer, level=self.level
        )


class Claim(_Part, frozen=True, kw_only=True):
    """What a lesson says is so, as a number of several trainings; see docs/lessons.md."""

    key: Key
    after: Key | None = None
    set: Settings = {}
    epochs: Annotated[int, Meta(ge=0, le=20_000)]
    seeds: Annotated[int, Meta(ge=1, le=60)] = 10
    vary: Literal["weights", "data"] = "weights"
    quantity: str
    lane: str | None = None
    split: Literal["training", "validation", "test"] = "validation"
    layer: Annotated[int, Meta(ge=1, le=65)] | None = None
    epoch: Epochs | None = None
    level: float | None = None
    over: OtherMeasure | None = None
    minus: OtherMeasure | None = None
    at_least: float | None = None
    at_most: float | None = None
    share: Annotated[float, Meta(gt=0.0, le=1.0)] | None = None
    statistic: Literal["median", "min", "max"] | None = None

    @property
    def measure(self) -> Measure:
        """What it is about."""
        return Measure(
            quantity=self.quantity,
            lane=self.lane,
            split=self.split,
            layer=self.layer,
            epoch=self.epoch,
            level=self.level,
        )

    @property
    def other(self) -> Measure | None:
        """What that is divided by or compared with, if there is something."""
        changed = self.over or self.minus
        if changed is None:
            return None
        values = {name: getattr(self.measure, name) for name in self.measure.__struct_fields__}
        for name in values:
            given = getattr(changed, name)
            if given is not UNSET:
                values[name] = given
        return Measure(**values)


class StepFile(_Part, frozen=True, kw_only=True):
    """A step as it stands in ``lesson.json``."""

    key: Key
    set: Settings = {}
    watch: tuple[str, ...] = ()
    view: Settings = {}
    control: str = ""
    do: Do | None = None
    wait: tuple[Condition, ...] = ()
    code: tuple[str, ...] = ()


class LessonFile(_Part, frozen=True, kw_only=True):
    """``lesson.json`` without its experiment."""

    format: Literal["neural-sketchbook-lesson/1"]
    steps: Annotated[tuple[StepFile, ...], Meta(min_length=1, max_length=30)]
    claims: Annotated[tuple[Claim, ...], Meta(min_length=1, max_length=30)]
    experiment: Settings = {}
    numbers: dict[Name, float | int] = {}
    formulas: dict[Name, Annotated[str, Meta(min_length=1, max_length=1000)]] = {}


@dataclass(frozen=True, slots=True)
class Step:
    """A step with its words.

    Attributes
    ----------
    key
        Its name in the files.
    title
        Of one line.
    body, do_text, watch_text, question, answer, note
        What it is about, what to do and to watch, a question, its answer, what may be skipped; empty without any.
    set
        Settings by path that it begins with.
    watch
        Keys of ``VIEWS``, the most important one first.
    view
        Options of views by path.
    control
        What it points at: a setting or one of ``CONTROLS``; "" for nothing.
    do
        What can be done for a person.
    wait
        What it waits for.
    code
        Settings whose line of code belongs to it.
    """

    key: str
    title: str
    body: tuple[Block, ...] = ()
    do_text: tuple[Block, ...] = ()
    watch_text: tuple[Block, ...] = ()
    question: tuple[Block, ...] = ()
    answer: tuple[Block, ...] = ()
    note: tuple[Block, ...] = ()
    set: Mapping[str, Any] = field(default_factory=dict)
    watch: tuple[str, ...] = ()
    view: Mapping[str, Any] = field(default_factory=dict)
    control: str = ""
    do: Do | None = None
    wait: tuple[Condition, ...] = ()
    code: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson in one language.

    Attributes
    ----------
    key
        Its name: that of its folder without the number.
    number
        The number that the folder begins with; None if there is none.
    folder
        Where it is.
    language
        Code of the language of its words.
    title, summary
        Of one line each.
    experiment
        What the first step begins with, but for that step's ``set``.
    numbers, formulas
        Numbers, and formulas in TeX, by name.
    steps, claims
        At least one each.
    """

    key: str
    number: int | None
    folder: Path
    language: str
    title: str
    summary: str
    experiment: Experiment
    numbers: Mapping[str, float]
    formulas: Mapping[str, str]
    steps: tuple[Step, ...]
    claims: tuple[Claim, ...]

    def index(self, key: str) -> int:
        """Return the index of a step.

        Parameters
        ----------
        key
            Of a step.

        Returns
        -------
        int

        Raises
        ------
        KeyError
            If there is none.
        """
        for index, step in enumerate(self.steps):
            if step.key == key:
                return index
        raise KeyError(key)

    def state(self, step: int, done: bool = False) -> Experiment:
        """Return the experiment that a step begins with.

        Parameters
        ----------
        step
            Index of the step.
        done
            Whether what *Do it for me* sets in this step is set, too.

        Returns
        -------
        Experiment

        Raises
        ------
        ExperimentError
            For a setting that is not allowed; a lesson that was loaded has none.
        """
        experiment = self.experiment
        for index, one in enumerate(self.steps[: step + 1]):
            if one.set:
                experiment = edit_many(experiment, one.set)
            if one.do is not None and one.do.set and (done or index < step):
                experiment = edit_many(experiment, one.do.set)
        return experiment


@dataclass(frozen=True, slots=True)
class Course:
    """A folder of lessons.

    Attributes
    ----------
    folder
        Where it is.
    title, summary
        From its ``course.LANGUAGE.md``; the folder's name and nothing without one.
    lessons
        In order.
    problems
        Why lessons of the folder were left out.
    """

    folder: Path
    title: str
    summary: tuple[Block, ...]
    lessons: tuple[Lesson, ...]
    problems: tuple[LessonError, ...] = ()

    def find(self, key: str) -> Lesson | None:
        """Return a lesson by its name.

        Parameters
        ----------
        key
            Of a lesson.

        Returns
        -------
        Lesson or None
        """
        return next((lesson for lesson in self.lessons if lesson.key == key), None)
