"""What officers do with reports about families: whose family it is, and what follows."""
