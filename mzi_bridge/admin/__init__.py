"""The console: server-made pages below /admin/, by which an office runs the bridge."""
