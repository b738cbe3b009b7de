"""The guide's pages, its search and the steps of the tour; no Qt in here."""
