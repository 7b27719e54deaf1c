"""How models/correction.onnx is made: an optional extra that the coach itself never imports."""
