"""Credit files as people have them: read and explained (`file`, `lines`), disputed and decided (`review`),
shown to others in statements that prove themselves (`statement`)."""
