"""Shell scripts, man pages and completion files."""
