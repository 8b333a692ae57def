"""Reading files and feeds of other people's making: bounded memory, plain words about what is wrong."""
