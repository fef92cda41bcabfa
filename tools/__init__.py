"""Local tooling: set-up, layers, the emulator and the stacks on it. Nothing here is deployed."""
