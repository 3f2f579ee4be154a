package proxy

import "time"

// SetRestPatience sets for how long the end of a reply waits for more of a request
// that the server did not read.
func (o *Options) SetRestPatience(d time.Duration) { o.restPatience = d }
