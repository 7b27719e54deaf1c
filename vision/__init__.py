"""Pixels: frame sources, pose backends, correction, smoothing, drawing.

The only home of cv2, mediapipe, onnxruntime and av.
"""
