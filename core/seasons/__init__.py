"""A movement run once: dates, milestones, frozen rules."""
