"""A tiny optional room for the tests of the contract: notes that an office keeps about its unit."""
