"""The Jobs panel: collapsed, strip and open."""
