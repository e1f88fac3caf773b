"""The panel that guides through a lesson: where one is, the words of the step, and the way on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from gui_app.lessons.dots import StepDots
from gui_app.lessons.step_view import MARGIN, Names, StepView
from gui_app.session.lesson_player import LessonPlayer
from gui_app.theme import text_size
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.buttons import icon_button, text_button, tint
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip
from gui_app.widgets.topics import set_topic

WIDTH, LEAST = 340, 300
"""Width in pixels at the default size of text, and the smallest one."""
Code = Callable[[Sequence[str]], Sequence[str]]
"""Returns the lines of Keras of settings, by their paths."""


class LessonPanel(QFrame):
    """Shows the open step of ``player`` and drives it. ``names`` says what the window calls views, ``code`` returns the
    lines of Keras of settings.

    ``where_wanted`` asks to show where to look, ``where_seen`` (Esc) not to show it any more; ``close_wanted`` to close
    the lesson. ``widened(factor)`` is emitted when another size of text changes the width that it asks for.
    """

    widened = Signal(float)
    where_wanted = Signal()
    where_seen = Signal()
    close_wanted = Signal()

    def __init__(
        self,
        player: LessonPlayer,
        names: Names = lambda keys: keys,
        code: Code = lambda paths: (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._player, self._names, self._code, self._theme = player, names, code, LIGHT
        self.step_view: StepView | None = None
        self._asked = self.sizeHint().width()
        self.setProperty("kind", "panel")
        set_topic(self, "lessons")
        self._make_parts()
        self._lay_out()
        player.step_changed.connect(self.show_step)
        player.noticed.connect(self._show_met)
        player.doing_changed.connect(self._show_doing)
        player.strayed_changed.connect(self._show_strayed)
        self.show_step()

    def sizeHint(self) -> QSize:
        return QSize(text_size.scaled(WIDTH, text_size.scale()), 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(text_size.scaled(LEAST, text_size.scale()), 200)

    def apply_theme(self, theme: Theme) -> None:
        """Draw the icons in the colours of a theme."""
        self._theme = theme
        tint(self, theme.text)
        self.show_code()

    def show_step(self) -> None:
        """Show the open step from its beginning."""
        lesson, step, player = self._player.lesson, self._player.step, self._player
        if lesson is None or step is None:
            self._scrolled.takeWidget()
            self.step_view = None
            return
        number = "" if lesson.number is None else f"{lesson.number} · "
        self.lesson_title.setText(f"{number}{lesson.title}")
        self.dots.show_steps([one.title for one in lesson.steps], player.index, player.furthest)
        self.count.setText(f"Step {player.index + 1} of {len(lesson.steps)}")
        self.setAccessibleName(f"Lesson: {lesson.title}, step {player.index + 1} of {len(lesson.steps)}")
        view = self.step_view = StepView(step, self._names)
        view.do_wanted.connect(player.do_it)
        view.where_wanted.connect(self.where_wanted)
        self._scrolled.setWidget(view)
        self._scrolled.verticalScrollBar().setValue(0)
        tint(view, self._theme.text)
        self._show_ways()
        self._show_met()
        self._show_doing()
        self._show_strayed()
        self.show_code()

    def show_code(self) -> None:
        """Show the lines of code of the present settings."""
        step = self._player.step
        if self.step_view is not None and step is not None:
            self.step_view.code.show_lines(self._code(step.code) if step.code else ())

    # -- inside

    def _show_ways(self) -> None:
        """Name the ways back and on."""
        player, lesson = self._player, self._player.lesson
        assert lesson is not None
        is_last, following = player.index == len(lesson.steps) - 1, player.next_lesson
        former = player.former_lesson
        self.back.setEnabled(player.index > 0 or former is not None)
        before = "The step before." if player.index > 0 or former is None else f"The end of: {former.title}"
        self.back.setToolTip(tip("Back (Alt+PgUp)", before))
        self.next.setVisible(not is_last or following is not None)
        self.next.setText("Next lesson" if is_last else "Next")
        self.next.setAccessibleName(self.next.text())
        if is_last and following is not None:
            meaning = following.title
        else:
            meaning = "" if is_last else lesson.steps[player.index + 1].title
        self.next.setToolTip(tip(f"{self.next.text()} (Alt+PgDown)", meaning))
        self.finish.setVisible(is_last)

    def _show_met(self) -> None:
        if self.step_view is not None and self.step_view.do is not None:
            self.step_view.do.show_met(self._player.is_met)

    def _show_doing(self) -> None:
        if self.step_view is not None and self.step_view.do is not None:
            self.step_view.do.show_doing(self._player.is_doing)

    def _show_strayed(self) -> None:
        """Offer one way: what the person has changed comes first, because it is the reason of the rest."""
        player = self._player
        off_the_way = player.has_strayed or player.is_ahead
        behind = player.is_behind and not off_the_way
        of_step = player.step_to_catch_up
        if player.has_strayed:
            self.offer.setText("You have changed the experiment.")
        elif player.is_ahead:
            self.offer.setText("This step begins with the first weights.")
        elif of_step is not None:
            self.offer.setText(f"This step follows the training of step {of_step + 1}.")
            self.catch_up.setText(f"Train as in step {of_step + 1}")
        self.come_back.setVisible(off_the_way)
        self.catch_up.setVisible(behind)
        self.strayed.setVisible(off_the_way or behind)

    def _make_parts(self) -> None:
        self.lesson_title, self.count, self.dots = QLabel(), QLabel(), StepDots()
        self.lesson_title.setProperty("role", "name")
        # A stranger's title may look like HTML.
        self.lesson_title.setTextFormat(Qt.TextFormat.PlainText)
        self.lesson_title.setWordWrap(True)
        self.count.setProperty("role", "caption")
        self.dots.chosen.connect(self._player.go)
        self.close_button = icon_button(
            "close", "Close the lesson", tip("Back to my drawing", "The lesson closes."), side=24
        )
        self.close_button.clicked.connect(self.close_wanted)
        self.back = text_button("Back", tip("Back (Alt+PgUp)", "The step before."))
        self.back.clicked.connect(self._player.go_back)
        self.next = text_button("Next", "", "primary")
        self.next.clicked.connect(self._player.go_on)
        self.finish = text_button("Close", tip("Back to my drawing", "It comes back as it was."))
        self.finish.clicked.connect(self.close_wanted)
        self.come_back = text_button(
            "Back to this step",
            tip(
                "Back to this step",
                "The experiment as this step begins, from the first weights. Ctrl+Z undoes it.",
            ),
        )
        self.come_back.clicked.connect(self._player.come_back)
        self.catch_up = text_button(
            "Train as in step 1",
            tip("Catch up", "Trains as long as former steps do, with the settings of this one, and pauses."),
        )
        self.catch_up.clicked.connect(self._player.catch_up)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self._header(), self._middle(), self._strayed(), self._footer()):
            column.addWidget(part, 1 if part is self._scrolled else 0)

    def _header(self) -> QWidget:
        header = QFrame()
        header.setProperty("kind", "lessonHead")
        top, below = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.lesson_title, 1)
        top.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self.dots, 1)
        below.addWidget(self.count)
        column = QVBoxLayout(header)
        column.setContentsMargins(MARGIN, 6, MARGIN - 4, 6)
        column.setSpacing(2)
        column.addLayout(top)
        column.addLayout(below)
        return header

    def _middle(self) -> QWidget:
        area = self._scrolled = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A scroll bar that appears changes the width, hence the height, and could appear and disappear endlessly.
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        bar = area.verticalScrollBar()
        bar.rangeChanged.connect(lambda low, high: bar.setEnabled(high > low))
        return area

    def _strayed(self) -> QWidget:
        strayed = self.strayed = QFrame()
        strayed.setProperty("kind", "lessonFoot")
        words = self.offer = QLabel("You have changed the experiment.")
        words.setProperty("role", "caption")
        words.setWordWrap(True)
        row = QHBoxLayout(strayed)
        row.setContentsMargins(MARGIN, 6, MARGIN, 6)
        row.addWidget(words, 1)
        row.addWidget(self.come_back)
        row.addWidget(self.catch_up)
        strayed.hide()
        return strayed

    def _footer(self) -> QWidget:
        footer = QFrame()
        footer.setProperty("kind", "lessonFoot")
        row = QHBoxLayout(footer)
        row.setContentsMargins(MARGIN, 8, MARGIN, 8)
        row.addWidget(self.back)
        row.addStretch(1)
        row.addWidget(self.finish)
        row.addWidget(self.next)
        return footer

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.where_seen.emit()
        else:
            super().keyPressEvent(event)

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
            before, self._asked = self._asked, self.sizeHint().width()
            if self._asked != before:
                self.widened.emit(self._asked / before)
