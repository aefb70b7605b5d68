"""The console command `dsi`: running, operating and trying the system."""
