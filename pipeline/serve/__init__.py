"""The page over HTTP, with an API to extract by, and with a review whose corrections are kept.

Needs the extra ``serve``. Only ``app`` and ``listening`` know FastAPI and uvicorn; models are loaded
in a process of their own (``extraction``), records are read from their files when they are asked
for (``catalogue``).
"""
