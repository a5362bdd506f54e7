"""What may be attached: files are known by their content, measured before they are opened, shown only re-drawn."""
