"""The headless trainer: images, networks, training, inference, evaluation, engines."""

__version__ = "0.1.0"
