"""The inbox's own thinking: what is asked for, what may be done, and what came of it. It knows no web."""
