"""Vietnamese text as an office writes it: names, numbers, dates, telephones and codes, pure functions only."""
