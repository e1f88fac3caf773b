"""The data panel: drawing, data sets and the split."""
