"""Where a run is to run: the choice that Retrain folds… and Predict all… share."""
