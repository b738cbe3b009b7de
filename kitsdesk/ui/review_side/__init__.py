"""The Review tab, part by part."""
