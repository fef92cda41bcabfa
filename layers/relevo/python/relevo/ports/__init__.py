"""What the use cases need from the world, as protocols; adapters and fakes implement them."""
