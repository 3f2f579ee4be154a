package cli

import "github.com/spf13/pflag"

// paceOptions are the flags of what is sent at a pace.
type paceOptions struct {
	speed float64
	fast  bool
}

func (o *paceOptions) add(flags *pflag.FlagSet) {
	flags.Float64Var(&o.speed, "speed", o.speed, "`TIMES` as fast as it was")
	flags.BoolVar(&o.fast, "fast", false, "no pauses")
}

func (o *paceOptions) check() error {
	if !(o.speed > 0 && o.speed <= 1e6) {
		return usagef("--speed %v: want a number above 0, such as 2 or 0.5\nhint: --fast leaves the pauses out", o.speed)
	}
	return nil
}

// rate is the speed to play at; 0 leaves the pauses out.
func (o *paceOptions) rate() float64 {
	if o.fast {
		return 0
	}
	return o.speed
}
