"""The command line: one file a command. A command parses, calls the library, and says what came of it."""
