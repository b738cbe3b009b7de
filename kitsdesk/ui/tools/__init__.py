"""The Tools tab: structures, palette, options, gates, history."""
