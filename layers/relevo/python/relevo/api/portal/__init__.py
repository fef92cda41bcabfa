"""The portal: pages that anybody may read, and what they are made of."""
