"""Who did what, when: every room writes here, it knows nobody."""
