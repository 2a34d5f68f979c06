"""C and C++: public headers, and command lines of getopt, CLI11, cxxopts and their like."""
