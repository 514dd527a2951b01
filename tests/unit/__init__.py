"""The pure rooms, without network or browser."""
