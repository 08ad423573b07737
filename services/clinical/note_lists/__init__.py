"""Lists of notes: by their sessions, with the first line of each; and finding words in the notes of a case."""
