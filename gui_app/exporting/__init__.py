"""Export of pictures, settings, data and history to files."""
