"""Lists that leave the registry as workbooks, and how they are written."""
