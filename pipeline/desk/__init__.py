"""Where people look and decide: pages, reports, the server and its review."""
