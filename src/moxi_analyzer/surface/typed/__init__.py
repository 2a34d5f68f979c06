"""Java, Kotlin and C#: public API and command lines that are declared on classes."""
