"""The part of the diagram that is drawn anew with each snapshot, and what lies over it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui_app.diagram import overlay
from gui_app.diagram.overlay import Dragged
from gui_app.diagram.picture import DiagramPicture, emphasizing, paint_ground, paint_network
from gui_app.diagram.placing import kept_visible
from gui_app.diagram.readouts import Readout
from gui_app.diagram.things import Thing
from gui_app.session.looked_at import Unit
from gui_app.theme.painting import painting
from gui_app.widgets.guarded import guarded


@dataclass(frozen=True, slots=True)
class Pointing:
    """What mouse and keyboard point at: ``hovered`` by the mouse, ``focused`` by the keyboard, or ``dragged``.

    ``at`` is the position of the readout, None for that of the thing.
    """

    hovered: Thing | None = None
    focused: Thing | None = None
    dragged: Dragged | None = None
    pinned: Unit | None = None
    readout: Readout | None = None
    at: QPointF | None = None

    @property
    def emphasized(self) -> Unit | None:
        """The neuron whose connections stand out."""
        thing = self.hovered or self.focused
        return thing if isinstance(thing, Unit) and self.dragged is None else None


class DiagramArea(QWidget):
    """Shows a picture; it is painted into an image once, so that the mouse moves over it at little cost."""

    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture: DiagramPicture | None = None
        self.pointing = Pointing()
        self._image, self._ground = QImage(), QImage()
        self._ground_key: tuple[object, ...] = ()
        self._painted: tuple[DiagramPicture, Unit | None] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_picture(self, picture: DiagramPicture) -> None:
        self.picture = picture
        self.update()

    def show_pointing(self, pointing: Pointing) -> None:
        if pointing != self.pointing:
            self.pointing = pointing
            self.update()

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self.picture is None:
            return
        if self._painted != (self.picture, self.pointing.emphasized):
            self._paint_image(self.picture, self.pointing.emphasized)
        painter = QPainter(self)
        painter.drawImage(0, 0, self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_pointing(painter, self.picture)
        painter.end()

    def _paint_image(self, picture: DiagramPicture, emphasized: Unit | None) -> None:
        """Paint over the image before: a new one would cost a page of memory for each of its pages."""
        ground = self._ground_of(picture)
        if self._image.size() != ground.size() or self._image.devicePixelRatio() != ground.devicePixelRatio():
            self._image = ground.copy()
        with painting(self._image) as painter:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.drawImage(0, 0, ground)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            paint_network(painter, picture if emphasized is None else emphasizing(picture, emphasized))
        self._painted = picture, emphasized

    def _ground_of(self, picture: DiagramPicture) -> QImage:
        """Return the image of what stays from snapshot to snapshot."""
        ratio = self.devicePixelRatioF()
        key = picture.arrangement, picture.theme, ratio, self.size()
        if key != self._ground_key:
            size = ceil(self.width() * ratio), ceil(self.height() * ratio)
            ground = QImage(*size, QImage.Format.Format_RGB32)
            ground.setDevicePixelRatio(ratio)
            ground.fill(QColor(picture.theme.panel))
            with painting(ground) as painter:
                paint_ground(painter, picture.arrangement, picture.theme)
            self._ground, self._ground_key = ground, key
        return self._ground

    def _paint_pointing(self, painter: QPainter, picture: DiagramPicture) -> None:
        pointing = self.pointing
        if pointing.pinned is not None:
            overlay.paint_pinned(painter, picture, pointing.pinned)
        if pointing.focused is not None:
            overlay.paint_focus(painter, picture, pointing.focused)
        if pointing.hovered is not None:
            overlay.paint_hovered(painter, picture, pointing.hovered)
        if pointing.dragged is not None:
            overlay.paint_dragged(painter, picture, pointing.dragged)
        at = pointing.at
        if at is None and pointing.focused is not None:
            at = overlay.anchor_of(picture, pointing.focused)
        if pointing.readout is not None and at is not None:
            thing = pointing.hovered or pointing.focused
            visible = () if thing is None else kept_visible(picture, thing)
            overlay.paint_readout(painter, QRectF(self.rect()), at, pointing.readout, picture.theme, visible)
