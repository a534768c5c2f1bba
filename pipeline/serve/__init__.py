"""The page over HTTP, with an API to extract by, and with a review whose corrections are kept.

Needs the extra ``serve``, whose packages ``app`` and ``listening`` bring in. Models are loaded in a
process of their own (``extraction``), records are read from their files when they are asked for
(``catalogue``), and what reviewers say is appended to a file (``journal``).
"""
