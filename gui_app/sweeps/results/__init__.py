"""The results of a sweep: parallel coordinates, folders that are opened, sweeps in the background, the map."""
