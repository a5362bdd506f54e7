"""The doors by which a movement comes in and goes out: plain values, TOML text, Excel. All end at one validator."""
