"""Save and restore the window's geometry, its docks, and what the centre shows."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings, Qt

from gui_app.window.layout.whole_layout import LayoutState, WholeLayout, share_of


def save_layout(layout: WholeLayout, settings: QSettings, state: LayoutState | None = None) -> None:
    """Save the geometry of the window and its layout: ``state``, or else the present one."""
    state = state or layout.take()
    settings.setValue("layout/geometry", layout.window.saveGeometry())
    settings.setValue("layout/state", QByteArray(state.docks))
    settings.setValue("layout/plots", "" if state.plots is None else f"{state.plots:.4f}")
    settings.setValue("layout/diagram", state.diagram)
    settings.setValue("layout/connections", state.connections)
    settings.setValue("layout/keeps_groups", state.keeps_groups)


def restore_layout(layout: WholeLayout, settings: QSettings) -> None:
    """Restore the saved geometry of the window and its layout, if there is any."""
    window = layout.window
    geometry, docks = settings.value("layout/geometry"), settings.value("layout/state")
    if isinstance(geometry, QByteArray):
        window.restoreGeometry(geometry)
        # Who left the app in full screen starts it in a window: nobody may look for the way out of it.
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowFullScreen)
    if isinstance(docks, QByteArray):
        diagram = str(settings.value("layout/diagram", "true")).lower() != "false"
        connections = str(settings.value("layout/connections", ""))
        share = share_of(settings.value("layout/plots"))
        keeps = str(settings.value("layout/keeps_groups", "false")).lower() == "true"
        layout.put(LayoutState(bytes(docks.data()), share, diagram, connections, keeps))
