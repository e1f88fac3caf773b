"""The name of the open file: in the title of the window, and shortened in its bar."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from gui_app.session.document import SUFFIX, Document

WIDEST = 120
"""Pixels of the bar that a long file name may take."""


class FileName(QLabel):
    """Follows ``document``; a dot marks what is not saved. The title is that of ``window``."""

    def __init__(self, document: Document, window: QWidget) -> None:
        super().__init__()
        self._document, self._titled = document, window
        self.setObjectName("fileName")
        self.setProperty("role", "name")
        document.file_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show the name and the unsaved state as they are now."""
        document = self._document
        self._titled.setWindowTitle(f"{document.title}[*] – Neural Sketchbook")
        self._titled.setWindowModified(document.modified)
        name = document.title.removesuffix(SUFFIX)
        short = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, WIDEST)
        self.setText(short + (" •" if document.modified else ""))
        # The first change must not push the buttons aside.
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance(short + " •") + 1)
        self.setToolTip(str(document.path or document.title))
