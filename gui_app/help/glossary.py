"""The glossary: topics of the help and terms, with a search."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QTextBrowser, QVBoxLayout, QWidget

from gui_app.help.topics import Topic, topic, topic_keys
from gui_app.help.typeset import typeset
from gui_app.widgets.guarded import guarded
from resources import read_text

FOR_PROGRAMMERS = frozenset(("Speed", "Service", "Code"))
"""Sections of the file that are about the program, not about learning."""
_ITEM = re.compile(r"^- \*\*(?P<term>.+?)\*\*(?P<rest>.*?)(?=^- |^#|\Z)", re.M | re.S)
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
SIZE = QSize(560, 620)


@dataclass(frozen=True, slots=True)
class Term:
    """A term with its meaning in a section, as plain text."""

    section: str
    name: str
    meaning: str


def read_terms(text: str) -> list[Term]:
    """Read the terms of a glossary in Markdown, without those for programmers."""
    terms = []
    for part in re.split(r"^## ", text, flags=re.M)[1:]:
        section = part.partition("\n")[0].strip()
        if section not in FOR_PROGRAMMERS:
            terms += [Term(section, one["term"], _plain(one["rest"])) for one in _ITEM.finditer(part)]
    return terms


def _plain(markdown: str) -> str:
    words = _LINK.sub(r"\1", markdown.replace("`", "").replace("**", "").replace("*", ""))
    return " ".join(words.split()).lstrip(": ")


class GlossaryWindow(QDialog):
    """Lists topics and terms; what is typed leaves those with these words. ``explain(key)`` opens a topic."""

    def __init__(self, explain: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explain = explain
        self._terms = read_terms(read_text("glossary.md"))
        self._topics = [topic(key) for key in topic_keys()]
        self.setWindowTitle("Glossary")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search terms and explanations")
        self.search.setAccessibleName("Search the glossary")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._show_matching)
        self.page = QTextBrowser()
        self.page.setOpenLinks(False)
        self.page.setAccessibleName("Glossary")
        self.page.anchorClicked.connect(self._follow)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.search)
        column.addWidget(self.page, 1)
        self.resize(SIZE)

    def look_up(self, words: str) -> None:
        """Show what has these words."""
        self.search.setText(words)
        self.search.selectAll()
        self._show_matching()

    def shown(self) -> tuple[list[Topic], list[Term]]:
        """Return the topics and terms that match what is typed, those with it in their name first."""
        words = self.search.text().lower().split()
        topics = [one for one in self._topics if _has(f"{one.title} {one.words}", words)]
        terms = [one for one in self._terms if _has(f"{one.name} {one.meaning}", words)]
        topics.sort(key=lambda one: (not _has(one.title, words), one.title.lower()))
        terms.sort(key=lambda one: not _has(one.name, words))
        return topics, terms

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_matching()
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_matching(self) -> None:
        topics, terms = self.shown()
        explained = "".join(_of_topic(one) for one in topics)
        listed, section = "", ""
        for term in terms:
            if term.section != section and not self.search.text():
                listed += f"<h3>{escape(term.section)}</h3>"
            section = term.section
            listed += f"<p><b>{escape(term.name)}</b>: {escape(term.meaning)}</p>"
        nothing = "" if topics or terms else "<p>Nothing has these words.</p>"
        head = "<h3>Explanations</h3>" if topics and not self.search.text() else ""
        self.page.setHtml(f"{head}{explained}{listed}{nothing}")

    def _follow(self, link: QUrl) -> None:
        self._explain(link.toString())


def _of_topic(one: Topic) -> str:
    words = one.words.partition("\n")[0].replace("*", "")
    formula = f"<br>{typeset(one.formulas[0])}" if one.formulas else ""
    title = f"<a href='{one.key}'><b>{escape(one.title)}</b></a>"
    return f"<p>{title}: {escape(words)}{formula}</p>"


def _has(text: str, words: list[str]) -> bool:
    return all(word in text.lower() for word in words)
