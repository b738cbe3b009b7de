"""Small widgets that the panels are put together from; each knows one way to show a thing."""
