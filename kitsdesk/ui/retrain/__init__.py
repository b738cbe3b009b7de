"""The Retrain folds… sheet."""
