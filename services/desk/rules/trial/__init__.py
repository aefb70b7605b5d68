"""Trying the rules on a made-up citizen."""
