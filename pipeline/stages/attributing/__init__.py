"""Find cues, sources and contents by rule."""
