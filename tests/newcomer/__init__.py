"""The path of a newcomer through a real window, by real mouse and key events, without scrolling a panel."""
