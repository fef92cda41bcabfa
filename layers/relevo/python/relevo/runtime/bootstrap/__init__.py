"""Where things that decide meet things that do: a module a function, made from real parts."""
