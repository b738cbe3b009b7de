"""Install GPU support: a CUDA build of torch in an environment of its own beside the program."""
