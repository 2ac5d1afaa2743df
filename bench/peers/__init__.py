"""What the bench starts in processes of their own: the site, the peers it is compared with, and helpers."""
