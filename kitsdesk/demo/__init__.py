"""The whole loop on phantoms, with a person or without one."""
