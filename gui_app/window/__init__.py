"""The main window: docks, menus, messages and how they are put together."""
