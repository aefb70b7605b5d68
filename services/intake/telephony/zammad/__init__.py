"""Zammad's generic CTI: what a telephone system tells a Zammad, told to us."""
