"""All that changes whole data sets, in any order: undoing everything gives the first state to the bit."""

from __future__ import annotations

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from engine.catalogue.tasks import TASKS
from engine.data import (
    OPERATIONS,
    Append,
    CsvReader,
    guess_reading,
    operate,
    points_from_text,
    points_to_text,
    read_text,
    resolve_points,
    without_class,
)
from engine.data.importing import with_imported
from engine.experiment import (
    default_experiment,
    dumps,
    edit,
    file_labels,
    loads,
    switch_task,
    validate,
    with_colour,
    with_name,
)
from gui_app.session.document import Document
from tests.engine.data.strategies import bits
from tests.gui_app.undoing import Undoing

SEEDS = st.integers(0, 1000)
NAMES = st.sampled_from(["cat", "dog", "a, b", 'q"uote', "ä", "7", None])


class WholeSets(Undoing):
    @initialize(task=st.sampled_from(list(TASKS)))
    def begin(self, task: str) -> None:
        experiment = edit(switch_task(default_experiment(), task), "data.generator.points", 30)
        self.document = Document(experiment)
        self.first = self.document.experiment, bits(self.document.points)

    @rule(name=st.sampled_from(list(OPERATIONS)), share=st.floats(0, 1), seed=SEEDS)
    def operate(self, name: str, share: float, seed: int) -> None:
        entry, data = OPERATIONS[name], self.document.experiment.data
        if data.task not in entry.tasks:
            return
        amount = entry.amount and entry.amount.low + share * (entry.amount.high - entry.amount.low)
        edit = operate(name, self.document.points, data.task, data.classes, amount, seed)
        self.document.apply_edit(edit)
        self.document.finish_gesture(entry.label)

    @rule(x=st.floats(-6, 6), y=st.floats(-6, 6), seed=SEEDS)
    def draw(self, x: float, y: float, seed: int) -> None:
        data = self.document.experiment.data
        target = {"classification": seed % data.classes, "curve": y, "surface": x / 6}[data.task]
        self.document.apply_edit(Append(self.document.new_points([[x, y]], [target])))
        self.document.finish_gesture("Draw")

    @rule(more=st.integers(1, 2))
    def add_classes(self, more: int) -> None:
        self.document.set_classes(min(self.document.experiment.data.classes + more, 10))

    @precondition(lambda self: self.document.experiment.data.classes > 2)
    @rule(gone=SEEDS, into=st.none() | SEEDS)
    def remove_class(self, gone: int, into: int | None) -> None:
        document = self.document
        data = document.experiment.data
        gone %= data.classes
        into = None if into is None else (gone + 1 + into % (data.classes - 1)) % data.classes
        if data.task == "classification":
            document.replace(without_class(document.experiment, document.points, gone, into), "Remove class")

    @rule(place=SEEDS, name=NAMES, colour=st.sampled_from([None, "#102030"]))
    def rename_and_recolour(self, place: int, name: str | None, colour: str | None) -> None:
        experiment = self.document.experiment
        index = place % experiment.data.classes
        data = with_colour(with_name(experiment.data, index, name), index, colour)
        names = [name for name in data.class_names or () if name]
        if len(set(names)) == len(names):
            self.document.replace(msgspec.structs.replace(experiment, data=data), "Look")

    @precondition(lambda self: len(self.document.points) > 0)
    @rule(beside=st.booleans())
    def copy_and_import(self, beside: bool) -> None:
        """What is copied as text and read back is the same to the bit."""
        document = self.document
        data, before = document.experiment.data, document.points
        text = points_to_text(before, data.task, file_labels(data))
        assert bits(points_from_text(text, data.task, file_labels(data))) == bits(before)
        source = read_text(text)
        reader = CsvReader(source, guess_reading(source, data.task), file_labels(data))
        reader.finish()
        kept = before if beside and len(before) < 200 else None
        after = with_imported(document.experiment, reader.result(), data.task, kept)
        document.replace(after, "Import")
        assert bits(document.points[-len(before) :]) == bits(before)

    @invariant()
    def is_sound(self) -> None:
        document = self.document
        validate(document.experiment)
        assert bits(resolve_points(document.experiment.data)) == bits(document.points)
        if len(document.points) < 200:
            assert loads(dumps(document.experiment)) == document.experiment

    def teardown(self) -> None:
        stack = self.document.stack
        last, end = bits(self.document.points), stack.index()
        while stack.canUndo():
            stack.undo()
        assert (self.document.experiment, bits(self.document.points)) == self.first
        while stack.index() < end:
            stack.redo()
        assert bits(self.document.points) == last
        # Commands that Qt owns must be gone before Python's collector meets them and their document in one circle.
        stack.clear()


def test_any_order_of_changes_is_undone_to_the_bit(qapp) -> None:
    run_state_machine_as_test(
        WholeSets, settings=settings(max_examples=60, stateful_step_count=25, deadline=None)
    )
