"""The lines of Keras that the steps of the product's own lessons name."""

from __future__ import annotations

import pytest

from engine.catalogue.regularizers import REGULARIZERS
from engine.experiment import Experiment, edit_many
from engine.export.code import TARGETS, code, folded, line_of, lines_to_read
from engine.lessons import Lesson, built_in

LESSONS = {lesson.folder.name: lesson for lesson in built_in().lessons}
STEPS = [
    pytest.param(lesson, path, id=f"{name}-{step.key}-{path}")
    for name, lesson in LESSONS.items()
    for step in lesson.steps
    for path in step.code
]


def switched_on(experiment: Experiment, path: str) -> Experiment:
    """As a step or the learner switches on what a path names, where it is off in the beginning."""
    lane, _, below = path.partition(".regularization.")
    for entry in REGULARIZERS.values():
        if below in (entry.settings_field, entry.path(entry.parameters[0].key)) and below:
            edits = {f"{lane}.regularization.{key}": value for key, value in entry.switched_on().items()}
            return edit_many(experiment, edits)
    return experiment


@pytest.mark.parametrize(("lesson", "path"), STEPS)
def test_a_setting_that_a_step_names_has_its_line(lesson: Lesson, path: str) -> None:
    experiment = lesson.experiment
    if not line_of(experiment, "keras", path):
        # Lanes that a step adds are copies of the first.
        path = f"lanes.0.{path.split('.', 2)[2]}"
        experiment = switched_on(experiment, path)
    lines = line_of(experiment, "keras", path)
    assert "keras." in lines or "=" in lines
    assert len(lines.splitlines()) <= 12


@pytest.mark.parametrize("lesson", [pytest.param(one, id=name) for name, one in LESSONS.items()])
def test_a_step_shows_few_whole_lines_and_no_notes(lesson: Lesson) -> None:
    for index, step in enumerate(lesson.steps):
        lines = lines_to_read(lesson.state(index, done=True), "keras", step.code)
        statements = [line for line in lines if not line.startswith((" ", "#", "yield"))]
        assert len(statements) <= 4, lines
        assert bool(lines) is bool(step.code)
        assert not [line for line in lines if line.startswith("#") or line.endswith("(")]
        assert len(set(lines)) == len(lines)
        rows = [row for line in lines for row in folded(line, 40).split("\n")]
        assert [row for row in rows if len(row) > 40] == []
        assert len(rows) <= 20


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", LESSONS)
def test_every_lane_of_a_lesson_can_be_written(name: str, target: str) -> None:
    experiment = LESSONS[name].experiment
    for lane in experiment.lanes:
        compile(code(experiment, target, lane.name), f"{name}.py", "exec")
