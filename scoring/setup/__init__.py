"""Guide a person to a place where the camera can measure them."""
