"""The network diagram: a view of the inside of the current lane's network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from engine.observation.observables import Request
from engine.observation.snapshot import CANVAS_EXTENT, Extent, LaneSnapshot, Snapshot
from gui_app.diagram.area import DiagramArea
from gui_app.diagram.arrangement import arrange
from gui_app.diagram.contract import Inside
from gui_app.diagram.picture import DiagramPicture, compose_picture, paint_picture
from gui_app.diagram.shape import Shape
from gui_app.diagram.strengths import QUANTITIES
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.looked_at import LookedAtNeuron, Unit
from gui_app.session.snapshot_view import SnapshotView
from gui_app.theme.class_colours import with_class_colours
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.guarded import guarded

NARROWEST = 240
"""The smallest useful width, in pixels."""
_EXPORT = QSize(900, 560)


@dataclass(frozen=True, slots=True)
class DiagramOptions:
    """Everything that the picture depends on besides the values of the network."""

    theme: Theme
    shape: Shape
    size: tuple[float, float]
    quantity: str
    looked_at: Unit | None


class NetworkDiagram(QWidget, SnapshotView[Inside | None, DiagramOptions, DiagramPicture]):
    """Widget that draws the current lane's network.

    It is useful from 240 pixels of width and 200 of height on. ``extent`` returns the part of the data that the
    canvas shows, over which the thumbnails are computed.
    """

    export_name = "network"
    export_title = "Network"

    def __init__(
        self,
        document: Document,
        current: CurrentLane,
        looked_at: LookedAtNeuron,
        extent: Callable[[], Extent] = lambda: CANVAS_EXTENT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.follow_lane(current)
        self._document, self._looked_at, self._extent = document, looked_at, extent
        self.theme = LIGHT
        self.quantity = next(iter(QUANTITIES))
        self.area = DiagramArea()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.area, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.export_title)
        self.area.resized.connect(self.catch_up)
        document.changed.connect(self.catch_up)
        looked_at.changed.connect(self.catch_up)

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, 200)

    def sizeHint(self) -> QSize:
        return QSize(360, 400)

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""
        self.theme = theme
        self.catch_up()
        self.update()

    # -- the view

    @property
    def is_seen(self) -> bool:
        return self.isVisible() and not (self.window().isMinimized() or self.visibleRegion().isEmpty())

    @property
    def requests(self) -> tuple[Request, ...]:
        return ()

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> Inside | None:
        return None if lane is None else lane.observed.get("inside")

    @property
    def options(self) -> DiagramOptions:
        data = self._document.experiment.data
        shape = Shape.of(self.current.lane, data)
        size = float(self.area.width()), float(self.area.height())
        theme = with_class_colours(self.theme, data)
        return DiagramOptions(theme, shape, size, self.quantity, self._looked_at.pinned)

    @staticmethod
    def compose(model: Inside | None, options: DiagramOptions) -> DiagramPicture:
        arrangement = arrange(options.shape, *options.size, options.looked_at)
        return compose_picture(_fitting(model, options.shape), arrangement, options.quantity, options.theme)

    def draw(self, shown: DiagramPicture) -> None:
        self.area.show_picture(shown)

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.catch_up()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        # A tab that comes to the front gets no show event, only a paint event.
        self.catch_up()
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self.theme.panel))
        painter.end()

    # -- export

    def export_size(self) -> QSize:
        return _EXPORT

    def paint_export(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the network into ``rect``, arranged for its size."""
        options = replace(self.options, size=(rect.width(), rect.height()))
        picture = self.compose(self._newest_model(), options)
        painter.save()
        painter.fillRect(rect, QColor(self.theme.panel))
        painter.translate(rect.topLeft())
        paint_picture(painter, picture)
        painter.restore()


def _fitting(inside: Inside | None, shape: Shape) -> Inside | None:
    """Return the values if they are of a network of this shape; a snapshot may be of the network before an edit."""
    if inside is None:
        return None
    dimensions = 2 if shape.task == "curve" else 3
    widths = len(inside.inputs), *(len(layer.values) for layer in inside.layers)
    return inside if widths == shape.widths and inside.inputs.ndim == dimensions else None
