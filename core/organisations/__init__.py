"""Units with validity dates, successors, names as of a date, emulation clusters."""
