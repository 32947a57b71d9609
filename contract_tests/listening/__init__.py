"""Where exchanges of clients are heard: in front of an application, a proxy, a recording."""
