"""The window that shows the guide."""
