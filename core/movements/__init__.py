"""Movements made on the web: drafts, frozen versions, and the switches that put a movement to use at a unit."""
