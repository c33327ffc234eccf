"""A project on a cluster: the user's own ``kubectl`` is the way there, the API what is spoken."""
