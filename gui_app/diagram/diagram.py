"""The network diagram: a view of the inside of the current lane's network, and edits of it by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QVBoxLayout, QWidget

from engine.observation.observables import INSIDE, InsideGrid, Request
from engine.observation.snapshot import CANVAS_EXTENT, Extent, LaneSnapshot, Snapshot
from gui_app.diagram.actions import ShapeActions
from gui_app.diagram.area import DiagramArea
from gui_app.diagram.arrangement import METERS_MEAN, arrange, drawn_in_boxes
from gui_app.diagram.hand import GESTURES, Hand
from gui_app.diagram.header import DiagramHeader
from gui_app.diagram.legend import legend_height, paint_legend
from gui_app.diagram.legend_line import LegendLine
from gui_app.diagram.model import NetworkValues
from gui_app.diagram.overlay import anchor_of
from gui_app.diagram.parameter_editing import ParameterEditing
from gui_app.diagram.picture import DiagramPicture, compose_picture, paint_picture, paint_title
from gui_app.diagram.strip import ColumnStrip
from gui_app.diagram.things import Bias, Chip, Connection, Switch, Thing
from gui_app.diagram.thumbnails import grid_size
from gui_app.diagram.weights_menu import weights_menu
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.looked_at import LookedAtNeuron, Unit
from gui_app.session.network_shape import NetworkShape
from gui_app.session.snapshot_view import SnapshotView
from gui_app.session.weight_edits import WeightEdits
from gui_app.session.whose import whose_network
from gui_app.theme.class_colours import with_class_colours
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.gestures import set_gestures
from gui_app.widgets.guarded import guarded
from gui_app.widgets.topics import set_topic

SMALLEST = QSize(240, 190)
"""The smallest useful size, in pixels."""
_EXPORT = QSize(900, 560)


@dataclass(frozen=True, slots=True)
class DiagramOptions:
    """Everything that the picture depends on besides the values of the network."""

    theme: Theme
    shape: NetworkShape
    size: tuple[float, float]
    quantity: str
    pinned: Unit | None
    whose: str = ""
    """Whose network it is, where there are several."""


class NetworkDiagram(QWidget, SnapshotView[NetworkValues | None, DiagramOptions, DiagramPicture]):
    """Widget that draws the current lane's network, useful from 240 × 190 pixels on.

    ``extent`` returns the part of the data that the canvas shows, over which the thumbnails are computed.
    ``refused(sentence)`` says why an edit was not possible.
    """

    refused = Signal(str)

    export_name = "network"
    export_title = "Network"

    def __init__(
        self,
        document: Document,
        current: CurrentLane,
        looked_at: LookedAtNeuron,
        weight_edits: WeightEdits,
        extent: Callable[[], Extent] = lambda: CANVAS_EXTENT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.follow_lane(current)
        self._document, self._looked_at, self._extent = document, looked_at, extent
        self.theme = LIGHT
        self._wanted = False
        self.header, self.strip, self.area = DiagramHeader(), ColumnStrip(), DiagramArea()
        self.legend = LegendLine()
        self.shape = ShapeActions(document, current, self)
        self.hand = Hand(self.area, looked_at)
        self.editing = ParameterEditing(self.area, weight_edits)
        self._weights: QMenu | None = None
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self.header, self.strip):
            layout.addWidget(part)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.legend)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Network diagram")
        set_gestures(self, "Network diagram", GESTURES)
        set_topic(self, "network_diagram")
        self.area.setAccessibleName("Network")
        self.area.setAccessibleDescription(
            "Arrow keys go to neurons and connections; Enter keeps a neuron on the canvas or edits a weight; "
            "+ and − change the width of a layer."
        )

    def _connect(self) -> None:
        self.area.resized.connect(self.catch_up)
        self._document.changed.connect(self._follow)
        self._looked_at.changed.connect(self.catch_up)
        self.header.choice.chosen.connect(self.catch_up)
        self.header.layers_asked.connect(self._change_layers)
        self.strip.width_asked.connect(self.shape.change_width)
        self.hand.width_asked.connect(self._change_width)
        self.hand.chosen.connect(self._choose)
        self.hand.weights_asked.connect(self._offer_weights)
        self.hand.dragged_out.connect(self._remove)
        self.shape.refused.connect(self.legend.show_message)
        self.shape.refused.connect(self.refused)

    def minimumSizeHint(self) -> QSize:
        return SMALLEST

    def sizeHint(self) -> QSize:
        return QSize(360, 400)

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""
        self.theme = theme
        for part in (self.header, self.strip, self.legend):
            part.apply_theme(theme)
        self.catch_up()
        self.update()

    # -- the view

    @property
    def is_seen(self) -> bool:
        return self._wanted or self._is_on_screen

    @property
    def _is_on_screen(self) -> bool:
        return self.isVisible() and not (self.window().isMinimized() or self.visibleRegion().isEmpty())

    @property
    def requests(self) -> tuple[Request, ...]:
        picture = self.area.picture
        if self._wanted and not self._is_on_screen:
            options = replace(self.options, size=_picture_size(QRectF(QPointF(), _EXPORT)), pinned=None)
            arrangement = self.compose(self._newest_model(), options).arrangement
        elif picture is not None:
            arrangement = picture.arrangement
        else:
            return ()
        size = grid_size(arrangement, self.devicePixelRatioF())
        return (INSIDE.request(InsideGrid(size, self._extent(), drawn_in_boxes(arrangement))),)

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> NetworkValues | None:
        inside = None if lane is None else INSIDE.of(lane)
        return None if lane is None or inside is None else NetworkValues.of(inside, lane)

    @property
    def options(self) -> DiagramOptions:
        data = self._document.experiment.data
        shape = NetworkShape.of(self.current.lane, data)
        size = float(self.area.width()), float(self.area.height())
        theme = with_class_colours(self.theme, data)
        whose = whose_network(self.current)
        return DiagramOptions(theme, shape, size, self.header.choice.key(), self._looked_at.pinned, whose)

    @staticmethod
    def compose(model: NetworkValues | None, options: DiagramOptions) -> DiagramPicture:
        values = model if model is not None and model.fits(options.shape) else None
        dead = values.dead_neurons if values is not None else ()
        arrangement = arrange(options.shape, *options.size, options.pinned, dead)
        return compose_picture(values, arrangement, options.quantity, options.theme)

    def draw(self, shown: DiagramPicture) -> None:
        self.header.show_layers(len(shown.arrangement.shape.hidden))
        self.header.show_whose(self.options.whose)
        self.strip.show_arrangement(shown.arrangement)
        self.legend.show_items(shown.legend, METERS_MEAN if shown.arrangement.meters else "")
        self.area.show_picture(shown)
        self.hand.refresh()
        self.editing.follow(shown)

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

    # -- edits

    def _follow(self) -> None:
        self.legend.show_message("")
        self.catch_up()

    def _choose(self, thing: Thing | None, position: QPointF) -> None:
        """Do what a click on a thing means."""
        picture = self.area.picture
        match thing:
            case Connection() | Bias() if picture is not None:
                self.editing.open(thing, picture, position)
            case Chip(key):
                self.shape.switch_input(key)
            case Switch(index):
                self.shape.switch_input(self.current.lane.network.features[index])
            case Unit():
                self._looked_at.pin(None if thing == self._looked_at.pinned else thing)
            case None:
                self._looked_at.pin(None)

    def _offer_weights(self, unit: Unit) -> None:
        """Open a menu of the weights into a neuron."""
        picture = self.area.picture
        at = None if picture is None else anchor_of(picture, unit)
        if picture is None or at is None:
            return
        if self._weights is not None:
            self._weights.deleteLater()
        self._weights = weights_menu(picture, unit, lambda thing: self._choose(thing, at), self.area)
        if self._weights is not None:
            self._weights.popup(self.area.mapToGlobal(at.toPoint()))

    def _remove(self, unit: Unit) -> None:
        if unit.layer:
            self._change_width(unit.layer, -1)
        else:
            self.shape.switch_input(self.current.lane.network.features[unit.index])

    def _change_width(self, layer: int, by: int) -> None:
        if 0 < layer <= len(self.shape.hidden):
            self.shape.change_width(layer, by)
        else:
            self._change_layers(by)

    def _change_layers(self, by: int) -> None:
        if by > 0:
            self.shape.add_layer()
        else:
            self.shape.remove_layer()

    # -- export

    @property
    def lacks_values(self) -> bool:
        """Whether the newest snapshot says nothing of this network's inside."""
        model = self._newest_model()
        return model is None or not model.fits(self.options.shape)

    def want_values(self, wanted: bool) -> None:
        """Ask for them as long as an export wants them, whether seen or not."""
        self._wanted = wanted

    def export_size(self) -> QSize:
        return _EXPORT

    def paint_export(self, painter: QPainter, rect: QRectF) -> None:
        """Paint what connections show, network and legend into ``rect``, arranged for its size."""
        line = legend_height()
        options = replace(self.options, size=_picture_size(rect), pinned=None)
        picture = self.compose(self._newest_model(), options)
        painter.save()
        painter.fillRect(rect, QColor(self.theme.panel))
        painter.translate(rect.topLeft())
        paint_title(painter, QRectF(0.0, 0.0, rect.width(), line), picture, options.whose)
        painter.translate(0.0, line)
        paint_picture(painter, picture)
        foot = QRectF(0.0, picture.arrangement.height, rect.width(), line)
        paint_legend(painter, foot, picture.legend, picture.theme)
        painter.restore()


def _picture_size(rect: QRectF) -> tuple[float, float]:
    """Return the size of the network in an export, between title and legend."""
    return rect.width(), rect.height() - 2 * legend_height()
