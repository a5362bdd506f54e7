"""Publicity: stories told about recognised initiatives, with the consent of the people named."""
