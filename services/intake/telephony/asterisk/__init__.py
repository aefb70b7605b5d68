"""Asterisk: its `queue_log` and its manager interface (AMI), each as a form, and a follower for each."""
