"""The core of thidua: entries, judging and awards, whatever the movement."""

__version__ = "0.1.0"
