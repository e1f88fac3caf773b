"""The canvas divided into panes, one for each lane that is shown."""
