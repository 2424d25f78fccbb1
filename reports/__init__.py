"""What people and programs read of a scan or a run. Reporters format values; they decide nothing."""
