"""Finders of statements that hold: one module for places, commands, code and values each."""
