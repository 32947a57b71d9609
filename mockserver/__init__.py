"""Four cloud network-monitoring APIs in a box: `mockserver.app.create_app` puts one together."""
