"""A client as a process: started with all that it needs, watched, and judged when it is done."""
