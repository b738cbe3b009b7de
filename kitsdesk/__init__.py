"""KiTSDesk's window and project; it starts `trainer` as a process. Research use only."""

__version__ = "0.1.0"
