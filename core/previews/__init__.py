"""The room previews: a movement tried out with invented data before anybody is asked to use it; it stores nothing."""
