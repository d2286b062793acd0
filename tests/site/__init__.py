"""What the documentation is made of: the command reference, the pictures, the pages."""
