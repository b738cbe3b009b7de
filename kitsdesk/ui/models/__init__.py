"""Tools, Models…: the models of the project and which of them are in use."""
