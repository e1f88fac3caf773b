"""Tests of colours, style sheet and the size of text."""
