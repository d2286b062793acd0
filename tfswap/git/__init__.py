"""The user's git repository: client, revisions, publishing, hosting."""
