package record

// Watched reports whether somebody watches what is in flight, so that it is of
// use to call IdentifyInFlight.
func (s *Store) Watched() bool { return s.feed.watched.Load() }

// IdentifyInFlight tells those who watch what is in flight what the request was
// of the exchange with this Key, once its body is there and long before its
// reply is: kind, type, call, tools and summary. The exchange itself is not
// touched, which belongs to who began it. One that is no longer in flight is
// left as it is, and the request's body is not kept.
func (s *Store) IdentifyInFlight(key int64, request Message) {
	e, ok := s.feed.flyingOne(key)
	if !ok {
		return
	}
	e.Request = request
	e.Identify()
	s.feed.update(e.listed())
}

// flyingOne returns what is known of one that is in flight, where somebody
// watches.
func (f *feed) flyingOne(key int64) (Exchange, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, ok := f.inFlight[key]
	if !ok || f.live == 0 {
		return Exchange{}, false
	}
	return *e, true
}

// update tells the watchers what is known now of one that is in flight, unless
// it has come to its end meanwhile.
func (f *feed) update(e Exchange) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.inFlight[e.pending]; !ok {
		return
	}
	f.inFlight[e.pending] = &e
	if f.live > 0 {
		f.tell(e)
	}
}
