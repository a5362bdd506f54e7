"""Filing, authors and shares, evidence, endorsement, return, receipt."""
