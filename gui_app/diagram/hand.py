"""Mouse and keyboard on the diagram."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent

from gui_app.diagram.area import DiagramArea, Pointing
from gui_app.diagram.hits import thing_at
from gui_app.diagram.keys import Direction, Side, first_thing, next_thing
from gui_app.diagram.overlay import Dragged, anchor_of
from gui_app.diagram.picture import DiagramPicture
from gui_app.diagram.readouts import Readout, readout_of
from gui_app.diagram.things import Bias, Chip, Connection, Switch, Thing
from gui_app.session.looked_at import LookedAtNeuron, Unit
from gui_app.session.network_shape import NetworkShape
from gui_app.widgets.guarded import guarded
from gui_app.widgets.keyboard import COMMANDS, keep_keys

DRAG = 6.0
"""Pixels that the mouse moves before a press becomes a drag."""
_ARROWS: dict[int, Direction] = {
    Qt.Key.Key_Left: "left", Qt.Key.Key_Right: "right", Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down",
}  # fmt: skip
_WIDER = (Qt.Key.Key_Plus, Qt.Key.Key_Equal)
_NARROWER = (Qt.Key.Key_Minus, Qt.Key.Key_Underscore)
_BY_KEY = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)

GESTURES = (
    (
        "Hover a neuron or an input",
        "Show its function on the canvas, and its connections alone in full colours",
    ),
    ("Click a neuron or an input, Enter", "Keep its function on the canvas; again, or Esc: let it go"),
    ("Hover a connection", "Weight, gradient and latest update"),
    ("Click a connection, Enter", "Edit the weight"),
    ("Right click on a neuron, menu key", "Edit any weight into it, also one of 0"),
    ("Click the + of an input, Enter", "Feed it to the network"),
    ("Click the name or the × of an input, Delete", "Feed it no longer"),
    ("Drag a neuron out, Delete", "Remove a neuron of its layer"),
    ("Arrows", "Go to neurons and connections"),
    ("+, −", "Width of the layer; at the inputs and outputs: number of layers"),
)
"""What ``Hand`` does, for the list of shortcuts."""


class Hand(QObject):
    """Turns events of ``area`` into what is pointed at, and into wishes.

    ``weights_asked(unit)`` follows a right click on a neuron, and the menu key.
    ``chosen(thing, position)`` follows a click or Enter, with None for a click on nothing, ``dragged_out(unit)`` the
    end of a drag out of a column, and ``width_asked(layer, by)`` the keys + and −; layer 0 and the output stand for the
    number of layers.
    """

    chosen = Signal(object, QPointF)
    weights_asked = Signal(object)
    dragged_out = Signal(object)
    width_asked = Signal(int, int)

    def __init__(self, area: DiagramArea, looked_at: LookedAtNeuron) -> None:
        super().__init__(area)
        self._area, self._looked_at = area, looked_at
        self._mouse: QPointF | None = None
        self._pressed: tuple[Thing | None, QPointF, NetworkShape] | None = None
        """What is pressed, where, and the network that it belongs to."""
        self._dragged: Dragged | None = None
        self._focused: Thing | None = None
        self._side: Side = "source"
        self._by_key = False
        """Whether the keyboard was used last: only then the ring is shown, and its neuron is looked at."""
        area.installEventFilter(self)
        keep_keys(area, (*_WIDER, *_NARROWER, Qt.Key.Key_Delete))
        looked_at.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Point at whatever is under the mouse now, with its present numbers."""
        picture = self._area.picture
        if picture is None:
            return
        self._focused = self._still_there(picture)
        if self._pressed is not None and self._pressed[2] != picture.arrangement.shape:
            # What was pressed may be gone, or be another neuron now.
            self._pressed = self._dragged = None
        hovered = None if self._mouse is None or self._dragged else thing_at(picture, self._mouse)
        focused = self._focused if self._by_key and self._area.hasFocus() else None
        pinned = self._looked_at.pinned
        readout, at = self._readout(picture, hovered or focused, pinned), self._mouse
        if hovered is None and self._dragged is None:
            at = None
        self._area.show_pointing(Pointing(hovered, focused, self._dragged, pinned, readout, at))
        unit = hovered if isinstance(hovered, Unit) else None
        if hovered is None and isinstance(focused, Unit):
            unit = focused
        self._looked_at.hover(unit)
        self._note_scale(picture)
        self._show_cursor(hovered)

    def _note_scale(self, picture: DiagramPicture) -> None:
        """Let the canvas draw the neuron in the colours of its thumbnail."""
        unit, found = self._looked_at.unit, picture.thumbnails
        if unit is not None and found is not None:
            self._looked_at.scale = found.scales[unit.layer]

    def _readout(self, picture: DiagramPicture, thing: Thing | None, pinned: Unit | None) -> Readout | None:
        if self._dragged is not None:
            return drag_readout(picture, self._dragged)
        return None if thing is None else readout_of(thing, picture, pinned)

    def _still_there(self, picture: DiagramPicture) -> Thing | None:
        """Return the focused thing, or the first one if that is not drawn any more."""
        features = picture.arrangement.shape.features
        if isinstance(self._focused, Chip) and self._focused.key in features:
            return Unit(0, features.index(self._focused.key))
        if self._focused is not None and anchor_of(picture, self._focused) is None:
            return first_thing(picture.arrangement)
        return self._focused

    def _show_cursor(self, hovered: Thing | None) -> None:
        shape = Qt.CursorShape.PointingHandCursor if hovered is not None else Qt.CursorShape.ArrowCursor
        self._area.setCursor(Qt.CursorShape.ClosedHandCursor if self._dragged is not None else shape)

    # -- events

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QMouseEvent):
            return self._mouse_event(event)
        if isinstance(event, QContextMenuEvent):
            return self._ask_for_weights(event)
        if isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress:
            return self._press_key(event)
        if kind == QEvent.Type.Leave:
            self._mouse = None
            self.refresh()
        elif isinstance(event, QFocusEvent) and kind == QEvent.Type.FocusIn:
            self._take_focus(event.reason())
        elif kind in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            if kind == QEvent.Type.Hide:
                self._mouse, self._by_key = None, False
            self._let_go()
        return False

    def _ask_for_weights(self, event: QContextMenuEvent) -> bool:
        picture = self._area.picture
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        thing = thing_at(picture, QPointF(event.pos())) if by_mouse and picture is not None else self._focused
        if not isinstance(thing, Unit):
            return False
        self.weights_asked.emit(thing)
        return True

    def _mouse_event(self, event: QMouseEvent) -> bool:
        self._mouse, self._by_key = event.position(), False
        is_left = event.button() == Qt.MouseButton.LeftButton
        if event.type() == QEvent.Type.MouseButtonPress and is_left:
            self._press(self._mouse)
        elif event.type() == QEvent.Type.MouseMove and self._pressed is not None:
            self._drag(self._mouse)
        elif event.type() == QEvent.Type.MouseButtonRelease and is_left and self._pressed is not None:
            self._release(self._mouse)
        self.refresh()
        return False

    def _press(self, position: QPointF) -> None:
        picture = self._area.picture
        if picture is None:
            return
        thing = thing_at(picture, position)
        self._pressed = thing, position, picture.arrangement.shape
        if thing is not None:
            self._focused = Unit(0, thing.index) if isinstance(thing, Switch) else thing

    def _drag(self, position: QPointF) -> None:
        assert self._pressed is not None
        (thing, start, _), picture = self._pressed, self._area.picture
        if picture is None or not isinstance(thing, Unit) or thing.layer == picture.arrangement.shape.layers:
            return
        if self._dragged is not None or (position - start).manhattanLength() > DRAG:
            self._dragged = Dragged(thing, position, leaves(picture, thing, position))

    def _release(self, position: QPointF) -> None:
        assert self._pressed is not None
        (thing, *_), dragged = self._pressed, self._dragged
        self._pressed = self._dragged = None
        if dragged is None:
            self.chosen.emit(thing, position)
        elif dragged.leaves:
            self.dragged_out.emit(dragged.unit)

    def _take_focus(self, reason: Qt.FocusReason) -> None:
        if reason in _BY_KEY:
            self._by_key = True
        picture = self._area.picture
        if self._focused is None and picture is not None:
            self._focused = first_thing(picture.arrangement)
        self.refresh()

    def _let_go(self) -> None:
        self._pressed = self._dragged = None
        self.refresh()

    def _press_key(self, event: QKeyEvent) -> bool:
        picture, key = self._area.picture, event.key()
        if picture is None or self._focused is None or event.modifiers() & COMMANDS:
            return False
        by_key, self._by_key = self._by_key, True
        if key in _ARROWS:
            self._focused, self._side = next_thing(
                picture.arrangement, self._focused, _ARROWS[key], self._side
            )
            self._mouse = None
            self.refresh()
            self._speak()
        elif key in _ENTER:
            self.chosen.emit(self._focused, anchor_of(picture, self._focused) or QPointF())
        elif key == Qt.Key.Key_Delete:
            self._delete(self._focused)
        elif key in (*_WIDER, *_NARROWER):
            self.width_asked.emit(layer_of(self._focused), 1 if key in _WIDER else -1)
        elif key == Qt.Key.Key_Escape and self._looked_at.pinned is not None:
            self._looked_at.pin(None)
        else:
            # Such as Shift alone, on its way to a shortcut.
            self._by_key = by_key
            return False
        return True

    def _delete(self, focused: Thing) -> None:
        """Remove a neuron of the ring's layer, or let go of the input with the ring."""
        match focused:
            case Unit():
                self.dragged_out.emit(focused)
            case Bias(layer, index):
                self.dragged_out.emit(Unit(layer, index))

    def _speak(self) -> None:
        """Say what the ring has reached, for screen readers."""
        readout = self._area.pointing.readout
        if readout is not None:
            self._area.setAccessibleDescription(readout.spoken)


def layer_of(thing: Thing) -> int:
    """Return the layer of the column that a thing belongs to."""
    match thing:
        case Unit(layer) | Bias(layer) | Connection(layer):
            return layer
        case Chip() | Switch():
            return 0


def leaves(picture: DiagramPicture, unit: Unit, position: QPointF) -> bool:
    """Whether a position is outside the column of a neuron."""
    arrangement = picture.arrangement
    column = arrangement.columns[unit.layer]
    inside = 0.0 <= position.y() <= arrangement.height
    return not inside or abs(position.x() - column.x) > max(arrangement.side, arrangement.pitch / 2)


def drag_readout(picture: DiagramPicture, dragged: Dragged) -> Readout:
    """Return what letting go would do, in words."""
    shape, layer = picture.arrangement.shape, dragged.unit.layer
    if layer == 0:
        label = shape.feature_label(shape.features[dragged.unit.index])
        doing = "Let go: it is fed no longer." if dragged.leaves else "Drag it out to feed it no longer."
        return Readout(f"Input {label}", sentences=(doing,))
    neurons = shape.hidden[layer - 1]
    if not dragged.leaves:
        return Readout(
            f"Layer {layer}: {neurons}", sentences=("Drag it out of its column to remove a neuron.",)
        )
    return Readout(
        f"Layer {layer}: {neurons} → {neurons - 1}",
        sentences=("Let go to remove one neuron.",),
        hint="Which one cannot be chosen: the network starts anew from its seed, one neuron narrower.",
    )
