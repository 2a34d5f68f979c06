"""Engines: how a model is loaded and made ready to be adapted."""
