"""Editing of classes: names, colours and removal."""
