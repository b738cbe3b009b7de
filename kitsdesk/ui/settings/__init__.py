"""Tools ▸ Settings…: a sheet over the window."""
