"""Make models/correction.onnx: programs on top of everything that nothing imports."""
