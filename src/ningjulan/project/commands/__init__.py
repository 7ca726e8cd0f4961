"""Commands, by who types them: operators (`platform`), data people (`records`), developers (`develop`)."""
