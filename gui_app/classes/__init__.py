"""Classes: their names, colours and removal."""
