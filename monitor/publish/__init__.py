"""Stories become editions, editions become deliveries; this stage knows no database."""
