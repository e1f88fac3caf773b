"""A control has the topic of its own, or of what it is a part of."""

from PySide6.QtWidgets import QWidget

from gui_app.widgets.topics import set_topic, topic_of


def test_a_control_has_its_own_topic_or_the_nearest_parents(qtbot):
    panel = QWidget()
    qtbot.addWidget(panel)
    card, rate = QWidget(panel), QWidget(panel)
    inside = QWidget(card)
    assert topic_of(inside) == "" == topic_of(None)
    set_topic(panel, "training")
    set_topic(card, "dropout")
    assert topic_of(inside) == "dropout"
    assert topic_of(rate) == "training"
