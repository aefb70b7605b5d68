"""What telephone exchanges send, over HTTP."""
