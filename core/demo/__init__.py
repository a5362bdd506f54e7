"""The demonstration: an invented province on the real tree, made through the same services that people use."""
