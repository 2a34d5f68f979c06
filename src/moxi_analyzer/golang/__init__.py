"""Go code read statically: modules, packages, and what their start-up code builds."""
