"""The live board, and the same figures for Prometheus."""
