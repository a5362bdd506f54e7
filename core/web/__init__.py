"""What every page shares: access, transactions, errors, forms, the frame around a page."""
