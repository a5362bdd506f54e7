"""Movements (phong trào), one folder each: `movement.toml` says what it is, `README.md` where its rules come from."""
