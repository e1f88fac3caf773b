"""A lesson for tests of the window: its steps use everything that a step can have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.experiment import FORMAT, from_json
from engine.lessons import Condition, Course, Display, Do, Inline, Lesson, Paragraph, Step, Words

L2 = "lanes.0.regularization.l2"


def words(text: str) -> tuple[Paragraph, ...]:
    return (Paragraph((Words(text),)),)


def lesson(key: str = "sample", number: int | None = 1, title: str = "A sample") -> Lesson:
    """Look, train, cure, draw: four steps over two small moons."""
    experiment = from_json(
        {
            "format": FORMAT,
            "data": {"generator": {"name": "moons", "points": 40, "noise": 0.3}},
            "lanes": [{"name": "A", "network": {"hidden": [4]}}],
        }
    )
    look = (
        Paragraph((Words("The cost is "), Inline("C", "c"), Words(", as in"))),
        Display("C = L + P", "cost"),
    )
    return Lesson(
        key=key,
        number=number,
        folder=Path(key),
        language="en",
        title=title,
        summary="What it is about.",
        experiment=experiment,
        numbers={},
        formulas={"c": "C", "cost": "C = L + P"},
        steps=(
            Step("look", "Look at the data", body=look, watch_text=words("The points."), watch=("canvas",)),
            Step(
                "train",
                "Train",
                do_text=words("Press Play."),
                question=words("When do you stop?"),
                answer=words("At the lowest loss."),
                watch=("loss",),
                view={"loss.stacked": True, "loss.hidden": ["test"]},
                control="play",
                do=Do(train=5),
                wait=(Condition(epochs=5),),
                code=("lanes.0.training.optimizer",),
            ),
            Step(
                "cure",
                "A cure",
                do_text=words("Raise λ₂."),
                note=words("It may be more."),
                watch=("gradient_per_layer", "loss"),
                view={"loss.stacked": False, "loss.hidden": []},
                control="regularization.l2",
                do=Do(set={L2: 0.003}, restart=True, train=3),
                wait=(Condition(setting=L2, at_least=0.001),),
            ),
            Step(
                "draw",
                "Draw",
                do_text=words("Draw two points."),
                watch=("canvas", "diagram"),
                control="data.generator.noise",
                wait=(Condition(drawn=2),),
            ),
            Step("end", "At the end", body=words("That is all."), set={"lanes.0.network.hidden": [3]}),
        ),
        claims=(),
    )


def course() -> Course:
    """Two lessons."""
    second = replace(lesson("second", 2, "A second one"), steps=lesson().steps[:1])
    return Course(Path("course"), "A course", (), (lesson(), second))
