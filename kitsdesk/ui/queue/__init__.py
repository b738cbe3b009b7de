"""The disagreements of all cases: the queue, and the contact sheet of those like one."""
