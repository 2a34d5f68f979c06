"""PHP: public API, and command lines of symfony/console and Laravel."""
