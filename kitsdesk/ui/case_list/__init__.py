"""The list of cases: a model of rows, a filter and order, one painter, and the panel."""
