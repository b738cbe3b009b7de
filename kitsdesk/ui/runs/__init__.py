"""Train ▸ Runs: every run of the project with its folds and tasks."""
