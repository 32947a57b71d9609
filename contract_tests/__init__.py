"""The inspector: holds servers, clients and recordings to the contracts."""
