"""Assessments: stored recommendations that people decide on."""
