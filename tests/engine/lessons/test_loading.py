"""Lessons and courses are read from folders; what is wrong is said with file, line and remedy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.lessons import (
    Bullets,
    Display,
    Inline,
    LessonError,
    Paragraph,
    Words,
    load_course,
    load_lesson,
    plain,
)
from engine.lessons.problems import line_of
from engine.lessons.titles import course_title, headings
from tests.engine.lessons.sample import SETTINGS, TEXT, write


def test_a_lesson_has_what_its_files_say(tmp_path: Path) -> None:
    lesson = load_lesson(write(tmp_path))
    assert (lesson.key, lesson.number, lesson.language) == ("overfitting", 2, "en")
    assert (lesson.title, lesson.summary) == ("Overfitting", "It learns the noise by heart.")
    look, cure = lesson.steps
    assert (look.title, look.watch) == ("Look", ("canvas",))
    assert look.body == (
        Paragraph((Words("There are 1,200 points, and {braces}."),)),
        Display("C = L + P", "cost"),
    )
    assert look.question == (Paragraph((Words("When would you "), Words("stop", "em"), Words("?"))),)
    assert look.answer == (
        Paragraph((Words("At the lowest "), Inline("C = L + P", "cost"), Words(" there is."))),
    )
    assert cure.body == (
        Bullets(
            (
                (Words("Raise "), Words("λ", "strong"), Words(".")),
                (Words("Press "), Words("Space", "code"), Words(".")),
            )
        ),
    )
    assert plain(cure.do_text) == "Raise it to 0.003."
    assert cure.do is not None
    assert (cure.do.restart, cure.do.train) == (True, 20)


def test_the_state_of_a_step_has_all_edits_before_it(tmp_path: Path) -> None:
    lesson = load_lesson(write(tmp_path))
    assert lesson.state(0).lanes[0].network.hidden == (3,)
    assert lesson.state(1).lanes[0].network.hidden == (4,)
    assert lesson.state(1).lanes[0].regularization.l2 == 0.0
    assert lesson.state(1, done=True).lanes[0].regularization.l2 == 0.003
    assert lesson.index("cure") == 1


def test_a_translation_is_taken_and_english_where_there_is_none(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "text.de.md").write_text(TEXT.replace("# Overfitting", "# Überanpassung"), encoding="utf-8")
    titles = {code: load_lesson(folder, code).title for code in ("en", "de", "de_AT", "de-CH", "fr", "../x")}
    assert titles == {
        "en": "Overfitting",
        "de": "Überanpassung",
        "de_AT": "Überanpassung",
        "de-CH": "Überanpassung",
        "fr": "Overfitting",
        "../x": "Overfitting",
    }


def test_a_course_is_ordered_by_numbers_and_says_what_it_leaves_out(tmp_path: Path) -> None:
    for name in ("10-last", "2-first", "without-number"):
        write(tmp_path, name=name)
    write(tmp_path, text="no title", name="03-broken")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "course.en.md").write_text("# My course\n\nFor a friend.\n", encoding="utf-8")
    course = load_course(tmp_path)
    assert course.title == "My course"
    assert plain(course.summary) == "For a friend."
    assert [lesson.key for lesson in course.lessons] == ["first", "last", "without-number"]
    assert [problem.file.parent.name for problem in course.problems] == ["03-broken"]
    assert course.find("last") is course.lessons[1]
    assert course.find("broken") is None


def test_a_folder_without_lessons_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        LessonError, match=r"there is no lesson in it; a lesson is a folder with a lesson\.json"
    ):
        load_course(tmp_path)
    with pytest.raises(LessonError, match="choose a folder of lessons"):
        load_course(tmp_path / "nowhere")


def step(settings: dict, **values: object) -> None:  # type: ignore[type-arg]
    settings["steps"][1].update(values)


def claim(settings: dict, **values: object) -> None:  # type: ignore[type-arg]
    settings["claims"][0].update(values)
    for key in [key for key, value in settings["claims"][0].items() if value is None]:
        del settings["claims"][0][key]


def by_hand(settings: dict, **values: object) -> None:  # type: ignore[type-arg]
    settings["steps"][1]["do"]["weights"] = [{"layer": 1, "value": 1.0, **values}]


BROKEN = {
    "unknown field": (lambda s: step(s, wach=["loss"]), '"wach"', "'wach' is no field here"),
    "unknown setting": (
        lambda s: step(s, set={"lanes.0.network.hiden": [2]}),
        '"lanes.0.network.hiden"',
        "hidden",
    ),
    "value out of range": (
        lambda s: step(s, do={"set": {"lanes.0.regularization.l2": -1}}),
        '"lanes.0.regularization.l2": -1',
        "lanes.0.regularization.l2",
    ),
    "experiment": (lambda s: s["experiment"]["data"].update(task="clasify"), "clasify", "classification"),
    "view": (lambda s: step(s, watch=["los"]), '"los"', "choose of canvas"),
    "control": (lambda s: step(s, control="regularization.l9"), '"control"', "one of play"),
    "code": (lambda s: step(s, code=["lanes.0.nothing"]), '"lanes.0.nothing"', "there is no setting"),
    "condition of two kinds": (
        lambda s: step(s, wait=[{"epochs": 3, "drawn": 2}]),
        '"epochs"',
        "exactly one",
    ),
    "condition without a value": (
        lambda s: step(s, wait=[{"setting": "lanes.0.seed"}]),
        '"setting"',
        "at_least, at_most, equals or differs_from",
    ),
    "condition about nothing": (
        lambda s: step(s, wait=[{"setting": "lanes.0.sed", "equals": 1}]),
        '"lanes.0.sed"',
        "there is no setting",
    ),
    "quantity": (lambda s: claim(s, quantity="lost"), '"lost"', "choose of loss"),
    "lane": (lambda s: claim(s, lane="Z"), '"Z"', "there are A"),
    "step of a claim": (lambda s: claim(s, after="never"), '"never"', "there are look, cure"),
    "two thresholds": (lambda s: claim(s, at_least=1.0), '"learns"', "either at_least or at_most"),
    "no seeds' share": (lambda s: claim(s, share=None), '"learns"', "share"),
    "number of epochs": (lambda s: claim(s, epochs=-1), '"epochs"', "claims[0].epochs"),
    "key twice": (lambda s: step(s, key="look"), '"key": "look"', "two steps 'look'"),
    "two claims of one name": (
        lambda s: s["claims"].append(dict(s["claims"][0])),
        '"key": "learns"',
        "two claims 'learns'",
    ),
    "too few seeds": (lambda s: claim(s, seeds=1), '"seeds": 1', "at least 10 seeds, not 1"),
    "an epoch after the end": (lambda s: claim(s, epoch=4), '"epoch": 4', "the claim trains 3 epochs"),
    "another epoch after the end": (
        lambda s: claim(s, over={"epoch": 9}),
        '"epoch": 9',
        "the claim trains 3 epochs",
    ),
    "a layer beyond the last one": (
        lambda s: claim(s, quantity="weight_norm", split=None, layer=3),
        '"layer": 3',
        "the last one is 2",
    ),
    "a layer beyond the last one, waited for": (
        lambda s: step(s, wait=[{"quantity": "weight_norm", "layer": 7, "at_least": 1}]),
        '"layer": 7',
        "the last one is 2",
    ),
    "what a quantity does not depend on": (
        lambda s: claim(s, layer=1),
        '"layer": 1',
        "loss does not depend on layer, only on split, epoch",
    ),
    "what another quantity does not depend on": (
        lambda s: claim(s, quantity="weight_norm", split=None, over={"level": 0.5}),
        '"level": 0.5',
        "weight_norm does not depend on level",
    ),
    "a split of what has none": (
        lambda s: claim(s, quantity="stopped_early"),
        '"split": "training"',
        "stopped_early does not depend on split, on nothing of that kind",
    ),
    "what a condition does not have": (
        lambda s: step(s, wait=[{"epochs": 3, "lane": "A"}]),
        '"lane": "A"',
        "a condition about epochs has no 'lane'",
    ),
    "a quantity that equals": (
        lambda s: step(s, wait=[{"quantity": "loss", "at_least": 1, "equals": 2}]),
        '"equals": 2',
        "a condition about quantity has no 'equals'",
    ),
    "option of a view": (
        lambda s: step(s, view={"loss.stakced": True}),
        '"loss.stakced"',
        "no option 'loss.stakced' of a view; choose of canvas.discretize",
    ),
    "number of a layer": (
        lambda s: step(s, view={"gradient_over_time.probe": "mean_slope"}),
        '"mean_slope"',
        "choose of ",
    ),
    "hidden curve": (
        lambda s: step(s, view={"loss.hidden": ["cost"]}),
        '"cost"',
        "expected a list of curves",
    ),
    "switch of a view": (lambda s: step(s, view={"loss.stacked": "yes"}), '"yes"', "expected true or false"),
    "no number": (lambda s: s["numbers"].update(rate=float("nan")), '"rate": NaN', "not nan"),
    "an infinite threshold": (lambda s: claim(s, at_most=float("inf")), "Infinity", "not inf"),
    "an infinite weight": (lambda s: by_hand(s, value=float("nan")), '"value": NaN', "not nan"),
    "weight's layer": (lambda s: by_hand(s, layer=3), '"layer": 3', "there is no layer 3 then"),
    "weight's neuron": (lambda s: by_hand(s, to=5), '"to": 5', "no neuron 5 then; the last one is 4"),
    "weight's input": (lambda s: by_hand(s, **{"from": 3}), '"from": 3', "the last one is 2"),
    "weight's lane": (lambda s: by_hand(s, lane="B"), '"lane": "B"', "no lane 'B' then; there are A"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_an_error_names_file_line_and_remedy(case: str, tmp_path: Path) -> None:
    change, where, remedy = BROKEN[case]
    folder = write(tmp_path, change=change)
    with pytest.raises(LessonError) as caught:
        load_lesson(folder)
    lines = (folder / "lesson.json").read_text(encoding="utf-8").split("\n")
    assert caught.value.file == folder / "lesson.json"
    assert caught.value.line is not None
    # The line itself, or that in which the object with it begins.
    near = "\n".join(lines[caught.value.line - 1 : caught.value.line + 2])
    assert where in near, f"line {caught.value.line}: {near}"
    assert remedy in str(caught.value)


TEXTS = {
    "no title": (
        "## Look {#look}\n\nx\n\n## Cure {#cure}\n\nx\n",
        None,
        "begin the file with a line such as",
    ),
    "no summary": (
        "# T\n\n## Look {#look}\n\nx\n\n## Cure {#cure}\n\nx\n",
        1,
        "write one paragraph below the title",
    ),
    "no key": (TEXT.replace(" {#cure}", ""), "## Cure", "as in {#look}"),
    "unknown step": (TEXT.replace("{#cure}", "{#curr}"), "## Cure", "there are look, cure"),
    "unknown mark": (TEXT.replace("### do", "### try"), "### try", "choose one of do, watch"),
    "unknown name": (TEXT.replace("{rate}", "{rat}"), "Raise it to", "add it under"),
    "single brace": (TEXT.replace("{rate}", "rate}"), "Raise it to", "write }} for a brace"),
    "a table or code": (TEXT.replace("{cost}\n\n###", "    code\n\n###"), "    code", "use paragraphs"),
    "a link": (TEXT.replace("`Space`", "[Space](http://x.y)"), "Press", "use plain words"),
    "a picture": (TEXT.replace("`Space`", "![Space](x.png)"), "Press", "use plain words"),
    "a question alone": (TEXT.replace("### answer", "### note"), "### question", "add the part"),
    "a step too few": (TEXT[: TEXT.index("## Cure")], None, "has no words"),
    "a formula in a heading": (
        TEXT.replace("## Cure", "## Cure of {cost}"),
        "## Cure",
        "a heading is words and numbers",
    ),
    "an unknown name in a heading": (TEXT.replace("## Cure", "## Cure {rat}"), "## Cure", "add it under"),
    "a number in the title": (
        TEXT.replace("# Over", "# {points} Over", 1),
        "# {points}",
        "write out what {points}",
    ),
    "a number in the summary": (
        TEXT.replace("by heart", "by {rate}", 1),
        "by {rate}",
        "write out what {rate}",
    ),
    "an item of two paragraphs": (
        TEXT.replace("- Raise **λ**.\n", "- Raise **λ**.\n\n  And more.\n\n"),
        "And more",
        "an item of a list is one paragraph",
    ),
    "a list in a list": (
        TEXT.replace("- Raise **λ**.\n", "- Raise **λ**.\n  - More.\n"),
        "More",
        "an item of a list is one paragraph",
    ),
    "a part twice": (TEXT.replace("### answer", "### question"), "### question", "twice"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_an_error_in_the_words_names_file_line_and_remedy(case: str, tmp_path: Path) -> None:
    text, where, remedy = TEXTS[case]
    folder = write(tmp_path, text=text)
    with pytest.raises(LessonError) as caught:
        load_lesson(folder)
    assert caught.value.file == folder / "text.en.md"
    assert remedy in str(caught.value)
    if isinstance(where, str):
        assert caught.value.line is not None
        assert where in "\n".join(text.split("\n")[caught.value.line - 1 : caught.value.line + 2])


def test_headings_are_words_with_numbers_and_without_marks(tmp_path: Path) -> None:
    text = TEXT.replace("# Over", "# The *Over*", 1).replace(
        "## Cure", "## Cure `all` {points} *points*, {{so}}"
    )
    lesson = load_lesson(write(tmp_path, text=text))
    assert lesson.title == "The Overfitting"
    assert [step.title for step in lesson.steps] == ["Look", "Cure all 1,200 points, {so}"]


def test_items_that_stand_apart_are_items(tmp_path: Path) -> None:
    lesson = load_lesson(write(tmp_path, text=TEXT.replace("- Press", "\n- Press")))
    (bullets,) = lesson.steps[1].body
    assert isinstance(bullets, Bullets)
    assert len(bullets.items) == 2


def test_no_list_shows_what_lies_out_of_the_folder(tmp_path: Path) -> None:
    folder = write(tmp_path / "course")
    elsewhere = tmp_path / "elsewhere.md"
    elsewhere.write_text("# Secret\n\nOf somebody else.\n", encoding="utf-8")
    (folder / "text.en.md").unlink()
    (folder / "text.en.md").symlink_to(elsewhere)
    (tmp_path / "course" / "course.en.md").symlink_to(elsewhere)
    (found,) = headings(tmp_path / "course")
    assert (found.title, found.summary) == ("overfitting", "")
    assert course_title(tmp_path / "course") == "course"


def test_html_is_words(tmp_path: Path) -> None:
    lesson = load_lesson(write(tmp_path, text=TEXT.replace("`Space`", "<b>Space</b>")))
    assert "<b>Space</b>" in plain(lesson.steps[1].body)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "ends too early"),
        (b"[]", "an object in braces"),
        (b"\xff\xfe\xfa", "UTF-8"),
        (b"x" * 1_000_001, "1"),
    ],
)
def test_files_that_are_no_lesson_are_refused(content: bytes, said: str, tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "lesson.json").write_bytes(content)
    with pytest.raises(LessonError, match=said):
        load_lesson(folder)


def test_a_missing_text_is_said(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "text.en.md").unlink()
    with pytest.raises(
        LessonError, match=r"text.en.md: there is no such file; write the lesson's words in it"
    ):
        load_lesson(folder)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


def _places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], object]]:
    found: list[tuple[tuple[str | int, ...], object]] = [(path, value)]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += _places(inner, (*path, key))
    return found


@given(JSON)
def test_each_value_of_a_json_text_is_found_in_its_line(value: object) -> None:
    """With an indent each value begins a line of its own, in the order in which the text has them."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    lines = [line_of(text, path) for path, _ in _places(value)]
    assert lines == sorted(set(lines))
    for (_, inner), line in zip(_places(value), lines, strict=True):
        begins = json.dumps(inner, ensure_ascii=False)[:1]
        assert begins in text.split("\n")[line - 1]


def test_the_sample_is_what_the_tests_say() -> None:
    assert [one["key"] for one in SETTINGS["steps"]] == ["look", "cure"]
