"""The widgets: they show records, emit signals, and know nothing of files or processes."""
