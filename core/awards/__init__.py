"""Proposals, decisions, awards, citations."""
