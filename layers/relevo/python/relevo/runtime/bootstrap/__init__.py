"""Where things that decide meet things that do: a module a function, made from real parts."""

import gc
import os

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    # Loading leaves no garbage, and looking for it was a twelfth of a cold start (2026-11-26).
    # `logs.configure` turns it on again, with everything that was loaded out of its way.
    gc.disable()
