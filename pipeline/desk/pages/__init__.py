"""Show records as a web page: one self-contained HTML file.

The page consists of data (``article``, ``overview``), which Python prepares and escapes, and of the
modules in ``assets``, which render it in the browser. Nothing is fetched, and an article's text is
never interpreted as markup.
"""
