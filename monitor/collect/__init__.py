"""Feed -> entries -> article. Knows no database: what is already known comes in as values."""
