"""Dart: public API and the args package."""
