"""Lessons of one's own: folders are opened, made of what is open, followed while edited, and errors are said."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QTextEdit

from engine.lessons import load_lesson
from engine.lessons.making import folder_name, title_problem
from gui_app.session.dialogs import NameDialog
from gui_app.window import own_lessons
from gui_app.window.main_window import MainWindow
from gui_app.window.menus.own_lessons import FORGET
from tests.engine.lessons.sample import TEXT, write
from tests.gui_app.hands import click, draw, drop

pytestmark = pytest.mark.usefixtures("fake_engine")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of two lessons."""
    folder = tmp_path / "my & course"
    write(folder, name="01-first")
    write(folder, TEXT.replace("# Overfitting", "# <b>Second</b>", 1), name="02-second")
    (folder / "course.en.md").write_text("# Mine & yours\n\nTwo.\n")
    return folder


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Answers to the question for a title."""
    answers: list[str] = []

    def answer(window: object, title: str, name: str, problem, label: str, meaning) -> str | None:
        assert label == "Title of the lesson"
        given = answers.pop(0)
        return given if given and not problem(given) else None

    monkeypatch.setattr(own_lessons, "ask_name", answer)
    return answers


def at(window: MainWindow) -> tuple[str | None, int]:
    player = window.lessons.player
    return (None if player.lesson is None else player.lesson.key), player.index


def menu_of(window: MainWindow, text: str) -> QMenu:
    window.own_lessons_menu.aboutToShow.emit()
    (found,) = (one.menu() for one in window.own_lessons_menu.actions() if one.menu() and one.text() == text)
    found.aboutToShow.emit()
    return found


def texts(menu: QMenu) -> list[str]:
    return [one.text() for one in menu.actions() if one.text()]


def test_a_course_is_opened_listed_and_forgotten(still, course, files, settings):
    files.path = course
    own = still.own_lessons
    next(one for one in still.file_menu.actions() if one.text() == "Open &lesson folder …").trigger()
    assert files.asked == ["Open a lesson or a folder of lessons"]
    assert at(still) == ("first", 0)
    assert still.laid_aside.is_away
    menu = menu_of(still, "Mine && yours")
    assert texts(menu) == ["1  Overfitting", "2  <b>Second</b>", FORGET]
    menu.actions()[1].trigger()
    assert at(still) == ("second", 0)
    assert still.windowTitle().startswith("<b>Second</b>")
    still.lessons.player.go(1)
    menu = menu_of(still, "Mine && yours")
    assert [one.isChecked() for one in menu.actions()[:2]] == [False, False]
    assert still.lessons.player.progress.last == (str(course.resolve()), "second", 1)
    assert own.courses == [course.resolve()]
    menu.actions()[-1].trigger()
    assert own.courses == []
    assert course.exists()


def test_the_next_lesson_is_as_its_files_are_now(still, course, qtbot):
    still.own_lessons.open(course)
    text = course / "02-second" / "text.en.md"
    title = load_lesson(course / "02-second").title
    text.write_text(text.read_text(encoding="utf-8").replace(title, "Newer", 1), encoding="utf-8")
    still.lessons.player.open_next()
    qtbot.waitUntil(lambda: still.lessons.player.lesson.title == "Newer")
    assert at(still) == ("second", 0)


def test_a_lesson_has_one_progress_however_it_is_opened(still, course):
    link = course.parent / "link"
    link.symlink_to(course)
    still.own_lessons.open(link / "01-first")
    assert still.lessons.player.progress.last == (str(course.resolve()), "first", 0)


def test_a_single_lesson_is_opened_by_a_drop(still, course):
    assert drop(still, course / "02-second")
    assert at(still) == ("second", 0)
    assert still.own_lessons.courses == []
    assert drop(still, course)
    assert at(still) == ("first", 0)
    empty = course.parent / "nothing"
    empty.mkdir()
    assert not drop(still, empty)
    assert "folders of lessons can be dropped here" in still.statusBar().currentMessage()


def test_a_drawing_that_is_open_stays(still, course):
    draw(still.document, [[1, 1]])
    mine = still.document.experiment
    assert still.own_lessons.open(course)
    assert still.document.experiment == load_lesson(course / "01-first").state(0)
    still.lessons.close()
    assert still.document.experiment == mine
    assert still.document.modified


def test_what_is_open_becomes_a_lesson(still, fake_engine, tmp_path, files, named, monkeypatch):
    draw(still.document, [[1, 1]])
    mine = still.document.experiment
    fake_engine.answer(acknowledged=still.link.commands)
    still.link.pull()
    named.append("What I found")
    files.path = tmp_path
    next(
        one for one in still.own_lessons_menu.actions() if one.text() == "&Make a lesson of this …"
    ).trigger()
    lesson = load_lesson(tmp_path / "what-i-found")
    assert lesson.experiment.data == mine.data
    assert lesson.numbers["points"] == 501
    assert at(still) == ("what-i-found", 0)
    assert still.windowTitle().startswith("What I found")
    assert files.asked == ["Where to make the lesson's folder “what-i-found”"]
    notice = still.own_lessons.notice
    assert notice.isVisible()
    assert notice.property("calm"), "it is no warning"
    assert notice.headline.text() == "Made the lesson's folder what-i-found"
    assert notice.detail.text().startswith(f"It is in {tmp_path}. Open text.en.md in any text editor")
    shown = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()) or True)
    click(notice.files)
    assert shown == [str(tmp_path / "what-i-found")]
    still.lessons.close()
    assert still.document.experiment == mine


def test_nothing_is_made_without_a_title_or_a_folder(still, tmp_path, files, named):
    named += ["", "Fine"]
    still.own_lessons.make()
    files.path = None
    still.own_lessons.make()
    assert files.asked == ["Where to make the lesson's folder “fine”"]
    assert list(tmp_path.glob("*/lesson.json")) == []
    assert at(still) == (None, 0)


def test_where_a_lesson_cannot_be_made_it_is_said(still, tmp_path, files, named, dialogs):
    named.append("Mine")
    files.path = tmp_path / "file"
    files.path.write_text("")
    dialogs.answers = ["OK"]
    still.own_lessons.make()
    assert dialogs.said[0].startswith("The lesson cannot be made")
    assert at(still) == (None, 0)


def test_the_lesson_follows_its_text_while_it_is_edited(still, course, qtbot):
    assert still.own_lessons.open(course / "01-first")
    still.lessons.player.go(1)
    draw(still.document, [[1, 1]])
    drawn = still.document.experiment
    (course / "01-first" / "text.en.md").write_text(TEXT.replace("## Cure", "## Heal"))
    qtbot.waitUntil(lambda: still.lessons.player.step.title == "Heal")
    assert at(still) == ("first", 1)
    assert still.document.experiment == drawn, "words change no experiment"
    title = still.lessons.panel.step_view.title
    assert title.text() == "Heal"
    # An editor that writes another file and puts it in place of the first one.
    other = course / "01-first" / "new"
    other.write_text(TEXT.replace("## Cure", "## Mend"))
    other.replace(course / "01-first" / "text.en.md")
    qtbot.waitUntil(lambda: still.lessons.player.step.title == "Mend")


def test_another_experiment_comes_as_an_undo_step(still, course):
    assert still.own_lessons.open(course / "01-first")
    write(
        course, change=lambda one: one["experiment"]["data"]["generator"].update(points=50), name="01-first"
    )
    before = still.document.experiment
    still.own_lessons.reload()
    assert len(still.document.points) == 50
    still.document.stack.undo()
    assert still.document.experiment == before


def test_an_error_is_said_with_file_line_and_remedy_and_the_lesson_stays(still, course, qtbot):
    assert still.own_lessons.open(course / "01-first")
    text = course / "01-first" / "text.en.md"
    text.write_text(TEXT.replace("{rate}", "{rat}"))
    qtbot.waitUntil(lambda: still.own_lessons.notice.isVisible())
    notice = still.own_lessons.notice
    assert notice.headline.text() == "01-first/text.en.md, line 24"
    assert not notice.property("calm")
    assert notice.detail.text().startswith("{rat} is neither a number nor a formula of lesson.json; add it")
    assert notice.detail.text().endswith(own_lessons.STAYS)
    assert at(still) == ("first", 0)
    text.write_text(TEXT.replace("by heart", "by head"))
    qtbot.waitUntil(lambda: not notice.isVisible())
    assert still.lessons.player.lesson.summary.endswith("by head.")


def test_what_will_be_made_is_said_before(qapp):
    dialog = NameDialog(
        None,
        "Make a lesson",
        "",
        title_problem,
        "Title of the lesson",
        lambda name: f"Makes {folder_name(name)}.",
    )
    assert [label.text() for label in dialog.findChildren(QLabel)] == ["Title of the lesson", ""]
    dialog.field.setText("What I found")
    assert dialog.note.text() == "Makes what-i-found."
    dialog.field.setText("x" * 200)
    assert dialog.note.text() == "At most 120 characters."
    dialog.deleteLater()


def test_a_folder_that_is_deleted_is_said_once_and_the_lesson_stays(still, course, qtbot, monkeypatch):
    shown = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url) or True)
    folder = course / "01-first"
    assert still.own_lessons.open(folder)
    away = course.parent / "away"
    folder.rename(away)
    qtbot.waitUntil(lambda: still.own_lessons.notice.isVisible())
    notice = still.own_lessons.notice
    assert notice.headline.text() == own_lessons.GONE
    assert notice.detail.text().startswith(f"{folder} is not there any more. The lesson stays open")
    assert notice.files.isHidden()
    assert at(still) == ("first", 0)
    click(notice.close_button)
    still.own_lessons.reload()
    assert notice.isHidden(), "it is said once"
    still.own_lessons.show_files()
    assert notice.isVisible()
    assert (shown, folder.exists()) == ([], False), "nothing is made anew"
    away.rename(folder)
    qtbot.waitUntil(lambda: notice.isHidden())
    (folder / "text.en.md").write_text(TEXT.replace("by heart", "by head"))
    qtbot.waitUntil(lambda: still.lessons.player.lesson.summary.endswith("by head."))


def test_a_deleted_folder_is_missed(still, course, qtbot):
    assert still.own_lessons.open(course / "01-first")
    rmtree(course / "01-first")
    qtbot.waitUntil(lambda: still.own_lessons.notice.isVisible())
    qtbot.waitUntil(lambda: still.own_lessons.notice.headline.text() == own_lessons.GONE)
    assert at(still) == ("first", 0)
    assert still.own_lessons.open_built_in("overfitting")
    assert still.own_lessons.notice.isHidden()


@pytest.mark.parametrize(("name", "title"), [("de_AT", "Überanpassung"), ("fr_FR", "Overfitting")])
def test_a_lesson_speaks_the_persons_language_where_it_can(still, tmp_path, name, title):
    folder = write(tmp_path)
    german = TEXT.replace("# Overfitting", "# Überanpassung", 1)
    (folder / "text.de.md").write_text(german, encoding="utf-8")
    before = QLocale()
    QLocale.setDefault(QLocale(name))
    try:
        assert still.own_lessons.open(folder)
        assert still.lessons.player.lesson.title == title
    finally:
        QLocale.setDefault(before)


def test_a_lesson_that_cannot_be_opened_leaves_all_as_it_is(still, course):
    mine = still.document.experiment
    (course / "01-first" / "lesson.json").write_text('{"format": "neural-sketchbook-lesson/1",\n "steps": 5}')
    assert not still.own_lessons.open(course / "01-first")
    notice = still.own_lessons.notice
    assert notice.isVisible()
    assert notice.headline.text() == "01-first/lesson.json, line 2"
    assert not notice.files.isVisible()
    assert still.document.experiment is mine
    # Of a course, the others are there.
    assert still.own_lessons.open(course)
    assert at(still) == ("second", 0)
    assert notice.detail.text().endswith("This lesson is left out.")
    click(notice.close_button)
    assert not notice.isVisible()


def test_wrong_tex_is_said_with_its_line(still, tmp_path):
    folder = write(tmp_path, change=lambda settings: settings["formulas"].update(cost=r"\frac{a}{b"))
    assert not still.own_lessons.open(folder)
    notice = still.own_lessons.notice
    line = [r"\\frac" in line for line in (folder / "lesson.json").read_text().split("\n")].index(True) + 1
    assert notice.headline.text() == f"02-overfitting/lesson.json, line {line}"
    assert "the formula 'cost' cannot be typeset: a { has no }; mend its TeX" in notice.detail.text().replace(
        "The", "the", 1
    )


@pytest.mark.parametrize(
    ("name", "expected"), [("overfitting", "overfitting"), ("COURSE", "first"), ("nothing-like-it", None)]
)
def test_a_lesson_is_opened_by_name_or_folder(still, course, name, expected):
    still.own_lessons.open_named(str(course) if name == "COURSE" else name)
    assert at(still)[0] == expected
    if expected is None:
        assert "there is no such lesson; choose a folder, or one of" in (
            still.own_lessons.notice.detail.text()[:1].lower() + still.own_lessons.notice.detail.text()[1:]
        )


def test_its_files_are_shown(still, course, monkeypatch):
    shown = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()) or True)
    entry = next(one for one in still.own_lessons_menu.actions() if one.text() == "Show its &files")
    assert not entry.isVisible()
    assert still.own_lessons.open(course / "01-first")
    assert entry.isVisible()
    entry.trigger()
    assert shown == [str(course / "01-first")]
    assert still.own_lessons.open_built_in("overfitting")
    assert not entry.isVisible()


def test_html_of_a_stranger_is_shown_as_it_is_written(still, course):
    sentence = "<img src='file:///etc/passwd'> <b>bold</b> <script>alert(1)</script>"
    heading = "<b>Look</b> {#look}"
    text = TEXT.replace("It learns the noise\nby heart.", sentence).replace("Look {#look}", heading)
    folder = write(course, text + f"\n{sentence}\n", name="03-odd")
    assert still.own_lessons.open(folder)
    QApplication.processEvents()
    labels = [one for one in still.lessons.panel.findChildren(QLabel) if "<b>" in one.text()]
    assert [one.text() for one in labels] == ["<b>Look</b>"]
    assert all(one.textFormat() == Qt.TextFormat.PlainText for one in labels)
    still.lessons.player.go(1)
    shown = [view.toPlainText() for view in still.lessons.panel.findChildren(QTextEdit)]
    assert any(sentence in one for one in shown)
