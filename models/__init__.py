"""Neural-network files: the manifest of sources, provisioning, conversion to ONNX."""
