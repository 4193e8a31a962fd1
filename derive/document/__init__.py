"""What a sheet consists of, whatever format it is written in."""
