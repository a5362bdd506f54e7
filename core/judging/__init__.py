"""Panels, recusal, score sheets, sealing, scores, ranking."""
