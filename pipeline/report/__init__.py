"""Records as a page to look at: one HTML file that holds everything it needs.

The page is made of data (``article``, ``overview``), which Python shapes and escapes, and of the
modules in ``assets``, which lay it out in the browser. Nothing is fetched, and no text of an
article is ever read as markup.
"""
