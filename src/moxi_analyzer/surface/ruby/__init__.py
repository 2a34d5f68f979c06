"""Ruby: public API, and command lines of OptionParser and thor."""
