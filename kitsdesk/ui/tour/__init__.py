"""The tour's card and its spotlight."""
