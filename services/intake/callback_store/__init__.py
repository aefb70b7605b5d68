"""The stored call-backs: each is computed from a number's calls and from what staff did about them."""
