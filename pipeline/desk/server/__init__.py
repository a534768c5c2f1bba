"""Serve the page over HTTP, with an API for extraction and a review that records corrections.

Needs the extra ``serve``, whose packages are imported by ``app`` and ``listening``. Models are
loaded in a separate process (``extraction``), records are read from their files on demand
(``catalogue``), and corrections are appended to a file (``review``).
"""
