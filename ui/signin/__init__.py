"""Sign people in on the server of a clinic."""
