"""Persons, members of the union or not, over time."""
