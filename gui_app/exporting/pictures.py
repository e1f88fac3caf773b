"""Pictures of views as PNG, SVG or PDF files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRect, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QImageWriter, QPageLayout, QPageSize, QPaintDevice, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from engine.data.files import atomic_write
from engine.data.quoting import quoted
from gui_app.theme.painting import painting

SCREEN_DPI = 96
POINTS_PER_PIXEL = 72 / SCREEN_DPI


class Exportable(Protocol):
    """View that can be drawn into a file."""

    @property
    def export_name(self) -> str:
        """File name without a suffix."""

    @property
    def export_title(self) -> str:
        """What the picture shows."""

    def export_size(self) -> QSize:
        """The picture's size in pixels at scale 1."""

    def paint_export(self, painter: QPainter, rect: QRectF) -> None:
        """Draw the picture with its background into ``rect``."""


def export_picture(view: Exportable, path: Path, scale: float = 2.0) -> None:
    """Write the view in the format that the path's suffix names; ``scale`` multiplies the pixels of a PNG.

    Raises ValueError for an unknown suffix, and OSError if the file cannot be written; an old file then stays as it is.
    """
    chosen = PICTURE_FORMATS.get(path.suffix.lower())
    if chosen is None:
        known = ", ".join(PICTURE_FORMATS)
        raise ValueError(f"A picture is saved as one of {known}; {quoted(path.name)} ends in none of them.")
    atomic_write(path, chosen.render(view, scale))


def _png(view: Exportable, scale: float) -> bytes:
    size = view.export_size()
    image = QImage(size * scale, QImage.Format.Format_RGB32)
    if image.isNull():
        raise ValueError(f"A scale of {scale:g} gives no picture.")
    image.setDevicePixelRatio(scale)
    image.setText("Title", view.export_title)
    _paint(view, image)
    return _bytes_of(lambda buffer: QImageWriter(buffer, QByteArray(b"png")).write(image))


def _svg(view: Exportable, scale: float) -> bytes:
    def draw(buffer: QBuffer) -> None:
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setResolution(SCREEN_DPI)
        generator.setSize(view.export_size())
        generator.setViewBox(QRect(0, 0, view.export_size().width(), view.export_size().height()))
        generator.setTitle(view.export_title)
        generator.setDescription("Drawn by Neural Sketchbook")
        _paint(view, generator)

    return _bytes_of(draw)


def _pdf(view: Exportable, scale: float) -> bytes:
    def draw(buffer: QBuffer) -> None:
        writer = QPdfWriter(buffer)
        page = QPageSize(
            QSizeF(view.export_size()) * POINTS_PER_PIXEL, QPageSize.Unit.Point, view.export_title
        )
        writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF()))
        writer.setResolution(SCREEN_DPI)
        writer.setTitle(view.export_title)
        writer.setCreator("Neural Sketchbook")
        _paint(view, writer)

    return _bytes_of(draw)


def _paint(view: Exportable, device: QPaintDevice) -> None:
    with painting(device) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        view.paint_export(painter, QRectF(0.0, 0.0, view.export_size().width(), view.export_size().height()))


def _bytes_of(draw: Callable[[QBuffer], object]) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    draw(buffer)
    buffer.close()
    return bytes(buffer.data().data())


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """A file format. ``render(view, scale)`` returns the file's bytes; only ``pixels`` formats use the scale."""

    label: str
    render: Callable[[Exportable, float], bytes]
    pixels: bool = False


PICTURE_FORMATS = {
    ".png": PictureFormat("PNG", _png, pixels=True),
    ".svg": PictureFormat("SVG", _svg),
    ".pdf": PictureFormat("PDF", _pdf),
}
"""The formats by file suffix. File dialogs, menus and the export of everything offer all of them."""
