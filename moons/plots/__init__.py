"""A result in, a plotly figure out. Nothing here computes a metric or sees a model."""
