"""The server under test as rules see it: its resources, what is made there and removed again."""
