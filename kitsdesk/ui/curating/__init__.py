"""Sheets of curation: decision lists, the estimate of faults, the blind second look."""
