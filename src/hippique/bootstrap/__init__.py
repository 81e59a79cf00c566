"""The composition root: settings become ports, ports a desk, a desk a service or a driven day."""
