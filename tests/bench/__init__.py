"""`make bench`: the program against its peers, in turn, in one sitting; prints ratios."""
