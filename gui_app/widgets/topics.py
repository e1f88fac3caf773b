"""The topic of a control: the name of the text that explains it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

_TOPIC = "topic"


def set_topic(widget: QWidget, topic: str) -> None:
    """Name the topic of a control or plot, and of all in it that have none of their own.

    A topic is a file of ``resources/help``, or an entry of the catalogue.
    """
    widget.setProperty(_TOPIC, topic)


def topic_of(widget: QWidget | None) -> str:
    """Return the topic of a control, or else of the nearest parent that has one; "" if none has."""
    while widget is not None:
        if topic := widget.property(_TOPIC):
            return str(topic)
        widget = widget.parentWidget()
    return ""
