"""How the kiosk is: proofs of work, the systemd watchdog, latency and restarts."""
