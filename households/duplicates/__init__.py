"""Finding persons entered twice: arithmetic without the database, and the search itself."""
