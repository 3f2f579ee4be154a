package record

// Spooling reports whether what comes is spooled.
func (s *Store) Spooling() bool { return s.spooling.on.Load() }
