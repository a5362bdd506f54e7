"""The scoring workbench: what a movement is, and the pure functions that score, rank and award by it."""
