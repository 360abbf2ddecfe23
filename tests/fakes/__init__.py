"""Stand-ins for the platforms that people talk on."""
