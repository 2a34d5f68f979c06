"""Swift: public API and swift-argument-parser."""
