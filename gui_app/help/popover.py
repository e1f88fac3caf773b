"""The popover that explains a control: a picture, plain words, formulas and related topics."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui_app.help.explanation import Detail, Explanation
from gui_app.help.picture_view import PictureView
from gui_app.help.pictures.sheet import WIDTH
from gui_app.help.topics import Topic, topic
from gui_app.help.typeset import typeset
from gui_app.theme.tokens import Theme
from gui_app.widgets.popover import Popover

PADDING = 16


class TopicPopover(Popover):
    """Shows an explanation; a link shows another topic instead, and ``more_requested(words)`` asks for the glossary."""

    more_requested = Signal(str)

    def __init__(self, explanation: Explanation, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(explanation.topic.title, round(WIDTH) + 2 * PADDING, PADDING, parent)
        self._theme = theme
        self.explanation = explanation
        self._page = QWidget()
        self.column.addWidget(self._page)
        self._fill()

    def show_topic(self, key: str) -> None:
        """Show another topic in the same place."""
        self.explanation = Explanation(topic(key))
        self.setAccessibleName(self.explanation.topic.title)
        former, self._page = self._page, QWidget()
        former.hide()
        former.deleteLater()
        self.column.addWidget(self._page)
        self._fill()
        self._page.show()
        self.adjustSize()

    def _fill(self) -> None:
        shown, detail = self.explanation.topic, self.explanation.detail
        column = QVBoxLayout(self._page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(_label(f"<b>{escape(shown.title)}</b>", role="headline"))
        if detail.words and detail.title != shown.title:
            column.addWidget(_label(_of_detail(detail)))
        self.picture = PictureView(shown.picture, self._theme, detail.chosen or shown.key)
        column.addWidget(self.picture)
        column.addWidget(_label(shown.words, Qt.TextFormat.MarkdownText))
        if shown.formulas:
            column.addWidget(_label("<br>".join(typeset(formula) for formula in shown.formulas)))
        column.addLayout(self._foot(shown))

    def _foot(self, shown: Topic) -> QHBoxLayout:
        links = " · ".join(f"<a href='{key}'>{escape(topic(key).title)}</a>" for key in shown.see_also)
        related = _label(f"See also: {links}" if links else "", role="caption")
        related.linkActivated.connect(self.show_topic)
        more = _label("<a href='more'>More</a>", role="caption")
        more.setWordWrap(False)
        more.linkActivated.connect(self._ask_more)
        row = QHBoxLayout()
        row.addWidget(related, 1)
        row.addWidget(more, 0, Qt.AlignmentFlag.AlignBottom)
        return row

    def _ask_more(self) -> None:
        words = self.explanation.topic.title
        self.close()
        self.more_requested.emit(words)


def _of_detail(detail: Detail) -> str:
    formula = f"<br>{typeset(detail.formula)}" if detail.formula else ""
    return f"<b>{escape(detail.title)}</b>: {escape(detail.words)}{formula}"


def _label(text: str, form: Qt.TextFormat = Qt.TextFormat.RichText, role: str = "") -> QLabel:
    label = QLabel()
    label.setTextFormat(form)
    label.setText(text)
    label.setWordWrap(True)
    label.setProperty("role", role)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
    )
    return label
