"""Turn camera frames and videos into poses."""
