"""Kills the app at random moments and looks what is left; and watches it over an hour. Run by hand, not by pytest."""
