"""The pages, each in a file of its own: what is asked of the services, and what is shown."""
