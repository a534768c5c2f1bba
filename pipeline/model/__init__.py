"""The learned part: networks over a document's arrays, run by onnxruntime on one thread."""
